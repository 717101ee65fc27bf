using System.CommandLine;
using System.Globalization;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Verbs;

/// <summary>Which fault fires which alert, how soon, and what stays silent: on a running lab.</summary>
internal static class AlertsVerb
{
    public static Command Create()
    {
        var verb = new Verb("alerts",
            "Break a watched lab in one way after the other and compare the alerts that fire with those that must and must not. Takes one to two minutes a row; the embedded lab needs Prometheus and Alertmanager on this machine, hosts have their own.\n\n" +
            "Exit code: 0 every row as stated, 1 an alert was missing, late, or fired where it must not, 2 a mistake, 4 not run, 5 stopped, 6 undo failed.",
            ("./lab alerts", "every row"),
            ("./lab alerts --only 'store fails'", "one of them"),
            ("./lab alerts --on docker", "the rows of hosts, on those that `lab up` made"));
        var on = LabChoice.On(LabChoice.Embedded);
        var only = new Option<string[]>("--only")
        {
            Description = $"Only these rows. Embedded: {Names(AlertRow.OfTheEmbeddedLab)}. Hosts: {Names(AlertRow.OfHosts)}.", HelpName = "row", DefaultValueFactory = _ => [],
        };
        verb.Validators.Add(asked =>
        {
            var rows = AlertRow.Of(asked.GetValue(on)!);
            foreach (var name in asked.GetValue(only)!.Where(name => rows.All(row => row.Name != name)))
                asked.AddError($"--only: there is no row '{name}' on this lab. There are: {Names(rows)}.");
        });
        verb.Add(only);
        verb.Add(on);
        verb.SetAction(async (asked, _) =>
        {
            var screen = new Screen();
            var missing = asked.GetValue(on) != LabChoice.Embedded ? [] : ((string[])["prometheus", "prometheus-alertmanager"]).Where(program => WatchProcess.Find(program) is null).ToList();
            if (missing.Count > 0)
            {
                screen.Say($"lab: {string.Join(" and ", missing)} not found. On Debian or Ubuntu: apt-get install {string.Join(' ', missing)}. Without them nothing alerts; ./lab gameday works all the same.");
                return Verdict.NotRun.ExitCode();
            }

            using var stopping = new Stopping(screen.Say);
            try
            {
                return await RunAsync(Places.Find(), asked.GetValue(on)!, asked.GetValue(only)!, screen, TimeProvider.System, stopping.Token);
            }
            catch (LabRefusedException refused)
            {
                screen.Say("lab: " + refused.Message);
                return Verdict.NotRun.ExitCode();
            }
            catch (UndoFailedException left)
            {
                screen.Say("lab: " + left.Message);
                return Verdict.UndoFailed.ExitCode();
            }
            catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
            {
                return Verdict.Aborted.ExitCode();
            }
        });
        return verb;
    }

    private static async Task<int> RunAsync(Places places, string on, string[] only, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var folder = Path.Combine(places.Runs, string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-alerts"));
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "alerts.md");
        List<AlertOutcome> outcomes = [];
        await using (RunningLab lab = on != LabChoice.Embedded
            ? await LabChoice.StartAsync(places, on, time, screen, stop)
            : await EmbeddedLab.StartAsync(LabChoice.EmbeddedOptions(places, folder, time), screen, stop))
        {
            await using var tower = await Tower.BuildAsync(new SeeingPlan(null, Watch: true), lab, places, folder, screen.Say, time, stop);
            if (tower.Prometheus is null) throw new LabRefusedException("nobody watches this lab, so no alert can be seen");
            await new ClearWindows(tower.Prometheus, time, screen.Say).WaitAsync(stop);
            foreach (var row in AlertRow.Of(on).Where(row => only.Length == 0 || only.Contains(row.Name)))
            {
                if (stop.IsCancellationRequested) break;
                screen.Say($"{row.Name}: {row.Fault}");
                var outcome = await new AlertMatrix(lab, tower, folder, time).RunAsync(row, stop);
                screen.Say("  " + (outcome.Wrong.Count == 0 ? "as stated" : string.Join("; ", outcome.Wrong)));
                outcomes.Add(outcome);
                // A row takes minutes: what ends the next one shall not take this one along.
                await File.WriteAllLinesAsync(file, AlertTable.Markdown(outcomes), CancellationToken.None);
                if (!outcome.UndoFailed) continue;
                screen.Say("the lab is not as it was before, so no other row would mean anything. `./lab restore` heals what can be healed.");
                break;
            }
        }

        Screen.Answer().Write(AlertTable.Of(outcomes));
        if (outcomes.Count > 0) screen.Say($"table: {Places.Shown(file)}");
        return AlertTable.ExitCode(outcomes, stop.IsCancellationRequested);
    }

    private static string Names(IReadOnlyList<AlertRow> rows) => string.Join(", ", rows.Select(row => row.Name));
}
