using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Tests.Verbs;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Tests.Logs;

/// <summary>The verb as a person runs it, on the record of a run with one fault from second 3 to second 6 after the first arrival at 12:00:10.</summary>
public sealed class LogsVerbTests : IDisposable
{
    private const string Run = "20261129-120000-gameday";
    private static readonly DateTimeOffset Zero = new(2026, 11, 29, 12, 0, 10, TimeSpan.Zero);
    private readonly LabProgram _lab = new();

    public LogsVerbTests()
    {
        var folder = Path.Combine(_lab.Runs, Run);
        var experiment = Directory.CreateDirectory(Path.Combine(folder, "losing-one")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "logs"));
        var result = new ExperimentResult
        {
            Id = "losing-one", RunId = "losing-one", Title = "t", File = "f", Verdict = Verdict.Held, Reason = "r", Seed = 1, Topology = "embedded",
            StartedAt = Zero.AddSeconds(-8), Duration = TimeSpan.FromSeconds(60),
            Faults = [new FaultResult("f1-app2", "kill-process", "app2", "d", TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6), "", "", true, "", true, true, "", "")],
        };
        var day = new GameDayResult(1, Run, Zero.AddSeconds(-10), TimeSpan.FromSeconds(100), Verdict.Held, [result], []);
        File.WriteAllText(Path.Combine(folder, "summary.json"), JsonSerializer.Serialize(day, ResultJson.Options));
        using (var journal = new Journal(Path.Combine(experiment, "journal.jsonl"), new Redaction([])))
        {
            journal.Write(new RunEvent(Zero.AddSeconds(-2), null, RunEvents.LoadStarting, "", "before the first arrival there is no offset"));
            journal.Write(new RunEvent(Zero.AddSeconds(1.5), TimeSpan.FromSeconds(1.5), RunEvents.LoadProgress, "", "."));
        }

        Write("app1", Line(-60, "from another run"), Line(2, "before the fault", 503, "aaaa"), "no JSON at all", Line(4, "within", 503, "bbbb"), Line(6.5, "just after", 500, "cccc"), Line(8, "after", 404, "dddd"));
        Write("lb1", Line(5, "at the balancer", 502, "bbbb"));

        void Write(string host, params string[] lines) => File.WriteAllLines(Path.Combine(folder, "logs", host + ".log"), lines);
    }

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("--run last --fault any", "within|at the balancer|just after")]
    [InlineData("--fault f1-app2 --code 503", "within")]
    [InlineData("--fault losing-one lb1", "at the balancer")]
    [InlineData($"--run {Run} --trace bbbb", "within|at the balancer")]
    [InlineData("--run last --code 5xx", "before the fault|within|at the balancer|just after")]
    [InlineData("--run last --since 2026-11-29T12:00:15Z --until 2026-11-29T12:00:17Z", "at the balancer|just after")]
    [InlineData("--on embedded app1", "from another run|before the fault|no JSON at all|within|just after|after")]
    [InlineData("--fault kill-process --since 1s", "")]
    public async Task Lines_are_chosen(string words, string expected)
    {
        var ended = await _lab.RunAsync(["logs", "--json", .. words.Split(' ')]);

        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Equal(expected, string.Join('|', ended.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["message"]!)));
        Assert.Equal(expected.Length == 0, ended.Error.Contains("no line matches", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_reads_time_host_level_sentence_and_trace()
    {
        var ended = await _lab.RunAsync("logs", "--run", "last", "--trace", "bbbb");

        Assert.Equal(["2026-11-29T12:00:14.000Z app1 warning     within trace=bbbb", "2026-11-29T12:00:15.000Z lb1  warning     at the balancer trace=bbbb"], ended.Out.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--run nothing", "there is no run 'nothing'")]
    [InlineData("--run last --fault db-lock", "It had: f1-app2 (kill-process, in losing-one)")]
    [InlineData("--run last app9", "there are: app1, lb1")]
    [InlineData("--code 5x --trace xyz", "--trace: `xyz` is no trace id")]
    [InlineData("--since yesterday-ish", "is neither a duration nor a time")]
    public async Task A_mistake_says_what_would_be_right(string words, string expected)
    {
        var ended = await _lab.RunAsync(["logs", .. words.Split(' ')]);

        Assert.Equal((2, ""), (ended.ExitCode, ended.Out));
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
    }

    private static string Line(double second, string message, int status = 200, string trace = "") => JsonSerializer.Serialize(new
    {
        time = (Zero + TimeSpan.FromSeconds(second)).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), level = "warning", message, status, traceId = trace,
    });
}
