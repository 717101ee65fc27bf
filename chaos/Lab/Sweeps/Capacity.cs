using System.Globalization;
using System.Text.Json;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Hosts;
using ChaosLab.Load;
using ChaosLab.Load.Ledgers;
using ChaosLab.Load.Scenarios;
using Spectre.Console;

namespace ChaosLab.Lab.Sweeps;

/// <summary>What a search for capacity is told.</summary>
/// <param name="Objectives">What must hold, in the words of experiment files.</param>
/// <param name="Fault">Also under this fault; null: only without.</param>
/// <param name="Most">Highest rate to try, per second.</param>
/// <param name="Length">How long each rate is tried.</param>
/// <param name="Without">Safeguards that are switched off.</param>
/// <param name="Seed">Seed of the visitors.</param>
/// <param name="On">Which lab.</param>
internal sealed record CapacityPlan(IReadOnlyList<Expectation> Objectives, NamedFault? Fault, int Most, TimeSpan Length, IReadOnlyCollection<Safeguard> Without, int Seed, string On);

/// <summary>Highest rate under one condition.</summary>
/// <param name="Condition"><c>without fault</c>, or the fault.</param>
/// <param name="Rate">Highest rate that met the objectives, per second; null when none did.</param>
/// <param name="Limit">What kept it from more, in words.</param>
/// <param name="Tried">Every try.</param>
internal sealed record CapacityLine(string Condition, int? Rate, string Limit, IReadOnlyList<TriedRate> Tried);

/// <summary>A search that ended.</summary>
internal sealed record CapacityResult(int Schema, string RunId, int Seed, IReadOnlyList<string> Objectives, IReadOnlyList<CapacityLine> Lines);

/// <summary>Finds the highest rate of visitors (open load) at which the objectives hold.</summary>
internal sealed class Capacity(Places places, CapacityPlan plan, Screen screen, TimeProvider time)
{
    private const int Least = 100, FewestRequests = 330;

