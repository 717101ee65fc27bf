using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Tests.Reports;

/// <summary>Records of runs as the runner writes them, made up.</summary>
internal static class Runs
{
    /// <summary>A run of 40 s in which one of three instances was killed from 15 s to 25 s.</summary>
    public static ExperimentResult Held { get; } = new()
    {
        Id = "losing-one-instance",
        RunId = "20261129-140509-losing-one-instance",
        Title = "Redirects survive the loss of one instance",
        File = "chaos/experiments/losing-one-instance.yaml",
        Verdict = Verdict.Held,
        Reason = "All 4 expectations were met; redirect success 99.967 % since the fault.",
        Seed = 4711,
        Topology = "embedded",
        ReliesOn = ["retry", "instances"],
        StartedAt = new DateTimeOffset(2026, 11, 29, 14, 5, 9, TimeSpan.Zero),
        Duration = TimeSpan.FromSeconds(47.2),
        Load = "follow-links, 300 /s for 40 s, evenly spaced",
        Validity = new LoadValidity("valid", [], 12_000, 12_000, 0, TimeSpan.FromMilliseconds(0.8), 0.21, TimeSpan.FromMilliseconds(12)),
        Expectations =
        [
            new("redirect success >= 99.9 %", "hypothesis", ">= 99.9 %", "99.967 %", Judgement.Met, "since fault", 7_500, "99.88 % … 99.99 %", "100 %", 3),
            new("redirect p99 < 50 ms", "hypothesis", "< 50 ms", "4.2 ms", Judgement.Met, "since fault", 7_500, null, "2.1 ms", 4),
            new("recovery within 5 s", "expect", "within 5 s", "1.2 s", Judgement.Met, "recovery", 4_500, null, null, 9),
            new("lost links = 0", "expect", "= 0", "0", Judgement.Met, "run", 1_000, null, null, 10),
        ],
        Faults =
        [
            new("f1-app2", "kill-process", "app2", "SIGKILL, started again at the end", TimeSpan.FromSeconds(15.02), TimeSpan.FromSeconds(25.1),
                "pid 4242 runs", "connection refused, no process", true, "start app2: pid 4290", true, true, "", ""),
        ],
        Windows =
        [
            Window("baseline", 0, 15, 4_500, 0), Window("fault", 15, 25, 3_000, 1), Window("recovery", 25, 40, 4_500, 0),
            Window("since fault", 15, 40, 7_500, 1), Window("run", 0, 40, 12_000, 1),
        ],
        Requests = [new("redirect",
            [new(TimeSpan.FromSeconds(15.3), TimeSpan.FromSeconds(0.2794), TimeSpan.FromSeconds(0.271), "302", "/a7Xb2Qz", "0af7651916cd43dd8448eb211c80319c", "")],
            [new(TimeSpan.FromSeconds(15.1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), "-100", "/b8Yc3Ra", "7b1f04c2d3e4f5061728394a5b6c7d8e", "no complete answer in time")])],
        Recoveries = [new("redirect", 1, TimeSpan.FromSeconds(15.0), TimeSpan.FromSeconds(0.01), TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(0.4), 1.01, 1.7)],
        Ledger = new LedgerResult(1_000, 0, 0, [], [], [], [], [], [], 0, ""),
        Timeline = [.. Enumerable.Range(0, 40).Select(second => new TimelinePoint(second, 300, second == 15 ? 299 : 300, second == 15 ? 1 : 0,
            TimeSpan.FromMilliseconds(0.6), TimeSpan.FromMilliseconds(second is 15 or 16 ? 310 : 2)))],
        Transitions =
        [
            new(TimeSpan.FromSeconds(15.2), "backend", "app2", "", "up", "down"),
            new(TimeSpan.FromSeconds(26.3), "backend", "app2", "", "down", "up"),
            new(TimeSpan.FromSeconds(17), "breaker", "app1", "store-read", "closed", "open"),
            new(TimeSpan.FromSeconds(22), "breaker", "app1", "store-read", "open", "half_open"),
            new(TimeSpan.FromSeconds(23), "breaker", "app1", "store-read", "half_open", "closed"),
        ],
        Folder = "artifacts/runs/20261129-140509-losing-one-instance",
    };

    public static ExperimentResult Weak { get; } = Held with
    {
        Id = "losing-one-instance-alone",
        RunId = "20261129-140600-losing-one-instance-alone",
        Verdict = Verdict.Weakness,
        Reason = "redirect success 61.2 % since the fault, predicted >= 99.9 %",
        Without = ["instances", "health-checks"],
        Expectations =
        [
            Held.Expectations[0] with { Measured = "61.2 %", Judgement = Judgement.Violated },
            Held.Expectations[1] with { Measured = "only 12 samples", Judgement = Judgement.Unknown },
        ],
        Ledger = new LedgerResult(1_000, 20, 3, ["abc1234: https://example.org/1"], [], [], [], [], [], 2, ""),
    };

    public static GameDayResult Day(params ExperimentResult[] experiments) =>
        new(1, "20261129-140500-gameday", new DateTimeOffset(2026, 11, 29, 14, 5, 0, TimeSpan.Zero), TimeSpan.FromSeconds(130),
            Verdicts.Verdicts.MostSerious(experiments.Select(one => one.Verdict)), experiments, []);

    private static WindowResult Window(string name, double from, double to, long requests, long failed) =>
        new(name, TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to),
        [
            new StepFigures("redirect", requests, requests - failed, failed,
                failed == 0 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["-101"] = failed }, requests / (to - from), 0.999, 1,
                TimeSpan.FromMilliseconds(0.6), TimeSpan.FromMilliseconds(1.4), TimeSpan.FromMilliseconds(4.2), TimeSpan.FromMilliseconds(312),
                TimeSpan.FromMilliseconds(0.5), TimeSpan.FromMilliseconds(3.9)),
        ]);
}
