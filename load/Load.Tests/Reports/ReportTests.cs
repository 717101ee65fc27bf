using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ChaosLab.Load.Live;
using ChaosLab.Load.Reports;
using Spectre.Console;
using Progress = ChaosLab.Load.Live.Progress;

namespace ChaosLab.Load.Tests.Reports;

public class ReportTests
{
    private const string Nasty = "<b>|\"x\",\n&\u0001'";

    private static async Task<LoadResult> RunAsync(string? folder = null)
    {
        var runner = LoadRunner.RegisterScenarios(Scenario.Create(Nasty, async context =>
                await Step.Run("get", context, () => Task.FromResult(context.Traceparent("/" + Nasty).Length > 0 && context.ArrivalNumber % 10 == 0 ? Response.Fail("503", Nasty) : Response.Ok("200", 100))))
            .WithoutWarmUp().WithLoadSimulations(Simulation.Inject(100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)))
            .WithThresholds(Threshold.Parse("OkRequest", "Percent >= 95"), Threshold.Parse("OkRequest", "Percent >= 50")))
            .WithTestSuite("suite").WithTestName(Nasty).WithLatenessFloor(TimeSpan.FromSeconds(30));
        runner = folder is null ? runner.WithoutReports() : runner.WithReportFolder(folder);
        return await runner.ToTheEndAsync();
    }

    [Fact]
    public async Task All_forms_are_written_and_each_can_be_read_by_its_readers()
    {
        using var folder = new Runs.Folder();
        var result = await RunAsync(folder.File("run"));

        Assert.Equal(["junit.xml", "report.csv", "report.html", "report.md", "report.txt", "summary.json"], Directory.GetFiles(folder.File("run")).Select(Path.GetFileName).Order());
        Assert.Equal(6, result.Stats.ReportFiles.Length);
        Json(File.ReadAllText(folder.File("run/summary.json")));
        JUnit(File.ReadAllText(folder.File("run/junit.xml")));
        Html(File.ReadAllText(folder.File("run/report.html")));
        Csv(File.ReadAllText(folder.File("run/report.csv")));
        Assert.Contains("failed: 1 of 2 thresholds", File.ReadAllText(folder.File("run/report.txt")));
        Markdown(File.ReadAllText(folder.File("run/report.md")));
    }

    private static void Json(string text)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        Assert.Equal((1, 1), (root.GetProperty("schema").GetInt32(), root.GetProperty("result").GetProperty("exitCode").GetInt32()));
        var scenario = root.GetProperty("scenarios")[0];
        Assert.Equal((Nasty, 180, 20, 200), (scenario.GetProperty("name").GetString(), scenario.GetProperty("ok").GetProperty("count").GetInt32(),
            scenario.GetProperty("fail").GetProperty("count").GetInt32(), scenario.GetProperty("arrivals").GetProperty("planned").GetInt32()));
        var requests = root.GetProperty("requests")[0];
        Assert.Equal(("get", 10, 10), (requests.GetProperty("step").GetString(), requests.GetProperty("slowest").GetArrayLength(), requests.GetProperty("failed").GetArrayLength()));
        Assert.All(requests.GetProperty("failed").EnumerateArray(), one => Assert.Matches("^[0-9a-f]{32}$", one.GetProperty("traceId").GetString()));
        Assert.Equal(2, root.GetProperty("timeline").GetArrayLength());
        Assert.True(scenario.GetProperty("steps")[0].GetProperty("ok").GetProperty("responseMs").GetProperty("p999").GetDouble() > 0);
    }

    private static void JUnit(string text)
    {
        var suite = XDocument.Parse(text).Root!.Element("testsuite")!;
        Assert.Equal(("3", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        Assert.Equal(3, suite.Elements("testcase").Count());
        Assert.Single(suite.Descendants("failure"));
    }

    private static void Html(string text)
    {
        Assert.DoesNotMatch(new Regex("<script|\\son[a-z]+=|<link|<img|<iframe|@import|url\\(|(src|href|srcset|action)\\s*=", RegexOptions.IgnoreCase), text);
        Assert.DoesNotContain("http", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>", text, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", text, StringComparison.Ordinal);
        var body = text[text.IndexOf("<body>", StringComparison.Ordinal)..text.IndexOf("</html>", StringComparison.Ordinal)];
        var parsed = XDocument.Parse(body.Replace("&#1;", "", StringComparison.Ordinal).Replace("\u0001", "", StringComparison.Ordinal)); // well-formed to the last tag
        Assert.Equal(2, parsed.Descendants("svg").Count());
        Assert.Equal(4, parsed.Descendants("rect").Count()); // two seconds, ok and failed
    }

    private static void Csv(string text)
    {
        Assert.Equal(1 + 4 - 1, Regex.Count(text, "\r\n") - 1); // a header, scenario and step, ok and failed
        Assert.Contains("\"<b>|\"\"x\"\",\n&", text, StringComparison.Ordinal);
    }

    private static void Markdown(string text)
    {
        foreach (var block in text.Split("\n\n").Where(b => b.StartsWith('|')))
            Assert.Single(block.Trim().Split('\n').Select(line => Regex.Count(line, @"(?<!\\)\|")).Distinct());
        Assert.DoesNotContain("<b>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finalizer_has_the_last_word()
    {
        var result = await Runs.Quiet(Scenario.Create("s", _ => Task.FromResult<IResponse>(Response.Ok())).WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(10, TimeSpan.FromSeconds(1), 5)))
            .WithReportFinalizer(r => r with { Seed = 77 }).ToTheEndAsync();

        Assert.Equal(77, result.Seed);
    }

    [Fact]
    public async Task Progress_reads_well_as_lines_and_as_a_table()
    {
        var stats = (await RunAsync()).Stats.ScenarioStats;
        var (lines, table) = (new StringWriter(), new StringWriter());
        var plain = new PlainProgress(lines);
        for (var second = 0; second < 11; second++)
            plain.Show(new Progress(ScenarioOperation.Bombing, TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(11), stats));
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(table), Ansi = AnsiSupport.No }).Write(TerminalProgress.TableOf(new Progress(ScenarioOperation.WarmUp, TimeSpan.FromSeconds(3), null, stats)));

        Assert.Equal(3, Regex.Count(lines.ToString(), "180 ok, 20 failed")); // at 0, 5 and 10 s
        Assert.Contains("warm-up, second 3", table.ToString());
    }
}