    public async Task<int> RunAsync(bool json, CancellationToken stop)
    {
        var run = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-capacity");
        var folder = Path.Combine(places.Runs, run);
        Directory.CreateDirectory(folder);
        var lines = new List<CapacityLine>();
        await using (var lab = await LabAsync(folder, stop))
        {
            lines.Add(await SearchAsync(lab, "without fault", stop));
            if (plan.Fault is { } fault)
            {
                await using (await fault.InjectAsync(lab, run, time, stop)) lines.Add(await SearchAsync(lab, fault.Name, stop));
            }
        }

        var result = new CapacityResult(1, run, plan.Seed, [.. plan.Objectives.Select(objective => objective.Text)], lines);
        var page = await WriteAsync(result, folder);
        screen.Say("");
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(result, ResultJson.Options));
        else Print(result, page);
        return lines.Any(line => line.Rate is null) ? Verdict.Inconclusive.ExitCode() : 0;
    }

    private async Task<RunningLab> LabAsync(string folder, CancellationToken stop) => plan.On != LabChoice.Embedded
        ? await LabChoice.StartAsync(places, plan.On, time, screen, stop)
        : await EmbeddedLab.StartAsync(LabChoice.EmbeddedOptions(places, folder, time) with { Without = plan.Without }, screen, stop);

    private async Task<CapacityLine> SearchAsync(RunningLab lab, string condition, CancellationToken stop)
    {
        screen.Say($"highest rate {condition}: {string.Join(", ", plan.Objectives.Select(objective => objective.Text))}");
        var tried = await RateSearch.RunAsync(Least, plan.Most, rate => TryAsync(lab, rate, stop));
        var best = RateSearch.Best(tried);
        var above = tried.Where(one => one.Answer != RateAnswer.Met && one.Rate > (best ?? 0)).OrderBy(one => one.Rate).FirstOrDefault();
        return new(condition, best, above switch
        {
            null => "the highest rate that was to be tried",
            { Answer: RateAnswer.Unknown } => "the load generator: " + above.Says,
            _ => above.Says,
        }, tried);
    }

    private async Task<TriedRate> TryAsync(RunningLab lab, int rate, CancellationToken stop)
    {
        var length = TimeSpan.FromSeconds(Math.Ceiling(Math.Max(plan.Length.TotalSeconds, (double)FewestRequests / rate)));
        var scenario = VisitorScenarios.All.First(one => one.Name == "follow-links").Create(
            new VisitorOptions(lab.Entry, [Simulation.Inject(rate, TimeSpan.FromSeconds(1), length)], TimeSpan.FromSeconds(1), plan.Seed, 50, new Ledger(time), TimeSpan.FromSeconds(2), 512) { Authority = lab.Authority });
        var load = await LoadRunner.RegisterScenarios(scenario).WithSeed(plan.Seed).WithTimeProvider(time).WithLatenessFloor(Tolerable()).WithMaxConnections(512).WithoutReports().RunAsync(stop);
        stop.ThrowIfCancellationRequested();
        var record = new RunRecord { Samples = [.. load.Samples.ToList().OrderBy(sample => sample.Intended)], Stretches = [new Stretch(WindowName.Baseline, TimeSpan.Zero, TimeSpan.MaxValue)], End = load.Duration };
        var judged = plan.Objectives.Select(objective => RequestJudge.Of(objective, "objective", WindowName.Run, record, SampleNeed.Of(objective))).ToList();
        var says = string.Join(", ", judged.Select(one => $"{one.Text}: {one.Measured}"));
        var answer = load.Validity.Verdict == ValidityVerdict.Invalid
            ? new TriedRate(rate, RateAnswer.Unknown, string.Join("; ", load.Validity.Reasons))
            : new TriedRate(rate, judged.All(one => one.Judgement == Judgement.Met) ? RateAnswer.Met : RateAnswer.Missed, says);
        screen.Say(string.Create(CultureInfo.InvariantCulture, $"  {rate,6}/s  {answer.Answer.ToString().ToLowerInvariant(),-7} {answer.Says}"));
        return answer;
    }

    // Late by what cannot change the answer: half of the tightest latency that is asked.
    private TimeSpan Tolerable() =>
        TimeSpan.FromSeconds(plan.Objectives.OfType<Expectation.Latency>().Select(latency => latency.Limit.Value).DefaultIfEmpty(0.1).Min() / 2);

    private static void Print(CapacityResult result, string page)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn(new TableColumn("highest rate").RightAligned()).AddColumn("what keeps it from more");
        foreach (var line in result.Lines) table.AddRow(new Text(line.Condition), new Text(Rate(line)), new Text(line.Limit));
        var console = Screen.Answer();
        console.Write(table);
        console.WriteLine($"objectives: {string.Join(", ", result.Objectives)}");
        console.WriteLine($"report: {Places.Shown(page)}");
    }

    private static async Task<string> WriteAsync(CapacityResult result, string folder)
    {
        var blocks = new List<Block>
        {
            new Block.Heading(1, "Capacity"),
            new Block.Paragraph($"Highest rate of visitors at which {string.Join(" and ", result.Objectives)} hold. Open load: visitors come whatever became of the earlier ones."),
            new Block.Table(["", "highest rate", "what keeps it from more"], [.. result.Lines.Select(line => (IReadOnlyList<Cell>)[line.Condition, Rate(line), line.Limit])]),
        };
        foreach (var line in result.Lines)
        {
            blocks.Add(new Block.Heading(2, line.Condition));
            blocks.Add(new Block.Table(["rate", "", "measured"], [.. line.Tried.Select(one => (IReadOnlyList<Cell>)[string.Create(CultureInfo.InvariantCulture, $"{one.Rate}/s"),
                new Cell(one.Answer.ToString().ToLowerInvariant(), one.Answer switch { RateAnswer.Met => Tone.Good, RateAnswer.Missed => Tone.Bad, _ => Tone.Unsure }), one.Says])]));
        }

        var page = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(Path.Combine(folder, "capacity.json"), JsonSerializer.Serialize(result, ResultJson.Options) + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), MarkdownPage.Render(blocks));
        await File.WriteAllTextAsync(page, HtmlPage.Render("Capacity", blocks));
        return page;
    }

    private static string Rate(CapacityLine line) => line.Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate}/s") : "none";
}
