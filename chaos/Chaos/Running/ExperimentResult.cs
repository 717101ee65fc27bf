using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Running;

/// <summary>Everything learned by one run of one experiment. Reports are computed from this alone; it is what <c>summary.json</c> holds.</summary>
public sealed record ExperimentResult
{
    /// <summary>Version of this shape; raised when a field changes its meaning.</summary>
    public int Schema { get; init; } = 1;
    /// <summary>Experiment id: the file's name without its ending.</summary>
    public required string Id { get; init; }
    /// <summary>Id of the run; also the name of its folder.</summary>
    public required string RunId { get; init; }
    /// <summary>The claim in one sentence.</summary>
    public required string Title { get; init; }
    /// <summary>Experiment file as the person gave it.</summary>
    public required string File { get; init; }
    /// <summary>Free words.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }
    /// <summary>The number or event that decided, in one sentence.</summary>
    public required string Reason { get; init; }
    /// <summary>Everything random in the run follows from it.</summary>
    public required int Seed { get; init; }
    /// <summary>Topology it ran on.</summary>
    public required string Topology { get; init; }
    /// <summary>Safeguards that were switched off, as words.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];
    /// <summary>Safeguards the file says it relies on, as words.</summary>
    public IReadOnlyList<string> ReliesOn { get; init; } = [];
    /// <summary>Wall clock of the start.</summary>
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>From start to verdict.</summary>
    public required TimeSpan Duration { get; init; }
    /// <summary>The load that was planned, in words.</summary>
    public string Load { get; init; } = "";
    /// <summary>Whether the load generator can be believed; null when no load ran.</summary>
    public LoadValidity? Validity { get; init; }
    /// <summary>Hypothesis and expect lines, in the order of the file.</summary>
    public IReadOnlyList<ExpectationResult> Expectations { get; init; } = [];
    /// <summary>One entry per fault and host.</summary>
    public IReadOnlyList<FaultResult> Faults { get; init; } = [];
    /// <summary>The parts of the timeline, in order; then <c>run</c> over all.</summary>
    public IReadOnlyList<WindowResult> Windows { get; init; } = [];
    /// <summary>One entry per stream of requests; empty when nothing was injected.</summary>
    public IReadOnlyList<RecoveryResult> Recoveries { get; init; } = [];
    /// <summary>What the ledger found; null when it was not read back.</summary>
    public LedgerResult? Ledger { get; init; }
    /// <summary>One point a second.</summary>
    public IReadOnlyList<TimelinePoint> Timeline { get; init; } = [];
    /// <summary>The slowest and the failed requests of each kind, with their trace ids.</summary>
    public IReadOnlyList<StepRequests> Requests { get; init; } = [];
    /// <summary>Breaker and backend transitions.</summary>
    public IReadOnlyList<Transition> Transitions { get; init; } = [];
    /// <summary>Anything a reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>Folder with the journal, samples and ledger; empty when none was written.</summary>
    public string Folder { get; init; } = "";
}

/// <summary>Whether the load generator can be believed.</summary>
/// <param name="Verdict"><c>valid</c>, <c>degraded</c> or <c>invalid</c>.</param>
/// <param name="Reasons">Why it is not valid; empty when it is.</param>
/// <param name="Planned">Arrivals planned.</param>
/// <param name="Delivered">Arrivals started.</param>
/// <param name="Undelivered">Arrivals never started.</param>
/// <param name="LatenessP99">99th percentile of start minus intended start.</param>
/// <param name="GeneratorCpuShare">Own CPU as a share of one core.</param>
/// <param name="LongestStall">Longest time the generator itself stood still.</param>
public sealed record LoadValidity(
    string Verdict, IReadOnlyList<string> Reasons, long Planned, long Delivered, long Undelivered,
    TimeSpan LatenessP99, double GeneratorCpuShare, TimeSpan LongestStall);

