using ChaosLab.Load.Running;
using Microsoft.Extensions.Logging;

namespace ChaosLab.Load;

/// <summary>Runs scenarios. Each <c>With…</c> gives a new runner.</summary>
public sealed class LoadRunner
{
    private readonly RunSettings _settings;

    private LoadRunner(RunSettings settings) => _settings = settings;

    internal RunSettings Settings => _settings;

    /// <summary>Starts with the scenarios that may run.</summary>
    public static LoadRunner RegisterScenarios(params ScenarioProps[] scenarios) => new(new RunSettings { Scenarios = [.. scenarios] });

    /// <summary>Runs only these of the registered scenarios.</summary>
    public LoadRunner WithTargetScenarios(params string[] names) => With(_settings with { Targets = [.. names] });
    /// <summary>Names the suite.</summary>
    public LoadRunner WithTestSuite(string name) => With(_settings with { TestSuite = name });
    /// <summary>Names the test.</summary>
    public LoadRunner WithTestName(string name) => With(_settings with { TestName = name });
    /// <summary>Names the run; made from the time when not given.</summary>
    public LoadRunner WithSessionId(string id) => With(_settings with { SessionId = id });
    /// <summary>Report files are called {name}_report_{time}.{form}; without it report.{form}.</summary>
    public LoadRunner WithReportFileName(string name) => With(_settings with { ReportFileName = name });
    /// <summary>Where reports go; default <c>artifacts/runs/{session}</c>.</summary>
    public LoadRunner WithReportFolder(string folder) => With(_settings with { ReportFolder = folder });
    /// <summary>Forms of reports; default all.</summary>
    public LoadRunner WithReportFormats(params ReportFormat[] formats) => With(_settings with { ReportFormats = [.. formats], Reports = true });
    /// <summary>Writes no files.</summary>
    public LoadRunner WithoutReports() => With(_settings with { Reports = false });
    /// <summary>How often thresholds are checked and figures shown: at least 0.1 s, default 1 s.</summary>
    public LoadRunner WithReportingInterval(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(100));
        return With(_settings with { ReportingInterval = interval });
    }
    /// <summary>Also sends figures there.</summary>
    public LoadRunner WithReportingSinks(params IReportingSink[] sinks) => With(_settings with { Sinks = [.. sinks] });
    /// <summary>How long to wait for running iterations at the end; default 1 min.</summary>
    public LoadRunner WithScenarioCompletionTimeout(TimeSpan timeout) => With(_settings with { CompletionTimeout = timeout });
    /// <summary>A last word on the result before reports are written.</summary>
    public LoadRunner WithReportFinalizer(Func<LoadResult, LoadResult> finalizer) => With(_settings with { Finalizer = finalizer });
    /// <summary>Shows progress; by default <see cref="Run"/> does and <see cref="RunAsync"/> does not.</summary>
    public LoadRunner DisplayConsoleMetrics(bool display) => With(_settings with { DisplayConsole = display });
    /// <summary>Whether to give hints; default yes.</summary>
    public LoadRunner EnableHintsAnalyzer(bool enable) => With(_settings with { Hints = enable });
    /// <summary>Log of the engine and of user code.</summary>
    public LoadRunner WithLogger(ILogger logger) => With(_settings with { Logger = logger });
    /// <summary>All chance of the run comes from it; default 1.</summary>
    public LoadRunner WithSeed(int seed) => With(_settings with { Seed = seed });
    /// <summary>Another clock.</summary>
    public LoadRunner WithTimeProvider(TimeProvider time) => With(_settings with { Time = time });
    /// <summary>Called on worker threads for every finished request after the warm-up; must be quick and thread-safe.</summary>
    public LoadRunner WithSampleObserver(Action<Sample> observer) => With(_settings with { SampleObserver = observer });
    /// <summary>Called once with the clock's timestamp of t = 0 when the first arrival is released.</summary>
    public LoadRunner WithStartObserver(Action<long> observer) => With(_settings with { StartObserver = observer });
    /// <summary>An arrival later than this is not started but counted as undelivered; default 10 s.</summary>
    public LoadRunner WithMaxLateness(TimeSpan lateness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lateness, TimeSpan.Zero);
        return With(_settings with { MaxLateness = lateness });
    }
    /// <summary>Lateness of the generator itself that never makes a run invalid; default 1 ms. On shared cores more is honest.</summary>
    public LoadRunner WithLatenessFloor(TimeSpan floor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(floor, TimeSpan.Zero);
        return With(_settings with { LatenessFloor = floor });
    }
    /// <summary>Iterations in flight per open scenario, and connections per raw scenario, ≥ 1; default 512.</summary>
    public LoadRunner WithMaxConnections(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return With(_settings with { MaxConnections = count });
    }
    /// <summary>Samples kept, ≥ 0; default 2,000,000. Histograms hold all in any case.</summary>
    public LoadRunner WithSampleCapacity(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 0);
        return With(_settings with { SampleCapacity = count });
    }

    /// <summary>Share of requests with a trace id whose target is asked to record them, 0–1; default 1. The others carry their id all the same.</summary>
    public LoadRunner WithTraceSampling(double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        return With(_settings with { TraceSampling = share });
    }

    /// <summary>Applies a JSON configuration (a path, or the text itself) when the run starts. It overrides the code and is
    /// overridden by the environment and the command line.</summary>
    public LoadRunner LoadConfig(string pathOrJson) => With(_settings with { ConfigText = pathOrJson });

    /// <summary>Runs to the end, showing progress. A run that did not pass sets <see cref="Environment.ExitCode"/>.</summary>
    /// <param name="args"><c>--config=FILE --target=NAME NAME … --seed=NUMBER</c></param>
    /// <exception cref="Configuration.LoadConfigurationException">Something is wrong with the test: all problems at once.</exception>
    public NodeStats Run(params string[] args)
    {
        var settings = _settings with { DisplayConsole = _settings.DisplayConsole ?? true, Args = args };
        var result = new LoadSession(settings).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        if (settings.DisplayConsole == true)
            Console.Out.Write(Reports.TextReport.Of(result));
        if (!result.Passed && Environment.ExitCode == 0)
            Environment.ExitCode = result.ExitCode;
        return result.Stats;
    }

    /// <summary>Runs to the end, or until <paramref name="stop"/>; what was measured by then is returned all the same.</summary>
    /// <exception cref="Configuration.LoadConfigurationException">Something is wrong with the test: all problems at once.</exception>
    /// <exception cref="ScenarioInitException">An init failed.</exception>
    public Task<LoadResult> RunAsync(CancellationToken stop) => new LoadSession(_settings).RunAsync(stop);

    private static LoadRunner With(RunSettings settings) => new(settings);
}

/// <summary>The init of a scenario failed, so nothing ran.</summary>
public sealed class ScenarioInitException(string scenario, Exception cause) : Exception($"The init of scenario \"{scenario}\" failed: {cause.Message}", cause);
