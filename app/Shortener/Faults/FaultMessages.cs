using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Stations;

namespace ChaosLab.Shortener.Faults;

/// <summary>Body of <c>POST /chaos/faults</c>. Durations are <c>hh:mm:ss[.fff]</c>.</summary>
/// <param name="Kind">error, latency, outcome, cpu or readiness; or delay, hold, burn or capacity, which are doses at a station.</param>
/// <param name="Rate">0 … 1, default 1.</param>
/// <param name="Operations">Calls to hurt; empty or absent = all.</param>
/// <param name="Exception">For error: unavailable (default), timeout or io.</param>
/// <param name="Delay">For latency, cpu, delay, hold and burn.</param>
/// <param name="Jitter">For latency and cpu, default none.</param>
/// <param name="Outcome">For outcome: not-found (default, and the only one).</param>
/// <param name="Seed">Default 0.</param>
/// <param name="TimeToLive">Mandatory, at most 10 min.</param>
/// <param name="First">Only the first so many calls.</param>
/// <param name="Experiment">Label for metrics.</param>
public sealed record FaultMessage(
    string? Kind, double? Rate, IReadOnlyList<string>? Operations, string? Exception, string? Delay, string? Jitter, string? Outcome,
    int? Seed, string? TimeToLive, int? First, string? Experiment)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // Which dose can be given where.
    private static readonly Dictionary<FaultKind, string[]> Places = new()
    {
        [FaultKind.Delay] = [StationSet.PathName],
        [FaultKind.Hold] = [StationSet.LockName, StationSet.ConnectionName, StationSet.RowName],
        [FaultKind.Burn] = [StationSet.ProcessorName, StationSet.DatabaseName],
        [FaultKind.Capacity] = [StationSet.LockName, StationSet.ConnectionName, StationSet.RowName, StationSet.StandbyName],
    };

    /// <summary>For delay, hold, burn and capacity: the station.</summary>
    public string? At { get; init; }

    /// <summary>For capacity: how many more are served at once (-64 … 64, not 0).</summary>
    public int? Add { get; init; }

    /// <summary>Checks everything.</summary>
    /// <param name="problems">What is wrong with which field.</param>
    /// <returns>The order, usable only when there is no problem.</returns>
    public FaultOrder Check(out IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> problems)
    {
        var found = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        var kind = Enum.TryParse<FaultKind>(Kind, ignoreCase: true, out var known) && Enum.IsDefined(known) && !char.IsAsciiDigit(Kind![0]) ? known : (FaultKind?)null;
        Refuse(kind is null, "kind", "must be error, latency, outcome, cpu or readiness, or delay, hold, burn or capacity");
        Refuse(Rate is not (null or (>= 0 and <= 1)), "rate", "must be from 0 to 1");
        var unknown = (Operations ?? []).Where(static name => !StoreOperations.All.Contains(name)).ToList();
        Refuse(unknown.Count > 0, "operations", $"holds {string.Join(", ", unknown)}; known are {string.Join(", ", StoreOperations.All)}");
        Refuse(kind == FaultKind.Outcome && (Operations ?? []).Except(StoreOperations.WithOutcome).Except(unknown).Any(), "operations", $"an outcome can be given to {string.Join(", ", StoreOperations.WithOutcome)} only");
        Refuse(kind == FaultKind.Readiness && Operations is { Count: > 0 }, "operations", "a readiness fault concerns no operation; leave it out");
        Refuse(Exception is not (null or "unavailable" or "timeout" or "io"), "exception", "must be unavailable, timeout or io");
        Refuse(Exception is not null && kind is not (null or FaultKind.Error), "exception", "belongs to kind error only");
        Refuse(Outcome is not (null or "not-found"), "outcome", "must be not-found");
        Refuse(Outcome is not null && kind is not (null or FaultKind.Outcome), "outcome", "belongs to kind outcome only");
        var delay = Time(Delay, "delay");
        var jitter = Time(Jitter, "jitter");
        var isDose = kind is FaultKind.Delay or FaultKind.Hold or FaultKind.Burn;
        Refuse(isDose && (delay is null || delay < TimeSpan.FromMicroseconds(50) || delay > TimeSpan.FromSeconds(10)), "delay", "must be from 00:00:00.00005 to 00:00:10 for kind delay, hold and burn");
        Refuse(kind is { } at && Places.TryGetValue(at, out var places) && !places.Contains(At), "at", $"must be {string.Join(" or ", Places.GetValueOrDefault(kind ?? default) ?? [])} for this kind");
        Refuse(At is not null && kind is { } other && !Places.ContainsKey(other), "at", "belongs to kind delay, hold, burn and capacity only");
        Refuse(kind == FaultKind.Capacity && Add is null or 0 or < -64 or > 64, "add", "must be from -64 to 64, and not 0, for kind capacity");
        Refuse(Add is not null && kind is not (null or FaultKind.Capacity), "add", "belongs to kind capacity only");
        var needsDelay = kind is FaultKind.Latency or FaultKind.Cpu;
        // Below 1 ms the timer does nothing at all (measured): such a fault would be a silent no-op.
        Refuse(needsDelay && (delay is null || delay < TimeSpan.FromMilliseconds(1) || delay > Longest), "delay", "must be from 00:00:00.001 to 00:10:00 for kind latency and cpu");
        Refuse(kind is not null && !needsDelay && !isDose && Delay is not null, "delay", "belongs to kind latency, cpu, delay, hold and burn only");
        Refuse(delay is not null && jitter > delay, "jitter", "must not be longer than the delay");
        var life = Time(TimeToLive, "timeToLive");
        Refuse(life is null || life <= TimeSpan.Zero || life > Longest, "timeToLive", "is mandatory: above 00:00:00 and at most 00:10:00");
        Refuse(First is < 1, "first", "must be at least 1");
        Refuse(Experiment is { Length: > 100 }, "experiment", "must be at most 100 characters");
        problems = found;
        return new(kind ?? default, Rate ?? 1, Operations ?? [], kind == FaultKind.Error ? Exception ?? "unavailable" : null, delay ?? default, jitter ?? default, Seed ?? 0, life ?? default, First, Experiment) { At = At, Add = Add ?? 0 };

        void Refuse(bool isWrong, string field, string says)
        {
            if (isWrong) found.Add(new(field, [says]));
        }

        TimeSpan? Time(string? text, string field)
        {
            if (text is null) return null;
            if (Duration.TryParse(text, out var value)) return value;
            found.Add(new(field, [$"\"{text}\" is no duration hh:mm:ss[.fff]"]));
            return null;
        }
    }
}