/// <summary>One fault on one host, through its whole life.</summary>
/// <param name="Id">Unique within the run, such as <c>f1-app2</c>.</param>
/// <param name="Kind">Such as <c>kill-process</c>.</param>
/// <param name="Host">Host name.</param>
/// <param name="Dose">The dose asked for, in words.</param>
/// <param name="Start">Injection, since the first arrival; null: never injected.</param>
/// <param name="End">Undo done, since the first arrival; null: never injected or never undone.</param>
/// <param name="EvidenceBefore">The evidence reading before.</param>
/// <param name="EvidenceDuring">The evidence reading that convinced, or the last one that did not.</param>
/// <param name="EvidenceSeen">Whether the fault bit.</param>
/// <param name="Undo">The undo in words and its answer.</param>
/// <param name="Undone">Whether the undo worked.</param>
/// <param name="Attested">Whether the target equals its fingerprint from before.</param>
/// <param name="Difference">Fingerprint before and after where they differ; empty when they do not.</param>
/// <param name="Error">What went wrong in its life; empty when nothing did.</param>
public sealed record FaultResult(
    string Id, string Kind, string Host, string Dose, TimeSpan? Start, TimeSpan? End,
    string EvidenceBefore, string EvidenceDuring, bool EvidenceSeen,
    string Undo, bool Undone, bool Attested, string Difference, string Error);

/// <summary>One part of the timeline with its figures per step.</summary>
/// <param name="Name"><c>baseline</c>, <c>fault</c>, <c>recovery</c>, <c>since fault</c> or <c>run</c>.</param>
/// <param name="Start">Since the first arrival.</param>
/// <param name="End">Since the first arrival.</param>
/// <param name="Steps">One entry per kind of request.</param>
public sealed record WindowResult(string Name, TimeSpan Start, TimeSpan End, IReadOnlyList<StepFigures> Steps);

/// <summary>Figures of one kind of request in one window. Percentiles are of response time over all requests, good and failed.</summary>
/// <param name="Step">Kind of request.</param>
/// <param name="Requests">All of them.</param>
/// <param name="Ok">Good ones.</param>
/// <param name="Failed">Failed ones.</param>
/// <param name="Statuses">Count by status code.</param>
/// <param name="PerSecond">Requests per second of the window.</param>
/// <param name="SuccessLow">Lower end of the 95 % Wilson interval of the success share, 0 to 1.</param>
/// <param name="SuccessHigh">Upper end, 0 to 1.</param>
/// <param name="P50">Median response time.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">Longest.</param>
/// <param name="ServiceP50">Median service time.</param>
/// <param name="ServiceP99">99th percentile of service time.</param>
public sealed record StepFigures(
    string Step, long Requests, long Ok, long Failed, IReadOnlyDictionary<string, long> Statuses, double PerSecond,
    double SuccessLow, double SuccessHigh, TimeSpan P50, TimeSpan P95, TimeSpan P99, TimeSpan Max, TimeSpan ServiceP50, TimeSpan ServiceP99);

/// <summary>The requests of one kind that are worth following through logs and traces.</summary>
/// <param name="Step">Kind of request.</param>
/// <param name="Slowest">At most 10 good ones, longest response time first.</param>
/// <param name="Failed">At most 10 failed ones in the order they were due, the first of each status among them.</param>
public sealed record StepRequests(string Step, IReadOnlyList<RequestResult> Slowest, IReadOnlyList<RequestResult> Failed);

/// <summary>One request.</summary>
/// <param name="Intended">When it was due, since the first arrival.</param>
/// <param name="Response">From then to its end: what the visitor waited.</param>
/// <param name="Service">From its start to its end.</param>
/// <param name="Status">Status code.</param>
/// <param name="Path">Path and query.</param>
/// <param name="TraceId">32 hexadecimal digits; empty when it carried none.</param>
/// <param name="Message">What went wrong; empty when nothing did.</param>
public sealed record RequestResult(TimeSpan Intended, TimeSpan Response, TimeSpan Service, string Status, string Path, string TraceId, string Message);

/// <summary>How one stream of requests came back after the last undo.</summary>
/// <param name="Step">Kind of request.</param>
/// <param name="FailuresSinceFault">Failed requests from the first injection on.</param>
/// <param name="LastGoodBefore">Last good answer before the first failure; null when nothing failed.</param>
/// <param name="FirstGood">First good answer after the last undo, counted from that undo; null: none came.</param>
/// <param name="Sustained">From the last undo to the start of the first window that stays good; zero: it was good from the undo on; null: not seen.</param>
/// <param name="OutageFor">RTO: from the last good answer before to the first sustained good one; zero when nothing failed; null: not recovered.</param>
/// <param name="OvershootRate">Peak requests per second in recovery ÷ baseline; null when either is empty.</param>
/// <param name="OvershootP99">p99 in recovery ÷ baseline; null when either is empty.</param>
public sealed record RecoveryResult(
    string Step, long FailuresSinceFault, TimeSpan? LastGoodBefore, TimeSpan? FirstGood, TimeSpan? Sustained,
    TimeSpan? OutageFor, double? OvershootRate, double? OvershootP99);

