using System.CommandLine;
using System.Text.Json;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;

namespace ChaosLab.Lab.Verbs;

/// <summary>Writes the reports of a run again, from its record alone.</summary>
internal static class ReportVerb
{
    public static Command Create()
    {
        var verb = new Verb("report",
            "Write the reports of a run again from its record (summary.json), and say where they are. Exit code 0, or 2 when there is no such run.",
            ("./lab report last", "the newest run"),
            ("./lab report 20261129-140500-gameday", "a run by its id"),
            ("./lab report artifacts/runs/20261129-140500-gameday/hot-link-keeps-exact-click-totals", "a run by its folder"));
        var run = new Argument<string>("RUN") { Description = "Id of a run, path of its folder, or `last`." };
        var json = CampaignFlags.Json();
        verb.Add(run);
        verb.Add(json);
        verb.SetAction(async (asked, stop) =>
        {
            var places = Places.Find();
            string folder;
            try
            {
                folder = RunFolders.Find(asked.GetValue(run)!, places);
            }
            catch (LabRefusedException unknown)
            {
                await Console.Error.WriteLineAsync("lab: " + unknown.Message);
                return Verdicts.ExitCodeOfAMistake;
            }

            var record = Path.Combine(folder, "summary.json");
            try
            {
                var (verdict, page) = await WriteAsync(record, folder, stop);
                if (asked.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(new { verdict, report = page, folder }, ResultJson.Options));
                else Console.Out.WriteLine($"{verdict.Word()}\nreport: {Places.Shown(page)}");
                return 0;
            }
            catch (JsonException broken)
            {
                await Console.Error.WriteLineAsync($"lab: {record} is no record of a run: {broken.Message}");
                return Verdicts.ExitCodeOfAMistake;
            }
        });
        return verb;
    }

    private static async Task<(Verdict Verdict, string Page)> WriteAsync(string record, string folder, CancellationToken stop)
    {
        var text = await File.ReadAllTextAsync(record, stop);
        using var json = JsonDocument.Parse(text);
        if (json.RootElement.TryGetProperty("experiments", out _))
        {
            var day = JsonSerializer.Deserialize<GameDayResult>(text, ResultJson.Options)!;
            return (day.Verdict, await ReportFiles.WriteAsync(day, folder, stop));
        }

        var result = JsonSerializer.Deserialize<ExperimentResult>(text, ResultJson.Options)!;
        return (result.Verdict, await ReportFiles.WriteAsync(result, folder, stop));
    }
}
