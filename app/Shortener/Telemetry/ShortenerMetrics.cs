using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Resilience;

namespace ChaosLab.Shortener.Telemetry;

/// <summary>The instruments of our own. Names and labels are fixed by the dashboards.</summary>
public sealed class ShortenerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "ChaosLab.Shortener";

    private static readonly string[] States = ["closed", "open", "half_open", "isolated"];
    private static readonly KeyValuePair<string, object?> Version = new("version", typeof(ShortenerMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "");
    private static readonly double Started = StartOfProcess();
    private readonly Counter<long> _joined;
    private static readonly string[] Outcomes = Enum.GetNames<LookupOutcome>();
    private readonly long[] _lookups = new long[Outcomes.Length];
    private readonly Histogram<double> _dose;
    private readonly Meter _meter;

    /// <summary>Creates the instruments that are written to.</summary>
    /// <param name="meters">Makes the meter.</param>
    public ShortenerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _joined = _meter.CreateCounter<long>("shortener.cache.joined", description: "Redirects that waited for a question to the store that another redirect had asked already.");
        _meter.CreateObservableCounter("shortener.cache.lookups", Lookups, description: "Redirects by how the cache answered.");
        _dose = _meter.CreateHistogram<double>("lab.fault.dose", "s", "Measured length of completed injections.");
    }

    /// <summary>A redirect was looked up.</summary>
    public void CacheLookup(LookupOutcome outcome) => Interlocked.Increment(ref _lookups[(int)outcome]);

    /// <summary>A redirect joined a question that was on its way (single flight).</summary>
    public void Joined() => _joined.Add(1);

    /// <summary>An injection was completed.</summary>
    public void Dose(Fault fault, TimeSpan dose) => _dose.Record(dose.TotalSeconds, Experiment(fault), Kind(fault));

    /// <summary>Creates the instruments that are looked at when somebody asks.</summary>
    public void Observe(StorePipelines pipelines, ClickCounter clicks, ClickFlusher flusher, FaultList faults, Settings settings)
    {
        CircuitWatch[] watches = [pipelines.Read.Watch, pipelines.Write.Watch];
        _meter.CreateObservableGauge("resilience.circuit.state", () => watches.SelectMany(State), description: "1 for the current state, as of the last call.");
        _meter.CreateObservableCounter("resilience.circuit.rejected", () => watches.Select(static w => new Measurement<long>(w.RejectedCount, Pipeline(w))), description: "Calls rejected by an open circuit.");
        _meter.CreateObservableCounter("resilience.circuit.opened", () => watches.Select(static w => new Measurement<long>(w.Report.Opened, Pipeline(w))), description: "How often the circuit opened.");
        _meter.CreateObservableCounter("resilience.timeouts", () => watches.Select(static w => new Measurement<long>(w.Report.Timeouts, Pipeline(w))), description: "Calls cut off by the attempt timeout or the deadline.");
        _meter.CreateObservableGauge("shortener.build.info", static () => new Measurement<int>(1, Version), description: "Always 1; the version says what runs.");
        _meter.CreateObservableGauge("process.start.time", static () => Started, "s", "When the process started, in seconds since 1970.");
        _meter.CreateObservableUpDownCounter("shortener.clicks.queued", () => flusher.Queued, description: "Clicks not yet known to be stored.");
        _meter.CreateObservableCounter("shortener.clicks.dropped", () => clicks.Dropped, description: "Clicks dropped because too many links had clicks waiting.");
        _meter.CreateObservableGauge("lab.fault.active", () => Active(faults, settings.InstanceName), description: "1 while a fault is active, 0 for ten minutes after.");
    }

    private static double StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }

    private IEnumerable<Measurement<long>> Lookups() => Outcomes
        .Select((outcome, index) => new Measurement<long>(Interlocked.Read(ref _lookups[index]), new KeyValuePair<string, object?>("outcome", outcome.ToLowerInvariant())));

    private static IEnumerable<Measurement<long>> State(CircuitWatch watch) =>
        States.Select(state => new Measurement<long>(watch.State == state ? 1 : 0, Pipeline(watch), new("strategy.name", "breaker"), new("state", state)));

    private static IEnumerable<Measurement<long>> Active(FaultList faults, string target) => faults.Known
        .GroupBy(static fault => (fault.Order.Experiment, fault.Order.Kind))
        .Select(group => new Measurement<long>(group.Any(static fault => fault.IsActive) ? 1 : 0, Experiment(group.First()), Kind(group.First()), new("target", target)));

    private static KeyValuePair<string, object?> Pipeline(CircuitWatch watch) => new("pipeline.name", watch.Name);

    private static KeyValuePair<string, object?> Experiment(Fault fault) => new("experiment", fault.Order.Experiment ?? "");

    private static KeyValuePair<string, object?> Kind(Fault fault) => new("fault", "app-" + fault.Order.Kind.ToString().ToLowerInvariant());
}
