using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Verdicts;

/// <summary>Judges what breakers and backends did, against the injection and the undo of each target.</summary>
internal static class TransitionJudge
{
    public static ExpectationResult BreakerOpens(Expectation.BreakerOpens line, string part, RunRecord record) =>
        AfterInjection(line, part, line.Within, record, record.SawBreakers, change => change.Kind == "breaker" && change.To is "open" or "isolated");

    public static ExpectationResult BackendGoesDown(Expectation.BackendGoesDown line, string part, RunRecord record) =>
        AfterInjection(line, part, line.Within, record, record.SawBackends, change => change.Kind == "backend" && change.To != "up");

    public static ExpectationResult BackendComesBack(Expectation.BackendComesBack line, string part, RunRecord record) =>
        AfterUndo(line, part, line.Within, record, record.SawBackends, "backend", isWell: state => state == "up", isIll: state => state != "up");

    public static ExpectationResult BreakerCloses(Expectation.BreakerCloses line, string part, RunRecord record) =>
        AfterUndo(line, part, line.Within, record, record.SawBreakers, "breaker", isWell: state => state == "closed", isIll: state => state != "closed");

    private static ExpectationResult AfterInjection(Expectation line, string part, TimeSpan within, RunRecord record, bool sawAny, Func<Transition, bool> isMeant)
    {
        var predicted = $"within {Units.Say(within)}";
        var targets = record.Faults.Where(fault => fault.Start is not null).ToList();
        if (!sawAny || targets.Count == 0)
            return Judge.Answer(line, part, predicted, sawAny ? "nothing was injected" : "not one reading succeeded", Judgement.Unknown, "since fault", 0);
        var delays = targets.GroupBy(fault => fault.Host).Select(host =>
        {
            var start = host.Min(fault => fault.Start)!.Value;
            var at = record.Transitions.Where(change => change.Host == host.Key && change.At >= start && isMeant(change)).Select(change => (TimeSpan?)change.At).Min();
            return (Host: host.Key, After: at - start);
        }).ToList();
        return Slowest(line, part, predicted, within, delays, "since fault");
    }

    private static ExpectationResult AfterUndo(
        Expectation line, string part, TimeSpan within, RunRecord record, bool sawAny, string kind, Func<string, bool> isWell, Func<string, bool> isIll)
    {
        var predicted = $"within {Units.Say(within)}";
        var delays = new List<(string Host, TimeSpan? After)>();
        foreach (var host in record.Faults.Where(fault => fault is { Start: not null, End: not null }).GroupBy(fault => fault.Host))
        {
            var (start, undone) = (host.Min(fault => fault.Start)!.Value, host.Max(fault => fault.End)!.Value);
            foreach (var one in record.Transitions.Where(change => change.Kind == kind && change.Host == host.Key && change.At >= start).GroupBy(change => change.Part))
            {
                if (!one.Any(change => isIll(change.To)))
                    continue;
                var last = one.Last();
                var well = last.At > undone ? last.At - undone : TimeSpan.Zero;
                delays.Add((one.Key.Length > 0 ? $"{host.Key} {one.Key}" : host.Key, isWell(last.To) ? well : null));
            }
        }

        // What never fell ill cannot come back: nothing was learned.
        if (!sawAny || delays.Count == 0)
            return Judge.Answer(line, part, predicted, sawAny ? $"no {kind} of a target left its good state" : "not one reading succeeded", Judgement.Unknown, "recovery", 0);
        return Slowest(line, part, predicted, within, delays, "recovery");
    }

    private static ExpectationResult Slowest(Expectation line, string part, string predicted, TimeSpan within, List<(string Host, TimeSpan? After)> delays, string window)
    {
        var never = delays.Where(delay => delay.After is null).Select(delay => delay.Host).ToList();
        if (never.Count > 0)
            return Judge.Answer(line, part, predicted, $"never: {string.Join(", ", never)}", Judgement.Violated, window, delays.Count);
        var slowest = delays.MaxBy(delay => delay.After);
        return Judge.Answer(line, part, predicted, $"{Units.Say(slowest.After!.Value)} ({slowest.Host})", slowest.After <= within ? Judgement.Met : Judgement.Violated, window, delays.Count);
    }
}
