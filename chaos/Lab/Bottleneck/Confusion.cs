using System.Globalization;
using System.Text.Json;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;
using Spectre.Console;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Plants every kind with several seeds and counts what was named: the proof that verdicts can be believed.</summary>
internal static class Confusion
{
    /// <summary>In place of a name: what is missing here.</summary>
    public const string Refused = "not-run";

    /// <summary>In place of a name: the measurement met something that it could not go on after.</summary>
    public const string BrokeOff = "broke-off";

    public static async Task<int> RunAsync(Places places, string on, IReadOnlyList<string> words, int runs, int seed, int users, bool onPostgres, bool json, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var rows = new List<ConfusionRow>();
        var began = time.GetUtcNow();
        var name = string.Create(CultureInfo.InvariantCulture, $"{began:yyyyMMdd-HHmmss}-bottleneck-proof");
        Directory.CreateDirectory(Path.Combine(places.Runs, name));
        for (var n = 0; n < runs && !stop.IsCancellationRequested; n++)
        {
            // Every kind before the next seed: if it ends early, all have had their turn.
            foreach (var word in words)
            {
                if (stop.IsCancellationRequested) break;
                var row = await OneAsync(places, on, onPostgres ? Plant.Find(word, seed + n)!.OnPostgres() : Plant.Find(word, seed + n)!, seed + n, users, $"{name}/{word}-{seed + n}", screen, time, stop);
                if (row is not null) rows.Add(row);
                await File.WriteAllTextAsync(Path.Combine(places.Runs, name, "confusion.json"), JsonSerializer.Serialize(rows, ResultJson.Options) + "\n", CancellationToken.None);
            }
        }

        return Answer(rows, stop.IsCancellationRequested ? Verdict.Aborted.ExitCode() : ExitCode(rows), json);
    }

    /// <summary>The table, or one object, on standard output.</summary>
    /// <returns>The exit code.</returns>
    public static int Answer(IReadOnlyList<ConfusionRow> rows, int exitCode, bool json)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(new { schema = 1, exitCode, right = rows.Count(row => row.IsRight), of = rows.Count, rows }, ResultJson.Options));
        else Print(rows);
        return exitCode;
    }

    /// <summary>0: nine of ten of each kind are named right; 1: fewer of one; 3: of those every measurement broke off; 4: the lab can plant none of them.</summary>
    public static int ExitCode(IReadOnlyList<ConfusionRow> rows)
    {
        var possible = rows.Where(row => row.Named != Refused).GroupBy(row => row.Planted).ToList();
        if (possible.Count == 0) return Verdict.NotRun.ExitCode();
        var unproven = possible.Where(kind => kind.Count(row => row.IsRight) < 0.9 * kind.Count()).ToList();
        return unproven.Count == 0 ? 0 : unproven.All(kind => kind.All(row => row.Named == BrokeOff)) ? Verdict.Inconclusive.ExitCode() : Verdict.Weakness.ExitCode();
    }

    // Null: stopped in the middle of it.
    private static async Task<ConfusionRow?> OneAsync(Places places, string on, Plant plant, int seed, int users, string run, Screen screen, TimeProvider time, CancellationToken stop)
    {
        screen.Say("");
        var word = plant.Word;
        screen.Say($"{word}, seed {seed.ToString(CultureInfo.InvariantCulture)}: {plant.Says}");
        if (plant.Refusal(on) is { } refusal) return new(word, seed, Refused, "", false, 0, 0, refusal);
        try
        {
            var (result, _) = await new BottleneckHunt(places, new BottleneckPlan(plant, false, null, seed, users, IsQuick: true, on), screen, time).RunAsync(run, stop);
            screen.Say($"       {(result.IsRight == true ? "right" : "WRONG")}: {result.Sentence}");
            return new(word, seed, result.Verdict.Word, result.Verdict.Component?.Instance ?? "", result.IsRight == true, result.Duration.TotalSeconds, result.Inputs.MachineBusy, result.Sentence);
        }
        catch (Exception broken) when (broken is LabRefusedException or ScenarioInitException || EndingWell.IsBreak(broken))
        {
            if (stop.IsCancellationRequested) return null;
            screen.Say($"       broke off: {broken.Message}");
            return new(word, seed, BrokeOff, "", false, 0, 0, broken.Message);
        }
    }

    private static void Print(IReadOnlyList<ConfusionRow> rows)
    {
        var named = rows.Select(row => row.Named).Distinct().Order(StringComparer.Ordinal).ToList();
        var table = new Table().Border(TableBorder.Rounded).AddColumn("planted");
        foreach (var word in named) table.AddColumn(new TableColumn(word).RightAligned());
        table.AddColumn(new TableColumn("right").RightAligned()).AddColumn(new TableColumn("mean time").RightAligned());
        foreach (var kind in rows.GroupBy(row => row.Planted))
            table.AddRow([
                kind.Key,
                .. named.Select(word => kind.Count(row => row.Named == word) is var count && count > 0 ? count.ToString(CultureInfo.InvariantCulture) : ""),
                $"{kind.Count(row => row.IsRight)} of {kind.Count()}",
                string.Create(CultureInfo.InvariantCulture, $"{kind.Average(row => row.Seconds):0} s"),
            ]);
        Screen.Answer().Write(table);
    }
}

/// <summary>One planted bottleneck and what was named.</summary>
internal sealed record ConfusionRow(string Planted, int Seed, string Named, string Instance, bool IsRight, double Seconds, double MachineBusy, string Says);
