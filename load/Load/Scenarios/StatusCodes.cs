namespace ChaosLab.Load;

/// <summary>Status codes that the engine itself gives.</summary>
public static class EngineStatus
{
    /// <summary>The operation was cancelled or ran out of time.</summary>
    public const string Timeout = "-100";
    /// <summary>The code threw, or there was no connection.</summary>
    public const string Exception = "-101";
}
