using System.CommandLine;
using System.Text.Json;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Benchmarks;
using ChaosLab.Lab.Campaigns;
using Spectre.Console;

namespace ChaosLab.Lab.Verbs;

/// <summary>Benchmarks against yardsticks from elsewhere, in interleaved rounds; nothing is asserted, ratios are printed.</summary>
internal static class BenchVerb
{
    public static Command Create()
    {
        var verb = new Verb("bench",
            "Measure processor time per request against a yardstick, in interleaved rounds on this machine. Prints ratios; asserts nothing.",
            ("./lab bench redirect", "a cached redirect next to nginx, Node and Flask"),
            ("./lab bench engine", "the load engine next to wrk"));
        var subject = new Argument<string>("SUBJECT") { Description = "redirect or engine" };
        subject.AcceptOnlyFromAmong("redirect", "engine");
        var rounds = new Option<int>("--rounds") { Description = "Interleaved rounds.", DefaultValueFactory = _ => 5 };
        rounds.Validators.Add(asked => { if (asked.GetValueOrDefault<int>() is < 1 or > 50) asked.AddError("--rounds must be 1 to 50."); });
        var seconds = new Option<int>("--seconds") { Description = "Length of one contestant's turn.", DefaultValueFactory = _ => 4 };
        seconds.Validators.Add(asked => { if (asked.GetValueOrDefault<int>() is < 1 or > 60) asked.AddError("--seconds must be 1 to 60."); });
        var connections = new Option<int>("--connections") { Description = "Connections, all busy all the time.", DefaultValueFactory = _ => 64 };
        connections.Validators.Add(asked => { if (asked.GetValueOrDefault<int>() is < 1 or > 1000) asked.AddError("--connections must be 1 to 1000."); });
        var json = CampaignFlags.Json();
        verb.Add(subject);
        foreach (var option in (Option[])[rounds, seconds, connections, json]) verb.Add(option);
        verb.SetAction(async (asked, stop) =>
        {
            if (((string[])["nginx", "wrk"]).Where(tool => !Tools.Has(tool)).ToList() is { Count: > 0 } missing)
            {
                await Console.Error.WriteLineAsync($"lab: {string.Join(" and ", missing)} not found. On Debian or Ubuntu: apt-get install {string.Join(' ', missing)}");
                return Verdict.NotRun.ExitCode();
            }

            var places = Places.Find();
            var screen = new Screen();
            var length = TimeSpan.FromSeconds(asked.GetValue(seconds));
            var standings = asked.GetValue(subject) == "engine"
                ? await EngineBenchmark.RunAsync(asked.GetValue(rounds), length, asked.GetValue(connections), screen.Say, stop)
                : await RedirectBenchmark.RunAsync(places.ShortenerProgram, Path.Combine(places.Root, "app", "Yardsticks"), asked.GetValue(rounds), length, asked.GetValue(connections), screen.Say, stop);
            if (asked.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(new { subject = asked.GetValue(subject), standings }, JsonSerializerOptions.Web));
            else Print(standings);
            return 0;
        });
        return verb;
    }

    private static void Print(IReadOnlyList<Standing> standings)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn("").AddColumn(new TableColumn("requests/s").RightAligned()).AddColumn(new TableColumn("µs of CPU each").RightAligned())
            .AddColumn(new TableColumn("rate ÷ yardstick").RightAligned()).AddColumn(new TableColumn("CPU ÷ yardstick (lowest–highest)").RightAligned());
        foreach (var standing in standings)
            table.AddRow(
                new Text(standing.Name), new Text($"{standing.Median.RequestsPerSecond:N0}"), new Text($"{standing.Median.CpuMicrosecondsPerRequest:F1}"),
                new Text($"{standing.RateRatio:F2}"), new Text($"{standing.CpuRatio:F2} ({standing.CpuRatioLowest:F2}–{standing.CpuRatioHighest:F2})"));
        Screen.Answer().Write(table);
    }
}
