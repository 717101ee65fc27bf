namespace ChaosLab.Load.Measuring;

/// <summary>What came of an iteration or a step, as recorded.</summary>
internal readonly record struct Outcome(bool IsError, string Code, string Message, long Bytes)
{
    public static Outcome Of(IResponse response) => new(response.IsError, response.StatusCode, response.Message, response.SizeBytes);
}