/// <summary>A fault in an answer: what was ordered, and what it did.</summary>
public sealed record FaultReport(
    string Id, bool Active, DateTimeOffset StartedAt, DateTimeOffset Until, string Kind, double Rate, IReadOnlyList<string> Operations,
    string? Exception, string? Delay, string? Jitter, string? Outcome, int Seed, string TimeToLive, int? First, string? Experiment,
    long Executions, long Intended, long Completed, double DoseMeanSeconds, double DoseMaxSeconds)
{
    /// <summary>The station of a dose.</summary>
    public string? At { get; init; }

    /// <summary>Change of a capacity.</summary>
    public int? Add { get; init; }

    /// <summary>Reports a fault as of now.</summary>
    public static FaultReport Of(Fault fault)
    {
        var (order, evidence) = (fault.Order, fault.Evidence);
        var hasDelay = order.Kind is FaultKind.Latency or FaultKind.Cpu or FaultKind.Delay or FaultKind.Hold or FaultKind.Burn;
        return new(
            fault.Id, fault.IsActive, fault.StartedAt, fault.Until, order.Kind.ToString().ToLowerInvariant(), order.Rate, order.Operations,
            order.Exception, hasDelay ? Duration.Format(order.Delay) : null, hasDelay ? Duration.Format(order.Jitter) : null,
            order.Kind == FaultKind.Outcome ? "not-found" : null, order.Seed, Duration.Format(order.TimeToLive), order.First, order.Experiment,
            evidence.Executions, evidence.Intended, evidence.Completed, evidence.DoseMeanSeconds, evidence.DoseMaxSeconds)
        {
            At = order.At,
            Add = order.Kind == FaultKind.Capacity ? order.Add : null,
        };
    }
}

/// <summary>Several faults in an answer.</summary>
/// <param name="Faults">The active ones.</param>
public sealed record FaultReports(IReadOnlyList<FaultReport> Faults);

/// <summary>How the bodies of <c>/chaos/faults</c> are read and written. An unknown field is an error: a mistyped "rate" must not become a full dose.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(FaultMessage))]
[JsonSerializable(typeof(FaultReport))]
[JsonSerializable(typeof(FaultReports))]
public sealed partial class FaultJson : JsonSerializerContext;
