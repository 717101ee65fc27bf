using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Tests.Embedded;
using ChaosLab.Chaos.Tests.Verbs;
using ChaosLab.Lab;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Chaos.Tests.Seeing;

/// <summary>One reference run on a lab that a real Prometheus watches: every panel shows something, and a known change shows with its size.</summary>
public sealed partial class WatchedLabTests : IProgress<RunEvent>
{
    // 5 % of the store's answers fail everywhere; then each of app2's comes 50 ms later. Without the cache every redirect asks the store.
    private const string Reference = """
        title: Known changes
        hypothesis: [redirect success >= 1 %]
        load: { scenario: mixed, rate: 90/s, for: 34s, links: 20 }
        faults:
          - { at: 5s, kind: app-error, target: { role: app, all: true }, rate: 5 %, operations: [link.get], for: 13s }
          - { at: 20s, kind: app-latency, target: { name: app2 }, delay: 50ms, operations: [link.get], for: 12s }
        """;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource errors = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> said = new();
    private Tower? tower;

    [Fact]
    public async Task Every_panel_shows_something_and_known_changes_show_with_their_size()
    {
        Assert.True(WatchProcess.Find("prometheus") is not null, "Prometheus is missing: apt-get install prometheus prometheus-alertmanager");
        using var root = new Folder();
        var places = new Places(LabProgram.Root, root.File("state"), root.File("runs"), Labs.Program, Labs.Shortener);
        await using var lab = await Until.Done(EmbeddedLab.StartAsync(Labs.Options(places.State) with { Without = [Safeguard.Cache] }, null, CancellationToken.None));
        await using (tower = await Until.Done(Tower.BuildAsync(new SeeingPlan(null, Watch: true), lab, places, root.Path, said.Enqueue, TimeProvider.System, CancellationToken.None)))
        {
            var prometheus = tower.Prometheus!;
            Assert.Contains(said, line => line.Contains($"{tower.Desk!.Address}incidents", StringComparison.Ordinal) && line.Contains("--acknowledge", StringComparison.Ordinal));
            Assert.Equal(tower.Desk!.Address, WatchSign.Read(places.State)!.Desk);
            var (experiment, problems) = ExperimentFile.Parse("reference.yaml", Reference);
            Assert.Empty(problems);
            tower.Metrics!.Faults.Begin("reference");

            var run = ExperimentRunner.RunAsync(experiment!, lab, Labs.Run(places.Runs) with { OnSample = tower.Metrics.Load.Observe, Sinks = [tower.Metrics.Load] }, this, CancellationToken.None);
            await AfterAsync(errors.Task, run);
            var failed = await QueryAsync(prometheus, "8-game-day", "Share that failed for visitors");
            var byInstance = await QueryAsync(prometheus, "2-traffic", "Share that failed, by instance");
            await AfterAsync(slow.Task, run);
            var medians = await QueryAsync(prometheus, "2-traffic", "Redirect p50, by instance");
            var active = await QueryAsync(prometheus, "8-game-day", "What is done to it");
            List<string> empty = [];
            foreach (var (board, panel, expression) in Queries())
            {
                var series = await prometheus.QueryAsync(expression, CancellationToken.None);
                if (series.Count == 0) empty.Add($"{board}: {panel}: {expression}");
                if (panel.StartsWith("Share", StringComparison.Ordinal)) Assert.All(series, one => Assert.True(one.Value is double.NaN or (>= 0 and <= 1), $"{panel}: {one.Value}"));
            }

            await Until.Done(run);

            Assert.Empty(empty);
            Assert.InRange(failed.Single(one => one.Labels["step"] == "redirect").Value, 0.02, 0.09);
            Assert.All(byInstance, one => Assert.InRange(one.Value, 0.01, 0.12));
            var slowest = medians.MaxBy(one => one.Value)!;
            Assert.Equal("app2", slowest.Labels["instance"]);
            Assert.InRange(slowest.Value, 0.05, 0.2);
            Assert.All(medians.Where(one => one != slowest), one => Assert.True(one.Value < slowest.Value - 0.02, $"{one.Labels["instance"]}: {one.Value} s beside {slowest.Value} s"));
            Assert.Equal(1, active.Single(one => one.Labels["fault"] == "app-latency").Value);
        }

        Assert.False(File.Exists(WatchSign.FileIn(places.State)), "the sign of the watched lab is left");
    }

    void IProgress<RunEvent>.Report(RunEvent value)
    {
        tower!.Metrics!.Faults.Report(value);
        if (value.Kind != RunEvents.Injected) return;
        (value.Subject.StartsWith("f1", StringComparison.Ordinal) ? errors : slow).TrySetResult();
    }

    // Until the change fills the window of the rates. A run that ends early says why.
    private static async Task AfterAsync(Task change, Task<ExperimentResult> run)
    {
        if (await Task.WhenAny(change, run).WaitAsync(TimeSpan.FromMinutes(2)) == run) Assert.Fail($"the run ended before its faults: {(await run).Reason}");
        await Task.Delay(Window + TimeSpan.FromSeconds(1), TimeProvider.System);
    }

    private static Task<IReadOnlyList<Series>> QueryAsync(PrometheusClient prometheus, string board, string panel) =>
        prometheus.QueryAsync(Queries().First(one => one.Board == board && one.Panel == panel).Expression, CancellationToken.None);

    // Every query of the panels that the embedded lab can fill at any time.
    private static IEnumerable<(string Board, string Panel, string Expression)> Queries() =>
        from file in Directory.GetFiles(Path.Combine(LabProgram.Root, "ansible/roles/grafana/files/dashboards"), "*.json").Order(StringComparer.Ordinal)
        from panel in JsonNode.Parse(File.ReadAllText(file))!["panels"]!.AsArray()
        where panel["targets"] is not null && !panel["fieldConfig"]!["defaults"]!["noValue"]!.GetValue<string>().StartsWith("Only on hosts", StringComparison.Ordinal)
        let hosts = panel["title"]!.GetValue<string>() == "Saturation, 0 to 1"
        from target in panel["targets"]!.AsArray()
        let expression = target["expr"]!.GetValue<string>()
        where !hosts || !expression.Contains("db_client", StringComparison.Ordinal)
        select (Path.GetFileNameWithoutExtension(file), panel["title"]!.GetValue<string>(), Variable().Replace(expression
            .Replace("$__rate_interval", "10s", StringComparison.Ordinal).Replace("$__range", "1m", StringComparison.Ordinal), ".*"));

    [GeneratedRegex(@"\$\w+")]
    private static partial Regex Variable();
}
