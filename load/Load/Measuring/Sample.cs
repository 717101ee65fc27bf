namespace ChaosLab.Load;

/// <summary>One request as the client saw it. Times are measured from the run's t = 0: the intended start of the first
/// arrival after the warm-up.</summary>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Step">Name of the step, or <see cref="ChaosLab.Load.Scenario.WholeIteration"/> for a scenario without steps.</param>
/// <param name="Intended">When the plan wanted it to start.</param>
/// <param name="Started">When it started.</param>
/// <param name="Ended">When its answer was complete.</param>
/// <param name="IsOk">Whether it counts as a success.</param>
/// <param name="StatusCode">E.g. <c>302</c>, <c>503</c>, <c>-100</c> timeout, <c>-101</c> exception or connection.</param>
/// <param name="Message">Details of a failure; null when there are none.</param>
public readonly record struct Sample(string Scenario, string Step, TimeSpan Intended, TimeSpan Started, TimeSpan Ended,
    bool IsOk, string StatusCode, string? Message)
{
    /// <summary>Path and query of the request; null when the step did not say.</summary>
    public string? Path { get; init; }
    /// <summary>Under which it is found in traces and logs; none when it carried no <c>traceparent</c>.</summary>
    public TraceId Trace { get; init; }
    /// <summary>What the visitor waited: end − intended start.</summary>
    public TimeSpan ResponseTime => Ended - Intended;
    /// <summary>What the target took: end − actual start.</summary>
    public TimeSpan ServiceTime => Ended - Started;
    /// <summary>How late it started.</summary>
    public TimeSpan Lateness => Started - Intended;
}