/// <summary>The ledger read back past every cache, from every instance.</summary>
/// <param name="Acknowledged">Creates surely done.</param>
/// <param name="Refused">Creates surely not done.</param>
/// <param name="Unknown">Creates that may or may not have been done.</param>
/// <param name="Lost">Acknowledged, not there; one line each.</param>
/// <param name="Changed">Acknowledged, other target.</param>
/// <param name="Doubled">Two URLs on one code, or two codes for one key.</param>
/// <param name="Phantom">Refused, but there.</param>
/// <param name="Stale">Deleted, still served.</param>
/// <param name="ClickMismatches">Click totals out of bounds.</param>
/// <param name="NeverRead">Entries that could not be read back; any makes the ledger unknown.</param>
/// <param name="Error">Why the ledger could not be judged; empty when it could.</param>
public sealed record LedgerResult(
    int Acknowledged, int Refused, int Unknown, IReadOnlyList<string> Lost, IReadOnlyList<string> Changed, IReadOnlyList<string> Doubled,
    IReadOnlyList<string> Phantom, IReadOnlyList<string> Stale, IReadOnlyList<string> ClickMismatches, int NeverRead, string Error);

/// <summary>One second of the run, by intended start.</summary>
/// <param name="Second">From 0.</param>
/// <param name="Requests">Requests that were due in it.</param>
/// <param name="Ok">Good ones.</param>
/// <param name="Failed">Failed ones.</param>
/// <param name="P50">Median response time.</param>
/// <param name="P99">99th percentile of response time.</param>
public sealed record TimelinePoint(int Second, long Requests, long Ok, long Failed, TimeSpan P50, TimeSpan P99);

/// <summary>A breaker or a backend changed its state.</summary>
/// <param name="At">Since the first arrival; seen by polling, so up to about 0.2 s late.</param>
/// <param name="Kind"><c>breaker</c> or <c>backend</c>.</param>
/// <param name="Host">Instance whose breaker, or backend name.</param>
/// <param name="Part">Pipeline name of a breaker; empty for a backend.</param>
/// <param name="From">State before.</param>
/// <param name="To">State after.</param>
public sealed record Transition(TimeSpan At, string Kind, string Host, string Part, string From, string To);

/// <summary>Experiments in a row on one lab.</summary>
/// <param name="Schema">Version of this shape.</param>
/// <param name="RunId">Id of the game day; its folder holds one folder per experiment.</param>
/// <param name="StartedAt">Wall clock.</param>
/// <param name="Duration">From start to last verdict.</param>
/// <param name="Verdict">The most serious of its experiments.</param>
/// <param name="Experiments">In the order they ran.</param>
/// <param name="Notes">Notes and action items.</param>
public sealed record GameDayResult(
    int Schema, string RunId, DateTimeOffset StartedAt, TimeSpan Duration, Verdict Verdict,
    IReadOnlyList<ExperimentResult> Experiments, IReadOnlyList<string> Notes)
{
    /// <summary>What the person on duty was called for, oldest first; null: nobody could be called.</summary>
    public IReadOnlyList<IncidentResult>? Incidents { get; init; }
}

/// <summary>One call of the person on duty.</summary>
/// <param name="Alert">Name of the alert.</param>
/// <param name="Service">What it is about; empty when it does not say.</param>
/// <param name="Severity"><c>critical</c>, <c>error</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Summary">What was said.</param>
/// <param name="Called">When the call came.</param>
/// <param name="Experiment">Id of the run whose fault it came of; empty: of none.</param>
/// <param name="Fault">That fault, in words; empty: none was in, nor had one been within the minute before.</param>
/// <param name="Detected">From that fault's injection to the call; null: no fault.</param>
/// <param name="Acknowledged">From the call until somebody took it; null: nobody did.</param>
/// <param name="Resolved">From the call to the end of its alert; null: it was open when the run ended.</param>
public sealed record IncidentResult(
    string Alert, string Service, string Severity, string Summary, DateTimeOffset Called, string Experiment, string Fault,
    TimeSpan? Detected, TimeSpan? Acknowledged, TimeSpan? Resolved);
