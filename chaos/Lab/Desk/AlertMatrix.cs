using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Desk;

/// <summary>What became of one row.</summary>
/// <param name="Row">What was asked.</param>
/// <param name="Fired">Every alert that fired after the injection, with its time since then.</param>
/// <param name="Called">Every alert that reached the desk, with its time since the injection.</param>
/// <param name="ClearAfter">From the undo until no alert was left; null: not within the limit.</param>
/// <param name="Wrong">What was not as stated; empty: the row holds.</param>
/// <param name="UndoFailed">Whether the lab is not as it was before: no other row means anything on it.</param>
internal sealed record AlertOutcome(
    AlertRow Row, IReadOnlyList<(string Alert, TimeSpan After)> Fired, IReadOnlyList<(string Alert, TimeSpan After)> Called, TimeSpan? ClearAfter, IReadOnlyList<string> Wrong, bool UndoFailed = false);

/// <summary>Hurts a watched lab row by row under steady load and compares what fires with what was stated.</summary>
internal sealed class AlertMatrix(RunningLab lab, Tower tower, string folder, TimeProvider time) : IProgress<RunEvent>
{
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private DateTimeOffset? injected, undone;

    /// <summary>Runs one row.</summary>
    public async Task<AlertOutcome> RunAsync(AlertRow row, CancellationToken stop)
    {
        (injected, undone) = (null, null);
        var length = Lead + AlertRow.Hold + AlertRow.ClearWithin + TimeSpan.FromSeconds(10);
        // Nothing is asked of visitors here: what is judged is who noticed.
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            title: Alerts for {{row.Name}}
            hypothesis: [redirect success >= 1 %]
            load: { scenario: mixed, rate: 60/s, for: {{length.TotalSeconds:0}}s, links: 10 }
            faults: [{ at: {{Lead.TotalSeconds:0}}s, {{row.Fault}}, for: {{AlertRow.Hold.TotalSeconds:0}}s }]

            """);
        var name = row.Name.Replace(' ', '-');
        var (experiment, problems) = ExperimentFile.Parse(name + ".yaml", text);
        if (experiment is null) throw new InvalidOperationException(string.Join('\n', problems));
        tower.Metrics!.Faults.Begin(name);
        var firing = new FiringAlerts(tower.Prometheus!, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchAsync(firing, ended);
        var result = await ExperimentRunner.RunAsync(experiment, lab, new RunOptions
        {
            RunsFolder = folder, RunId = name, Visitors = ShortenerVisitors.All, OnSample = tower.Metrics.Load.Observe, Sinks = [tower.Metrics.Load], Time = time,
        }, this, ended.Token);
        await ended.CancelAsync();
        await watching;
        var undoFailed = result.Verdict == Verdict.UndoFailed;
        var outcome = injected is { } from && undone is { } to
            ? Judge(row, from, to, firing.Seen, time.GetUtcNow())
            : new AlertOutcome(row, [], [], null, undoFailed ? [] : [$"the fault was not injected: {result.Reason}"]);
        return undoFailed ? outcome with { UndoFailed = true, Wrong = [$"the undo failed: {result.Reason}", .. outcome.Wrong] } : outcome;
    }

    void IProgress<RunEvent>.Report(RunEvent value)
    {
        if (value.Kind == RunEvents.Injecting) injected ??= value.At;
        if (value.Kind == RunEvents.Attested) undone = value.At;
        tower.Metrics!.Faults.Report(value);
    }

    // Looks until all is clear after the undo or the limit is over. What no look could see will be missed and told.
    private async Task WatchAsync(FiringAlerts firing, CancellationTokenSource ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Look, time, ended.Token);
                var now = time.GetUtcNow();
                if (await firing.LookAsync(injected, ended.Token) is not { } alerts) continue;
                if (undone is not { } since || now - since < TimeSpan.FromSeconds(3)) continue;
                if (alerts.All(AlertRow.OfTheMachine.Contains) || now - since > AlertRow.ClearWithin + TimeSpan.FromSeconds(5)) await ended.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // the row is over
        }
    }

    private AlertOutcome Judge(AlertRow row, DateTimeOffset from, DateTimeOffset to, IReadOnlyDictionary<string, (DateTimeOffset First, DateTimeOffset Last)> firing, DateTimeOffset end)
    {
        List<string> wrong = [];
        foreach (var (alert, within) in row.Must)
        {
            if (!firing.TryGetValue(alert, out var times)) wrong.Add($"{alert} did not fire");
            else if (times.First - from > within) wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{alert} fired after {(times.First - from).TotalSeconds:0.0} s, later than {within.TotalSeconds:0} s"));
        }

        var forbidden = row.Silent.Contains("*") ? firing.Keys.Except(AlertRow.OfTheMachine) : row.Silent.Where(firing.ContainsKey);
        wrong.AddRange(forbidden.Select(alert => $"{alert} fired"));
        var last = firing.Where(one => !AlertRow.OfTheMachine.Contains(one.Key)).Select(one => one.Value.Last).DefaultIfEmpty(to).Max();
        TimeSpan? clear = last < to ? TimeSpan.Zero : last - to;
        if (clear > AlertRow.ClearWithin)
        {
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"not clear {AlertRow.ClearWithin.TotalSeconds:0} s after the undo"));
            clear = null;
        }

        var called = (tower.Desk?.Incidents ?? []).Where(one => one.Triggered >= from && one.Triggered <= end).OrderBy(one => one.Triggered).Select(one => (one.Alert, one.Triggered - from)).ToList();
        foreach (var (alert, _) in row.Must.Where(_ => tower.Desk is not null))
        {
            // One call may stand for several alerts of a name, so only the name is compared. Hosts call for pages only: their tickets
            // go by mail or webhook.
            if (lab.Topology != "embedded" && !alert.StartsWith("BudgetBurns", StringComparison.Ordinal)) continue;
            if (firing.ContainsKey(alert) && called.All(call => call.Alert != alert.Split('/')[0]) && OpenBefore(alert, from) is false) wrong.Add($"{alert} did not reach the desk");
        }

        return new AlertOutcome(row, [.. firing.Select(one => (one.Key, one.Value.First - from)).OrderBy(one => one.Item2)], called, clear, wrong);
    }

    private bool OpenBefore(string alert, DateTimeOffset from) => tower.Desk!.Incidents.Any(one => one.Alert == alert.Split('/')[0] && one.Triggered < from && (one.Resolved is null || one.Resolved > from));
}
