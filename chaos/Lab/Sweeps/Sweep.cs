using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Bottleneck;
using Spectre.Console;

namespace ChaosLab.Lab.Sweeps;

/// <summary>What a sweep is told.</summary>
/// <param name="OverInstances">Instances are swept; else users.</param>
/// <param name="Plant">What is planted; null: the lab as it is.</param>
/// <param name="Most">Most users, or most instances.</param>
/// <param name="Repeats">How often each number is measured, 1 to 10.</param>
/// <param name="Seed">Seed of orders and visitors.</param>
/// <param name="On">Which lab: <c>embedded</c> or <c>docker</c>.</param>
internal sealed record SweepPlan(bool OverInstances, Plant? Plant, int Most, int Repeats, int Seed, string On)
{
    /// <summary>The unit.</summary>
    public string What => OverInstances ? "instances" : "users";
}

/// <summary>A sweep that ended.</summary>
/// <param name="Schema">Version of this record.</param>
/// <param name="RunId">Id of the run.</param>
/// <param name="Over"><c>users</c> or <c>instances</c>.</param>
/// <param name="Planted">What was planted, in words.</param>
/// <param name="Seed">Seed of orders and visitors.</param>
/// <param name="Curve">What was measured.</param>
/// <param name="LeftOut">What says nothing about the service.</param>
/// <param name="Broken">Why no law was drawn; null: one was.</param>
/// <param name="Fits">The rival laws, best first.</param>
internal sealed record SweepResult(int Schema, string RunId, string Over, string Planted, int Seed, IReadOnlyList<ScalingPoint> Curve, IReadOnlyList<LeftOutPoint> LeftOut, string? Broken, IReadOnlyList<FitLine> Fits)
{
    /// <summary>0 measured, 3 no law could be drawn.</summary>
    public int ExitCode => Broken is null ? 0 : Verdict.Inconclusive.ExitCode();
}

/// <summary>Measures throughput over users or instances, fits the rival laws, and leaves a report.</summary>
internal sealed class Sweep(Places places, SweepPlan plan, Screen screen, TimeProvider time)
{
    private const int UsersPerInstance = 8;

    public async Task<int> RunAsync(bool json, CancellationToken stop)
    {
        var run = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-sweep-{plan.What}");
        MeasuredCurve curve;
        await using (var busy = await BusyLab.StartAsync(places, plan.On, plan.Plant, plan.OverInstances ? plan.Most : Plant.Instances,
            plan.OverInstances ? UsersPerInstance : 1, plan.OverInstances ? UsersPerInstance * plan.Most : plan.Most, plan.Seed, run, screen, time, stop))
        {
            screen.Say($"throughput over {plan.What}, up to {plan.Most.ToString(CultureInfo.InvariantCulture)}");
            curve = plan.OverInstances ? await OverInstancesAsync(busy, stop) : await ScalingCurve.MeasureAsync(busy, ScalingCurve.UpTo(plan.Most), plan.Repeats, plan.What, users =>
            {
                busy.Crowd.Wanted = users;
                return Task.CompletedTask;
            }, plan.Seed, screen, time, stop);
        }

        var fits = curve.Broken is null ? ScalingCurve.Fits(curve.Points, plan.Seed) : [];
        var result = new SweepResult(1, run, plan.What, plan.Plant?.Says ?? "nothing", plan.Seed, curve.Points, curve.LeftOut, curve.Broken ?? (fits.Count == 0 ? "too few points could be measured for a law" : null), fits);
        var page = await WriteAsync(result, curve.Says);
        screen.Say("");
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(new { result.Schema, result.RunId, result.ExitCode, report = page, result.Over, result.Planted, result.Seed, result.Broken, result.LeftOut, result.Fits, result.Curve }, BottleneckAnswer.Json));
        else Print(result, curve.Says, page);
        return result.ExitCode;
    }

    // All instances run; those that are not wanted are drained at the balancer, so that a change takes no start.
    private async Task<MeasuredCurve> OverInstancesAsync(BusyLab busy, CancellationToken stop)
    {
        var balancer = busy.Lab.OfRole("lb")[0];
        using var client = new HttpClient { BaseAddress = balancer.Admin, Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", balancer.AdminToken);
        return await ScalingCurve.MeasureAsync(busy, [.. Enumerable.Range(1, plan.Most)], plan.Repeats, plan.What, async wanted =>
        {
            foreach (var (app, number) in busy.Lab.OfRole("app").Select((app, number) => (app, number)))
            {
                using var answer = await client.PostAsync($"/backends/{app.Name}/{(number < wanted ? "ready" : "drain")}", null, stop);
                answer.EnsureSuccessStatusCode();
            }

            busy.Crowd.Wanted = UsersPerInstance * wanted;
        }, plan.Seed, screen, time, stop);
    }

    private static void Print(SweepResult result, string leftOut, string page)
    {
        var console = Screen.Answer();
        if (result.Curve.Count > 0) console.Write(new Panel(new Text(Cards.Curve(result.Curve, result.Fits, result.Over))).Header($" throughput over {result.Over} ").Border(BoxBorder.Rounded).Expand());
        foreach (var line in (string[])[leftOut, result.Broken is { } broken ? "no law was fitted: " + broken : ""])
            if (line.Length > 0) console.WriteLine(line);
        console.WriteLine($"planted: {result.Planted}; seed {result.Seed.ToString(CultureInfo.InvariantCulture)}");
        console.WriteLine($"report: {Places.Shown(page)}");
    }

    private async Task<string> WriteAsync(SweepResult result, string leftOut)
    {
        var folder = Path.Combine(places.Runs, result.RunId);
        Directory.CreateDirectory(folder);
        IReadOnlyList<Block> blocks =
        [
            new Block.Heading(1, $"Throughput over {result.Over}"),
            new Block.Paragraph(result.Broken is { } broken ? $"No law was fitted: {broken}." : $"{result.Fits[0].Name}: {result.Fits[0].Says}."),
            .. leftOut.Length == 0 ? (Block[])[] : [new Block.Paragraph($"{leftOut}.")],
            new Block.Paragraph($"Planted: {result.Planted}; seed {result.Seed.ToString(CultureInfo.InvariantCulture)}."),
            .. result.Curve.Count == 0 ? (Block[])[] : [new Block.Drawing(Drawings.Curve(result.Curve, result.Fits, result.Over), ""), new Block.Verbatim(Cards.Curve(result.Curve, result.Fits, result.Over))],
        ];
        var page = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(Path.Combine(folder, "sweep.json"), JsonSerializer.Serialize(result, BottleneckAnswer.Json) + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), MarkdownPage.Render(blocks.Where(block => block is not Block.Drawing)));
        await File.WriteAllTextAsync(page, HtmlPage.Render($"Throughput over {result.Over}", blocks));
        return page;
    }
}
