namespace ChaosLab.Load.Measuring;

/// <summary>Figures of the successes or the failures of one step on one stripe. Not thread-safe.</summary>
internal sealed class Measurement
{
    public Histogram Response { get; } = new();
    public Histogram Service { get; } = new();
    public Histogram Bytes { get; } = new();
    public long AllBytes { get; private set; }
    public Dictionary<string, CodeCount> Codes { get; } = [];
    public SecondSeries Seconds { get; } = new();

    public void Record(long intendedNs, long startedNs, long endedNs, string code, string message, long bytes)
    {
        var responseNs = endedNs - intendedNs;
        Response.Record(responseNs);
        Service.Record(endedNs - startedNs);
        if (bytes > 0)
        {
            Bytes.Record(bytes);
            AllBytes += bytes;
        }
        if (code.Length > 0)
            Count(code, message, 1);
        Seconds.Record((int)(Math.Max(0, intendedNs) / 1_000_000_000), responseNs);
    }

    public void Add(Measurement other)
    {
        Response.Add(other.Response);
        Service.Add(other.Service);
        Bytes.Add(other.Bytes);
        AllBytes += other.AllBytes;
        foreach (var (code, count) in other.Codes)
            Count(code, count.Message, count.Count);
    }

    public void Count(string code, string message, int count)
    {
        if (!Codes.TryGetValue(code, out var entry))
            Codes[code] = entry = new CodeCount();
        entry.Count += count;
        if (message.Length > 0)
            entry.Message = message;
    }
}

internal sealed class CodeCount
{
    public int Count { get; set; }
    public string Message { get; set; } = "";
}

/// <summary>Successes and failures.</summary>
internal sealed class Tally
{
    public Measurement Ok { get; } = new();
    public Measurement Fail { get; } = new();

    public void Add(Tally other)
    {
        Ok.Add(other.Ok);
        Fail.Add(other.Fail);
    }
}
