using System.CommandLine;
using System.Security.Cryptography;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Bottleneck;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Hosts;
using ChaosLab.Load;

namespace ChaosLab.Lab.Verbs;

/// <summary>Names the part that limits a lab, with evidence and with proof by relief.</summary>
internal static class BottleneckVerb
{
    private const string Surprise = "surprise", None = "none";
    private const int MostRuns = 50;

    public static Command Create()
    {
        var words = string.Join(", ", Plant.All.Select(one => one.Word));
        // What may limit a lab as it is, besides what can be planted.
        string[] unplanted = ["database", "machine"];
        var verb = new Verb("bottleneck",
            "Name the part that limits a lab: queues, utilisation, scaling curve, then small measured doses of slowness in every part, and proof by one notch of relief. " +
            "Starts a lab (or takes the hosts of the docker lab as they are), plants a bottleneck in it if wished, and takes it away.\n\n" +
            "Exit code: 0 a verdict (that names what was planted), 1 it names something else, 2 a mistake in a flag, 3 it cannot be told, 4 the lab cannot do it, 5 stopped.",
            ("./lab bottleneck", "find what the seed has hidden; told at the end"),
            ("./lab bottleneck --guess pool", "commit to a guess first"),
            ("./lab bottleneck --plant lock --seed 7", "a known one"),
            ("./lab bottleneck --plant none", "the lab as it is"),
            ("./lab bottleneck --on docker --plant slots", "on the hosts of the docker lab: slots of HAProxy"),
            ("./lab bottleneck --prove --runs 3", "every kind with three seeds each: the table of what was planted and what was named"),
            ("./lab bottleneck --again 20261130-094406-bottleneck-proof", "what the rules of this program say of a record"));
        var plant = new Option<string>("--plant") { Description = $"What limits: {words}; surprise: one of them, by the seed, told at the end; none: the lab as it is.", DefaultValueFactory = _ => Surprise, HelpName = "kind" };
        var guess = new Option<string?>("--guess") { Description = $"What you think it will be, before you see anything: {words}, {string.Join(", ", unplanted)}.", HelpName = "kind" };
        var seed = new Option<int?>("--seed") { Description = "Seed of sizes, orders and visitors. Default: chosen and printed.", HelpName = "number" };
        var users = new Option<int>("--users") { Description = "Users in the closed loop, 4 to 32.", DefaultValueFactory = _ => 12, HelpName = "number" };
        var quick = new Option<bool>("--quick") { Description = "Leave the scaling curve and the proof away." };
        var prove = new Option<bool>("--prove") { Description = "Plant every kind (or the one of --plant) with several seeds and print what was named." };
        var runs = new Option<int>("--runs") { Description = $"With --prove: seeds for each kind, 1 to {MostRuns}.", DefaultValueFactory = _ => 3, HelpName = "number" };
        var again = new Option<string?>("--again") { Description = "Measure nothing: draw the verdict again from the record of a run below artifacts/runs (a hunt or a proof), by the rules of this program.", HelpName = "run" };
        var store = new Option<string>("--store") { Description = "sqlite, or postgres: a private PostgreSQL, which hot-row, missing-index and slow-replica have anyway.", DefaultValueFactory = _ => "sqlite", HelpName = "kind" };
        var on = LabChoice.On(LabChoice.Embedded);
        var json = CampaignFlags.Json();
        foreach (var option in (Option[])[plant, guess, seed, users, quick, prove, runs, again, store, on, json]) verb.Add(option);
        verb.SetAction(async (asked, _) =>
        {
            var number = asked.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1, 1_000_000);
            var word = asked.GetValue(plant)!;
            List<string> problems = [];
            Known(word, "--plant", problems, Surprise, None);
            if (asked.GetValue(guess) is { } thought) Known(thought, "--guess", problems, unplanted);
            if (asked.GetValue(users) is < 4 or > 32) problems.Add($"--users: {asked.GetValue(users)} is not from 4 to 32");
            if (asked.GetValue(runs) is < 1 or > MostRuns) problems.Add($"--runs: {asked.GetValue(runs)} is not from 1 to {MostRuns}");
            if (asked.GetValue(prove) && asked.GetValue(guess) is not null) problems.Add("--guess belongs to a single hunt: leave it or --prove away");
            if (asked.GetValue(prove) && word == None) problems.Add("--prove needs something planted: say --plant KIND, or leave it away for every kind");
            if (asked.GetValue(store) is not ("sqlite" or "postgres")) problems.Add($"--store: there is no '{asked.GetValue(store)}'. There are: sqlite, postgres");
            var onPostgres = asked.GetValue(store) == "postgres";
            if (onPostgres && asked.GetValue(on) != LabChoice.Embedded) problems.Add("--store belongs to the embedded lab: hosts have their PostgreSQL");
            if (onPostgres && word == None) problems.Add("--store postgres needs something planted: say --plant KIND, or leave it away");
            foreach (var problem in problems) await Console.Error.WriteLineAsync($"lab: {problem}.");
            if (problems.Count > 0) return Verdicts.ExitCodeOfAMistake;
            var where = asked.GetValue(on)!;
            if (where is not (LabChoice.Embedded or LabChoice.Docker))
            {
                await Console.Error.WriteLineAsync("lab: --on: processor time is read from this machine, so hosts elsewhere cannot be measured. Leave --on away, or say --on docker.");
                return Verdict.NotRun.ExitCode();
            }

            var screen = new Screen();
            using var stopping = new Stopping(screen.Say);
            if (asked.GetValue(again) is { } run) return await EndingWell.RunAsync(screen, stopping, () => Task.FromResult(Again.Run(Path.Combine(Places.Find().Runs, run), asked.GetValue(json), screen)));
            return await EndingWell.RunAsync(screen, stopping, () => asked.GetValue(prove)
                ? Confusion.RunAsync(Places.Find(), where, word is Surprise ? [.. Plant.All.Select(one => one.Word).Where(one => where == LabChoice.Embedded || Plant.Find(one, number)!.Refusal(where) is null)] : [word], asked.GetValue(runs), number, asked.GetValue(users), onPostgres, asked.GetValue(json), screen, TimeProvider.System, stopping.Token)
                : HuntAsync(where, word, number, asked.GetValue(guess), asked.GetValue(users), onPostgres, asked.GetValue(quick), asked.GetValue(json), screen, stopping.Token));
        });
        return verb;

