using System.Net;

namespace ChaosLab.Shortener.Configuration;

/// <summary>Everything the process was told by its environment, checked. See app/README.md for the names of the variables.</summary>
public sealed record Settings
{
    /// <summary>Address of the public listener.</summary>
    public required IPEndPoint HttpListen { get; init; }

    /// <summary>Address of the admin listener, which never stands behind the balancer.</summary>
    public required IPEndPoint AdminListen { get; init; }

    /// <summary>Bearer token of the admin listener.</summary>
    public required string AdminToken { get; init; }

    /// <summary>Name of this instance in headers, logs and metrics.</summary>
    public required string InstanceName { get; init; }

    /// <summary>Base of short links, without a slash at its end.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Where links are kept.</summary>
    public required StoreSettings Store { get; init; }

    /// <summary>Circuit breaker around the store.</summary>
    public required BreakerSettings Breaker { get; init; }

    /// <summary>False switches off both the attempt timeout and the deadline.</summary>
    public required bool TimeoutEnabled { get; init; }

    /// <summary>The in-process cache of redirects.</summary>
    public required CacheSettings Cache { get; init; }

    /// <summary>Counting of clicks.</summary>
    public required ClickSettings Clicks { get; init; }

    /// <summary>Limit on creates.</summary>
    public required RateLimitSettings RateLimit { get; init; }

    /// <summary>Which requests get a line in the log.</summary>
    public required LogSettings Log { get; init; }

    /// <summary>True: <c>/chaos/faults</c> exists.</summary>
    public required bool ChaosEnabled { get; init; }

    /// <summary>The instance becomes ready only after this long (0 … 10 min).</summary>
    public required TimeSpan StartDelay { get; init; }

    /// <summary>What SIGTERM does.</summary>
    public required ShutdownSettings Shutdown { get; init; }

    /// <summary>Request handlers run on the socket threads. Half of a pair: the other is DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS.</summary>
    public required bool InlineSockets { get; init; }

    /// <summary>The OTEL_* variables, handed to the OpenTelemetry SDK as they are.</summary>
    public required IReadOnlyDictionary<string, string?> OpenTelemetry { get; init; }

    /// <summary>True: traces, metrics and logs are pushed by OTLP.</summary>
    public bool PushesTelemetry => !string.IsNullOrEmpty(OpenTelemetry.GetValueOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT"));
}

/// <summary>Which requests get a line in the log.</summary>
/// <param name="SlowerThan">A request that took this long is logged even when it did not fail (0 … 1 day).</param>
/// <param name="LinesPerSecond">Most lines about requests in a second (0 … 100,000); the others are counted.</param>
public sealed record LogSettings(TimeSpan SlowerThan, int LinesPerSecond);

/// <summary>The kinds of store.</summary>
public enum StoreKind
{
    /// <summary>One file, shared by the instances of one machine.</summary>
    Sqlite,

    /// <summary>PostgreSQL, one host or several.</summary>
    Postgres,
}

/// <summary>Where links are kept.</summary>
/// <param name="Kind">Which implementation.</param>
/// <param name="ConnectionString">In the words of Microsoft.Data.Sqlite or Npgsql.</param>
/// <param name="AttemptTimeout">Time for one call, inside the breaker (10 ms … 1 day).</param>
/// <param name="Deadline">Time for everything, outside the breaker; longer than <paramref name="AttemptTimeout"/>.</param>
/// <param name="Migrate">Serving creates or updates the schema first.</param>
public sealed record StoreSettings(StoreKind Kind, string ConnectionString, TimeSpan AttemptTimeout, TimeSpan Deadline, bool Migrate)
{
    /// <summary>Leads to a standby of the same database, asked for links while the primary does not answer. Null: there is none. PostgreSQL only.</summary>
    public string? StandbyConnectionString { get; init; }

    /// <summary>Connections that reads share (1 … 64).</summary>
    public int Readers { get; init; } = 2;

    /// <summary>True: links are asked of the standby, and of the primary only when the standby does not know them or fails. PostgreSQL only.</summary>
    public bool ReadsStandby { get; init; }

    /// <summary>
    /// Rows of the running total of look-ups (0 … 64); 0: there is no total. With it each look-up adds one to a row before it is answered, so
    /// the total is exact at every moment, and all that add to the same row queue for its lock. PostgreSQL only.
    /// </summary>
    public int TotalRows { get; init; }
}

/// <summary>When the circuit breaker opens.</summary>
/// <param name="Enabled">False: no breaker at all.</param>
/// <param name="FailureRatio">Share of failed calls that opens it, above 0 and at most 1.</param>
/// <param name="MinimumThroughput">Calls in the window below which it never opens (≥ 2).</param>
/// <param name="SamplingDuration">The window (0.5 s … 1 day).</param>
/// <param name="BreakDuration">How long it stays open before a probe (0.5 s … 1 day).</param>
public sealed record BreakerSettings(bool Enabled, double FailureRatio, int MinimumThroughput, TimeSpan SamplingDuration, TimeSpan BreakDuration);

/// <summary>How long redirects are remembered.</summary>
/// <param name="Enabled">False: every redirect asks the store.</param>
/// <param name="Capacity">Most entries kept (1 … 10 million).</param>
/// <param name="TimeToLive">How long a known link is served without asking.</param>
/// <param name="StaleFor">How much longer it is served while the store cannot be asked.</param>
/// <param name="NegativeTimeToLive">How long "no such link" is remembered.</param>
public sealed record CacheSettings(bool Enabled, int Capacity, TimeSpan TimeToLive, TimeSpan StaleFor, TimeSpan NegativeTimeToLive);

/// <summary>How clicks reach the store.</summary>
/// <param name="FlushInterval">Pause between two flushes (1 ms … 1 h).</param>
/// <param name="QueueCapacity">Most links with clicks that wait for a flush; clicks beyond are dropped and counted.</param>
public sealed record ClickSettings(TimeSpan FlushInterval, int QueueCapacity);

/// <summary>Token bucket on creates, per instance.</summary>
/// <param name="CreatesPerSecond">Refill rate; 0 = no limit.</param>
/// <param name="Burst">Size of the bucket; 0 = the rate, rounded up.</param>
public sealed record RateLimitSettings(double CreatesPerSecond, int Burst);

/// <summary>What SIGTERM does.</summary>
/// <param name="Drain">False: the process ends at once.</param>
/// <param name="DrainDelay">How long it goes on serving while it says "not ready".</param>
/// <param name="Timeout">How long running requests may take to finish.</param>
public sealed record ShutdownSettings(bool Drain, TimeSpan DrainDelay, TimeSpan Timeout);
