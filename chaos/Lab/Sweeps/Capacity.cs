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
/// <param name="LimitKind"><c>service</c>, <c>generator</c>, <c>most</c> (no higher rate was to be tried), <c>fault-not-seen</c>, <c>too-few</c>, <c>stopped</c> or <c>broke-off</c>.</param>
/// <param name="Limit">What kept it from more, in words.</param>
/// <param name="Tried">Every try.</param>
internal sealed record CapacityLine(string Condition, int? Rate, string LimitKind, string Limit, IReadOnlyList<TriedRate> Tried)
{
    /// <summary>The kind of limit of a search in which the fault did not bite.</summary>
    public const string FaultNotSeen = "fault-not-seen";
}

/// <summary>A search that ended.</summary>
internal sealed record CapacityResult(int Schema, string RunId, int Seed, IReadOnlyList<string> Objectives, IReadOnlyList<CapacityLine> Lines)
{
    /// <summary>0 a rate was found under each condition, 3 under one none was, or its fault was not seen all the while.</summary>
    public int ExitCode => Lines.Any(line => line.Rate is null || line.LimitKind == CapacityLine.FaultNotSeen) ? Verdict.Inconclusive.ExitCode() : 0;
}

/// <summary>Finds the highest rate of visitors (open load) at which the objectives hold.</summary>
internal sealed class Capacity(Places places, CapacityPlan plan, Screen screen, TimeProvider time)
{
    private const int Least = 100, FewestRequests = 330;

    // Some of the requests may fail to be counted; a tenth more is enough.
    private const double Margin = 1.1;

    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(60);

    // What a try takes besides: the links that are made first, and the last answers.
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(60);
    private int tries;

    /// <summary>Lowest rate at which a try of a minute has as many requests as the objectives need.</summary>
    public static int Lowest(IReadOnlyList<Expectation> objectives) => (int)Math.Ceiling(Needed(objectives) / LongestTry.TotalSeconds);

    public async Task<int> RunAsync(bool json, CancellationToken stop)
    {
        var run = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-capacity");
        var folder = Path.Combine(places.Runs, run);
        Directory.CreateDirectory(folder);
        var lines = new List<CapacityLine>();
        try
        {
            await using var lab = await LabAsync(folder, stop);
            await SearchAsync(lab, lines, null, run, stop);
            if (plan.Fault is { } fault) await SearchAsync(lab, lines, fault, run, stop);
        }
        catch when (lines.Count > 0)
        {
            screen.Say($"what was tried so far: {Places.Shown(await WriteAsync(Result(), folder))}");
            throw;
        }

        var result = Result();
        var page = await WriteAsync(result, folder);
        screen.Say("");
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(new { result.Schema, result.RunId, result.ExitCode, report = page, result.Seed, result.Objectives, result.Lines }, ResultJson.Options));
        else Print(result, page);
        return result.ExitCode;

