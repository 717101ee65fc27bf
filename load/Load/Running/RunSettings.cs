using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChaosLab.Load.Running;

/// <summary>Everything a <see cref="LoadRunner"/> was told.</summary>
internal sealed record RunSettings
{
    public IReadOnlyList<ScenarioProps> Scenarios { get; init; } = [];
    public IReadOnlyList<string> Targets { get; init; } = [];
    public string TestSuite { get; init; } = "load";
    public string TestName { get; init; } = "load";
    public string? SessionId { get; init; }
    public string? ReportFileName { get; init; }
    public string? ReportFolder { get; init; }
    public IReadOnlyList<ReportFormat> ReportFormats { get; init; } = Enum.GetValues<ReportFormat>();
    public bool Reports { get; init; } = true;
    public TimeSpan ReportingInterval { get; init; } = TimeSpan.FromSeconds(1);
    public IReadOnlyList<IReportingSink> Sinks { get; init; } = [];
    public TimeSpan CompletionTimeout { get; init; } = TimeSpan.FromMinutes(1);
    public Func<LoadResult, LoadResult>? Finalizer { get; init; }
    public bool? DisplayConsole { get; init; }
    public bool Hints { get; init; } = true;
    public ILogger Logger { get; init; } = NullLogger.Instance;
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public int Seed { get; init; } = 1;
    public Action<Sample>? SampleObserver { get; init; }
    public Action<long>? StartObserver { get; init; }
    public TimeSpan MaxLateness { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan LatenessFloor { get; init; } = TimeSpan.FromMilliseconds(1);
    public int MaxConnections { get; init; } = 512;
    public double TraceSampling { get; init; } = 1;
    public int SampleCapacity { get; init; } = 2_000_000;
    /// <summary>Where the configuration speaks of a scenario, by its name.</summary>
    public IReadOnlyDictionary<string, string> Places { get; init; } = new Dictionary<string, string>();
    /// <summary>Path or text of the JSON configuration; applied when the run starts.</summary>
    public string? ConfigText { get; init; }
    /// <summary>Command line; null when the run is embedded, so that neither it nor the environment of the host counts.</summary>
    public IReadOnlyList<string>? Args { get; init; }
    public string GlobalCustomSettingsJson { get; init; } = "{}";
}
