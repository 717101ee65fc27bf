namespace ChaosLab.Chaos.Experiments;

/// <summary>One line of a hypothesis or of <c>expect</c>, parsed. A closed set: see the nested records.</summary>
public abstract record Expectation
{
    private Expectation() { }

    /// <summary>The line as written.</summary>
    public required string Text { get; init; }

    /// <summary>Line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>A share of requests: <c>redirect success &gt;= 99.9 %</c>, <c>create status 503 &gt;= 90 % in fault</c>.</summary>
    /// <param name="Step">Kind of request, such as <c>redirect</c>.</param>
    /// <param name="Status">Status code whose share is meant; null: the share of good answers.</param>
    /// <param name="Limit">A share from 0 to 1.</param>
    /// <param name="Window">Where it is asked.</param>
    public sealed record Share(string Step, string? Status, Limit Limit, WindowName Window) : Expectation;

    /// <summary>A latency: <c>redirect p99 &lt; 250 ms</c>, <c>redirect service p50 &lt; 5 ms</c>.</summary>
    /// <param name="Step">Kind of request.</param>
    /// <param name="Quantile">0 to 100, exclusive.</param>
    /// <param name="IsService">True: from the actual start; false: from the intended start, as a visitor waits.</param>
    /// <param name="Limit">Seconds.</param>
    /// <param name="Window">Where it is asked.</param>
    public sealed record Latency(string Step, double Quantile, bool IsService, Limit Limit, WindowName Window) : Expectation;

    /// <summary>A number of requests: <c>redirect failures &lt;= 3</c>, <c>create requests &gt;= 30</c>.</summary>
    /// <param name="Step">Kind of request.</param>
    /// <param name="IsFailures">True: failed ones only.</param>
    /// <param name="Limit">A count.</param>
    /// <param name="Window">Where it is asked.</param>
    public sealed record Number(string Step, bool IsFailures, Limit Limit, WindowName Window) : Expectation;

    /// <summary><c>time without writes &lt;= 30 s</c>: from the first injection on, the longest time in which no visitor got a good answer of a kind.</summary>
    /// <param name="Step">Kind of request: <c>create</c> for writes, <c>redirect</c> for redirects.</param>
    /// <param name="Limit">Seconds.</param>
    public sealed record TimeWithout(string Step, Limit Limit) : Expectation;

    /// <summary><c>recovery within 5 s</c>: sustained recovery of every stream of requests after the last undo.</summary>
    public sealed record Recovery(TimeSpan Within) : Expectation;

    /// <summary><c>lost links = 0</c> and its kin, from the ledger read back at the end.</summary>
    public sealed record LedgerCount(LedgerQuestion Question, Limit Limit) : Expectation;

    /// <summary><c>click totals exact</c>: every link's clicks lie between acknowledged and acknowledged + unknown redirects.</summary>
    public sealed record ClickTotals : Expectation;

    /// <summary><c>breaker opens within 3 s</c> of the first injection, on every target.</summary>
    public sealed record BreakerOpens(TimeSpan Within) : Expectation;

    /// <summary><c>breaker closes within 8 s</c> of the last undo, wherever one was open.</summary>
    public sealed record BreakerCloses(TimeSpan Within) : Expectation;

    /// <summary><c>backend goes down within 2 s</c> of the first injection: the balancer stops using every target.</summary>
    public sealed record BackendGoesDown(TimeSpan Within) : Expectation;

    /// <summary><c>backend comes back within 5 s</c> of the last undo: the balancer uses every target again.</summary>
    public sealed record BackendComesBack(TimeSpan Within) : Expectation;

    /// <summary><c>retries &lt;= 20</c>: second attempts of the balancer from the first injection on.</summary>
    public sealed record Retries(Limit Limit) : Expectation;
}

/// <summary>A comparison with a number, in the base unit of its measure (share 0–1, seconds, count).</summary>
/// <param name="Comparison">One of <c>&gt;=</c>, <c>&gt;</c>, <c>&lt;=</c>, <c>&lt;</c>, <c>=</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Text">Comparison and number as written, such as <c>&gt;= 99.9 %</c>.</param>
public sealed record Limit(string Comparison, double Value, string Text)
{
    /// <summary>Whether a measured value satisfies the comparison.</summary>
    public bool IsMetBy(double measured) => Comparison switch
    {
        ">=" => measured >= Value,
        ">" => measured > Value,
        "<=" => measured <= Value,
        "<" => measured < Value,
        _ => measured == Value,
    };
}

/// <summary>A part of the timeline.</summary>
public enum WindowName
{
    /// <summary>From the first injection to the end: the default, so that a good baseline cannot dilute a bad fault.</summary>
    SinceFault,
    /// <summary>Before the first injection.</summary>
    Baseline,
    /// <summary>While at least one fault is active.</summary>
    Fault,
    /// <summary>After a fault was undone, until the next one or the end.</summary>
    Recovery,
    /// <summary>Everything after warm-up.</summary>
    Run,
}

/// <summary>What the ledger is asked for.</summary>
public enum LedgerQuestion
{
    /// <summary>Acknowledged, not there.</summary>
    Lost,
    /// <summary>Acknowledged, other target.</summary>
    Changed,
    /// <summary>Two URLs on one code, or two codes for one key.</summary>
    Doubled,
    /// <summary>Refused, but there.</summary>
    Phantom,
    /// <summary>Deleted, still served.</summary>
    Stale,
}
