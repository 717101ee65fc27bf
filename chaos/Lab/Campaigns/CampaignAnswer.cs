using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using Spectre.Console;

namespace ChaosLab.Lab.Campaigns;

/// <summary>The answer of <c>gameday</c> and <c>run</c> on standard output: a table for people, one JSON object for programs.</summary>
internal static class CampaignAnswer
{
    /// <summary>One object: <c>experiments[].{name, verdict, reason, …}</c>, <c>verdict</c>, <c>exitCode</c>, <c>report</c>.</summary>
    public static string ToJson(FinishedCampaign campaign)
    {
        var day = campaign.Day;
        var attempts = GameDayReport.Attempts(day);
        return JsonSerializer.Serialize(new
        {
            schema = 1,
            runId = day.RunId,
            verdict = day.Verdict,
            exitCode = day.Verdict.ExitCode(),
            summary = GameDayReport.Summary(day),
            startedAt = day.StartedAt,
            durationSeconds = Math.Round(day.Duration.TotalSeconds, 3),
            report = campaign.Report,
            folder = campaign.Folder,
            notes = day.Notes,
            incidents = day.Incidents,
            experiments = day.Experiments.Select(result => new
            {
                name = result.Id,
                title = result.Title,
                verdict = result.Verdict,
                exitCode = result.Verdict.ExitCode(),
                reason = result.Reason,
                attempt = attempts[result.RunId].Attempt,
                of = attempts[result.RunId].Of,
                seed = result.Seed,
                without = result.Without,
                durationSeconds = Math.Round(result.Duration.TotalSeconds, 3),
                sinceFault = result.Windows.FirstOrDefault(window => window.Name == "since fault")?.Steps.Select(step => new
                {
                    step = step.Step,
                    requests = step.Requests,
                    ok = step.Ok,
                    failed = step.Failed,
                    p50Ms = Milliseconds(step.P50),
                    p99Ms = Milliseconds(step.P99),
                }),
                expectations = result.Expectations.Select(one => new { text = one.Text, judgement = one.Judgement, predicted = one.Predicted, measured = one.Measured, window = one.Window }),
                faults = result.Faults.Select(one => new { id = one.Id, kind = one.Kind, host = one.Host, bit = one.EvidenceSeen, undone = one.Undone && one.Attested }),
                recoverySeconds = result.Recoveries.Count == 0 || result.Recoveries.Any(one => one.Sustained is null)
                    ? (double?)null
                    : Math.Round(result.Recoveries.Max(one => one.Sustained!.Value.TotalSeconds), 3),
                ledger = result.Ledger is { } ledger
                    ? Wording.LedgerFindings(ledger).ToDictionary(rule => rule.Rule.Replace(' ', '-'), rule => rule.Found.Count)
                    : null,
                load = result.Validity?.Verdict,
                folder = result.Folder,
                report = result.Folder.Length == 0 ? null : Path.Combine(result.Folder, "report.html"),
                repeat = Wording.CommandLine(result),
            }),
        }, ResultJson.Options);
    }

    /// <summary>What is printed when files are wrong and nothing ran.</summary>
    public static string ToJson(IReadOnlyList<Problem> problems) => JsonSerializer.Serialize(new
    {
        schema = 1,
        verdict = (string?)null,
        exitCode = Verdicts.ExitCodeOfAMistake,
        problems,
        experiments = Array.Empty<string>(),
    }, ResultJson.Options);

    /// <summary>The table and where to read on.</summary>
    public static void Print(FinishedCampaign campaign, IAnsiConsole console)
    {
        var day = campaign.Day;
        var attempts = GameDayReport.Attempts(day);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("experiment", "verdict", "good since the fault", "p99 since the fault", "recovered in", "ledger", "why");
        foreach (var result in day.Experiments)
        {
            var (attempt, of) = attempts[result.RunId];
            table.AddRow(
                new Text(of > 1 ? $"{result.Id} ({attempt} of {of})" : result.Id),
                new Text(result.Verdict.Word(), new Style(result.Verdict.Tone() switch { Tone.Good => Color.Green, Tone.Bad => Color.Red, _ => Color.Yellow })),
                new Text(Wording.Success(result)), new Text(Wording.P99(result)), new Text(Wording.Recovery(result)),
                new Text(Wording.Ledger(result.Ledger)), new Text(result.Reason));
        }

        console.Write(table);
        console.WriteLine(GameDayReport.Summary(day));
        foreach (var note in day.Notes) console.WriteLine(note);
        if (day.Incidents is { } incidents) console.WriteLine(Wording.Incidents(incidents));
        Console.Out.WriteLine("report: " + Places.Shown(campaign.Report));
    }

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);
}