        static void Known(string word, string flag, List<string> problems, params string[] more)
        {
            if (Plant.All.Any(one => one.Word == word) || more.Contains(word)) return;
            problems.Add($"{flag}: there is no '{word}'. There are: {string.Join(", ", Plant.All.Select(one => one.Word).Concat(more))}");
        }
    }

    private static async Task<int> HuntAsync(string on, string word, int seed, string? guess, int users, bool onPostgres, bool quick, bool json, Screen screen, CancellationToken stop)
    {
        var planted = word switch
        {
            None => null,
            Surprise => Plant.Find(Surprised(on, seed), seed),
            _ => Plant.Find(word, seed),
        };
        if (onPostgres) planted = planted?.OnPostgres();
        screen.Say($"bottleneck hunt (seed {seed.ToString(System.Globalization.CultureInfo.InvariantCulture)}){(word == Surprise ? ": something may be hidden" : planted is null ? "" : $": {planted.Says}")}");
        if (planted?.Refusal(on) is { } refusal) throw new LabRefusedException(refusal);
        var places = Places.Find();
        var run = $"{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}-bottleneck";
        var (result, page) = await new BottleneckHunt(places, new BottleneckPlan(planted, word == Surprise, guess, seed, users, quick, on), screen, TimeProvider.System).RunAsync(run, stop);
        screen.Say("");
        if (json) Console.Out.WriteLine(BottleneckAnswer.ToJson(result, page));
        else BottleneckAnswer.Print(result, page, Screen.Answer());
        return BottleneckAnswer.ExitCode(result);
    }

    // What needs more than this machine gives is not hidden in it.
    private static string Surprised(string on, int seed)
    {
        var possible = Plant.All.Where(one => Plant.Find(one.Word, seed)!.Refusal(on) is null).ToList();
        return possible[new Random(seed).Next(possible.Count)].Word;
    }
}
