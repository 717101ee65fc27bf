namespace ChaosLab.Shortener.Telemetry;

/// <summary>How a redirect found its target.</summary>
public enum LookupOutcome
{
    /// <summary>In the cache, fresh.</summary>
    Hit,

    /// <summary>In the cache: no such link.</summary>
    Negative,

    /// <summary>The store was asked for the first time.</summary>
    Miss,

    /// <summary>The store was asked again, because the entry was no longer fresh.</summary>
    Refresh,

    /// <summary>The store could not be asked and an old entry was served.</summary>
    Stale,

    /// <summary>The store could not be asked and there was nothing to serve.</summary>
    Failed,

    /// <summary>The cache is off.</summary>
    Off,
}