        CapacityResult Result() => new(1, run, plan.Seed, [.. plan.Objectives.Select(objective => objective.Text)], lines);
    }

    private async Task<RunningLab> LabAsync(string folder, CancellationToken stop) => plan.On != LabChoice.Embedded
        ? await LabChoice.StartAsync(places, plan.On, time, screen, stop)
        : await EmbeddedLab.StartAsync(LabChoice.EmbeddedOptions(places, folder, time) with { Without = plan.Without }, screen, stop);

    // Adds its line also when it is stopped.
    private async Task SearchAsync(RunningLab lab, List<CapacityLine> lines, NamedFault? fault, string run, CancellationToken stop)
    {
        var condition = fault?.Name ?? "without fault";
        screen.Say($"highest rate {condition}: {string.Join(", ", plan.Objectives.Select(objective => objective.Text))}");
        var tried = new List<TriedRate>();
        try
        {
            await RateSearch.RunAsync(tried, Lowest(plan.Objectives), Math.Max(Least, Lowest(plan.Objectives)), plan.Most, rate => TryAsync(lab, fault, run, rate, stop));
            lines.Add(Line(condition, tried));
        }
        catch (Exception ended) when (tried.Count > 0)
        {
            var (kind, says) = stop.IsCancellationRequested ? ("stopped", "the search was stopped") : ("broke-off", "the search broke off: " + ended.Message);
            lines.Add(new(condition, RateSearch.Best(tried), kind, says, tried));
            throw;
        }
    }

    private static CapacityLine Line(string condition, IReadOnlyList<TriedRate> tried)
    {
        var best = RateSearch.Best(tried);
        var above = tried.Where(one => one.Answer != RateAnswer.Met && one.Rate > (best ?? 0)).OrderBy(one => one.Rate).FirstOrDefault();
        return above switch
        {
            null => new(condition, best, "most", "the highest rate that was to be tried", tried),
            { Answer: RateAnswer.GeneratorLate } => new(condition, best, "generator", "the load generator: " + above.Says, tried),
            { Answer: RateAnswer.FaultNotSeen } => new(condition, best, CapacityLine.FaultNotSeen, "the fault was not seen to bite: " + above.Says, tried),
            { Answer: RateAnswer.TooFew } => new(condition, best, "too-few", above.Says, tried),
            _ => new(condition, best, "service", above.Says, tried),
        };
    }

    private static double Needed(IReadOnlyList<Expectation> objectives) => Math.Max(FewestRequests, Math.Round(Margin * objectives.Max(SampleNeed.Of)));

    // A fault is put in for each try anew: it ends by itself soon after the longest one, and nobody measures without it.
    private async Task<TriedRate> TryAsync(RunningLab lab, NamedFault? fault, string run, int rate, CancellationToken stop)
    {
        var length = TimeSpan.FromSeconds(Math.Ceiling(Math.Max(plan.Length.TotalSeconds, Needed(plan.Objectives) / rate)));
        await using var injected = fault is null ? null : await fault.InjectAsync(lab, string.Create(CultureInfo.InvariantCulture, $"{run}.t{++tries}"), length + Around, time, stop);
        var scenario = VisitorScenarios.All.First(one => one.Name == "follow-links").Create(
            new VisitorOptions(lab.Entry, [Simulation.Inject(rate, TimeSpan.FromSeconds(1), length)], TimeSpan.FromSeconds(1), plan.Seed, 50, new Ledger(time), TimeSpan.FromSeconds(2), 512) { Authority = lab.Authority });
        var load = await LoadRunner.RegisterScenarios(scenario).WithSeed(plan.Seed).WithTimeProvider(time).WithLatenessFloor(Tolerable()).WithMaxConnections(512)
            .WithStartObserver(_ => injected?.Begin(stop)).WithoutReports().RunAsync(stop);
        stop.ThrowIfCancellationRequested();
        var record = new RunRecord { Samples = [.. load.Samples.ToList().OrderBy(sample => sample.Intended)], Stretches = [new Stretch(WindowName.Baseline, TimeSpan.Zero, TimeSpan.MaxValue)], End = load.Duration };
        var judged = plan.Objectives.Select(objective => RequestJudge.Of(objective, "objective", WindowName.Run, record, SampleNeed.Of(objective))).ToList();
        var says = string.Join(", ", judged.Select(one => $"{one.Text}: {one.Measured}"));
        var sight = injected is null ? new FaultSight(true, "") : await injected.LookAsync(record.Samples.Count, stop);
        var answer = !sight.Bit ? new TriedRate(rate, RateAnswer.FaultNotSeen, sight.Says)
            : load.Validity.Verdict == ValidityVerdict.Invalid ? new TriedRate(rate, RateAnswer.GeneratorLate, string.Join("; ", load.Validity.Reasons))
            : new TriedRate(rate, Answer(judged), sight.Says.Length > 0 ? $"{says}; {sight.Says}" : says);
        screen.Say(string.Create(CultureInfo.InvariantCulture, $"  {rate,6}/s  {Word(answer.Answer),-7} {answer.Says}"));
        return answer;
    }

    private static RateAnswer Answer(IReadOnlyList<ExpectationResult> judged) =>
        judged.Any(one => one.Judgement == Judgement.Violated) ? RateAnswer.Missed
        : judged.All(one => one.Judgement == Judgement.Met) ? RateAnswer.Met
        : RateAnswer.TooFew;

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
                new Cell(Word(one.Answer), one.Answer switch { RateAnswer.Met => Tone.Good, RateAnswer.Missed => Tone.Bad, _ => Tone.Unsure }), one.Says])]));
        }

        var page = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(Path.Combine(folder, "capacity.json"), JsonSerializer.Serialize(result, ResultJson.Options) + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), MarkdownPage.Render(blocks));
        await File.WriteAllTextAsync(page, HtmlPage.Render("Capacity", blocks));
        return page;
    }

    private static string Word(RateAnswer answer) => answer switch
    {
        RateAnswer.Met => "met",
        RateAnswer.Missed => "missed",
        _ => "unknown",
    };

    private static string Rate(CapacityLine line) => line.Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate}/s") : "none";
}
