using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Tests.Reports;

public partial class ReportTests
{
    private const string Hostile = "<script>alert(1)</script> | \"a\" & `b` \u0001 \n * [x](javascript:y)";

    private static readonly ExperimentResult Poisoned = Runs.Weak with
    {
        Title = Hostile,
        Reason = Hostile,
        Expectations = [Runs.Weak.Expectations[0] with { Text = Hostile, Measured = Hostile }],
        Faults = [Runs.Weak.Faults[0] with { EvidenceDuring = Hostile, Host = Hostile, Kind = Hostile, Error = Hostile }],
        Transitions = [new(TimeSpan.FromSeconds(3), "backend", Hostile, Hostile, Hostile, Hostile)],
        Requests = [new(Hostile, [], [new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, Hostile, Hostile, Hostile, Hostile)])],
        Notes = [Hostile],
    };

    public static TheoryData<string> Pages => ["held", "weak", "poisoned", "bare"];

    private static ExperimentResult Named(string name) => name switch
    {
        "held" => Runs.Held,
        "weak" => Runs.Weak,
        "poisoned" => Poisoned,
        // What there is when nothing was injected.
        _ => new ExperimentResult
        {
            Id = "bare", RunId = "r", Title = "Bare", File = "bare.yaml", Verdict = Verdict.NotRun, Reason = "no", Seed = 1, Topology = "embedded",
            StartedAt = default, Duration = TimeSpan.Zero,
        },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_page_is_well_formed_and_asks_nobody_for_anything(string name)
    {
        var page = HtmlPage.Render("t", ExperimentReport.Of(Named(name)));

        // It is written so that an XML reader can read it too, but for the void elements of its head.
        var tree = XDocument.Parse(VoidMeta().Replace(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), "$0</meta>").Replace("\u0001", "", StringComparison.Ordinal));
        Assert.DoesNotContain(tree.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "form" or "base");
        var attributes = tree.Descendants().Attributes().ToList();
        Assert.DoesNotContain(attributes, attribute => attribute.Name.LocalName is "src" or "style" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.All(attributes.Where(attribute => attribute.Name.LocalName == "href"), link => Assert.StartsWith("#", link.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_prediction_and_measurement_evidence_and_how_to_repeat()
    {
        foreach (var page in new[] { HtmlPage.Render("t", ExperimentReport.Of(Runs.Held)), MarkdownPage.Render(ExperimentReport.Of(Runs.Held)) })
        {
            Assert.Contains("99.967 %", page, StringComparison.Ordinal);
            Assert.Contains("connection refused, no process", page, StringComparison.Ordinal);
            Assert.Contains("4711", page, StringComparison.Ordinal);
            Assert.Contains("./lab run chaos/experiments/losing-one-instance.yaml --seed 4711", page, StringComparison.Ordinal);
            Assert.Contains("1 000 acknowledged", page, StringComparison.Ordinal);
            Assert.Contains("recovery within 5 s", page, StringComparison.Ordinal);
            Assert.Contains("follow-links, 300 /s", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_slowest_and_the_failed_requests_are_listed_with_their_trace_ids()
    {
        foreach (var page in new[] { HtmlPage.Render("t", ExperimentReport.Of(Runs.Held)), MarkdownPage.Render(ExperimentReport.Of(Runs.Held)) })
        {
            foreach (var part in new[] { "/a7Xb2Qz", "0af7651916cd43dd8448eb211c80319c", "279 ms", "/b8Yc3Ra", "7b1f04c2d3e4f5061728394a5b6c7d8e", "no complete answer in time", "timeout" })
                Assert.Contains(part, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_command_to_repeat_names_what_was_switched_off_and_quotes_odd_paths()
    {
        var odd = Runs.Weak with { File = "my files/it's.yaml" };

        Assert.Equal("./lab run 'my files/it'\\''s.yaml' --seed 4711 --without instances --without health-checks", Wording.CommandLine(odd));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_row_of_a_markdown_table_has_as_many_cells_as_its_head(string name)
    {
        var lines = MarkdownPage.Render(ExperimentReport.Of(Named(name))).Split('\n');

        for (var n = 0; n < lines.Length; n++)
        {
            if (!lines[n].StartsWith("|---", StringComparison.Ordinal)) continue;
            for (var row = n - 1; lines[row].StartsWith('|'); row++) Assert.Equal(Bars(lines[n]), Bars(lines[row]));
        }

        Assert.DoesNotContain("<script", OutsideFences(lines), StringComparison.Ordinal);

        static string OutsideFences(string[] lines)
        {
            var inside = false;
            return string.Concat(lines.Where(line => line.StartsWith("```", StringComparison.Ordinal) ? (inside = !inside) && false : !inside));
        }

        static int Bars(string line) => line.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|');
    }

    [Fact]
    public void The_picture_shows_faults_states_failures_and_recovery()
    {
        var svg = XDocument.Parse(Timeline.Of(Runs.Held).ToSvg());
        var texts = svg.Descendants().Where(element => element.Name.LocalName is "text" or "title" or "tspan").Select(element => element.Value).ToList();

        Assert.Contains("kill-process app2", texts);
        Assert.Contains("recovered +1.20 s", texts);
        Assert.Contains("15 s: 1 of 300 failed", texts);
        Assert.Contains("app1 store-read", texts);
        Assert.Contains("breaker app1 store-read: open 17.0 s – 22.0 s", texts);
        Assert.Contains("backend app2: down 15.2 s – 26.3 s", texts);
        var numbers = svg.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "x" or "y" or "width" or "height" or "x1" or "y1")
            .Select(attribute => double.Parse(attribute.Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(numbers, number => Assert.InRange(number, 0, 960));
    }

    [Fact]
    public void A_lane_covers_the_whole_run_without_gaps()
    {
        foreach (var lane in Timeline.Of(Runs.Held).Lanes)
        {
            Assert.Equal(0, lane.Spans[0].Start);
            Assert.Equal(40, lane.Spans[^1].End);
            foreach (var (before, after) in lane.Spans.Zip(lane.Spans.Skip(1))) Assert.Equal(before.End, after.Start);
        }
    }

    [Fact]
    public void Junit_has_a_case_per_expectation_per_fault_and_per_rule_of_the_ledger()
    {
        var suite = XDocument.Parse(JunitReport.Render("x", [Runs.Held])).Descendants("testsuite").Single();
        var names = suite.Elements("testcase").Select(one => (string)one.Attribute("name")!).ToList();

        foreach (var claim in Runs.Held.Expectations) Assert.Contains($"{claim.Part}: {claim.Text}", names);
        foreach (var rule in new[] { "lost", "changed", "doubled", "phantom", "stale" }) Assert.Contains("ledger: " + rule, names);
        Assert.Contains("fault f1-app2 (kill-process on app2) bit", names);
        Assert.Contains("fault f1-app2 (kill-process on app2) was undone", names);
        Assert.Contains("load was delivered as planned", names);
        Assert.Equal(names.Count, (int)suite.Attribute("tests")!);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Empty(suite.Descendants("failure").Concat(suite.Descendants("error")));
    }

    [Fact]
    public void Junit_tells_violated_from_unknown()
    {
        var document = XDocument.Parse(JunitReport.Render("x", [Runs.Weak, Runs.Held]));
        var failures = document.Descendants("failure").Select(one => (string)one.Attribute("type")!);
        var errors = document.Descendants("error").Select(one => (string)one.Attribute("type")!);

        Assert.Equal(["weakness", "violated", "lost"], failures);
        Assert.Equal(["unknown", "never-read"], errors);
        Assert.Equal(3, (int)document.Root!.Attribute("failures")!);
        Assert.Equal(2, (int)document.Root.Attribute("errors")!);
    }

    [Fact]
    public void Clicks_that_a_killed_process_had_not_stored_are_shown_but_break_no_rule()
    {
        var result = Runs.Held with { Ledger = Runs.Held.Ledger! with { ClickMismatches = ["abc: promised 5 to 5 clicks, found 4"] } };

        Assert.Equal(0, (int)XDocument.Parse(JunitReport.Render("x", [result])).Root!.Attribute("failures")!);
        Assert.Contains("| click totals | clicks outside what visitors saw; a promise only where the file expects exact totals | 1 |",
            MarkdownPage.Render(ExperimentReport.Of(result)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Verdict.Weakness)]
    [InlineData(Verdict.Inconclusive)]
    [InlineData(Verdict.NotRun)]
    [InlineData(Verdict.Aborted)]
    [InlineData(Verdict.UndoFailed)]
    public void Whatever_did_not_hold_is_red_in_junit(Verdict verdict)
    {
        var document = XDocument.Parse(JunitReport.Render("x", [Runs.Held with { Verdict = verdict }]));

        Assert.Equal(1, (int)document.Root!.Attribute("failures")! + (int)document.Root.Attribute("errors")!);
    }

    [Fact]
    public void An_attempt_that_was_repeated_is_skipped_in_junit_and_the_last_one_counts()
    {
        var first = Runs.Held with { Verdict = Verdict.Inconclusive, RunId = "r1" };

        var held = XDocument.Parse(JunitReport.Render("x", [first, Runs.Held])).Root!;
        var still = XDocument.Parse(JunitReport.Render("x", [Runs.Held with { RunId = "r1" }, first])).Root!;

        Assert.Equal(0, (int)held.Attribute("failures")! + (int)held.Attribute("errors")!);
        Assert.Contains("inconclusive", (string)Assert.Single(held.Descendants("skipped")).Attribute("message")!, StringComparison.Ordinal);
        Assert.Equal(1, (int)still.Attribute("errors")!);
    }

    [Fact]
    public void Characters_that_xml_cannot_hold_do_not_break_junit()
    {
        var document = XDocument.Parse(JunitReport.Render("x", [Poisoned]));

        Assert.Contains(document.Descendants("testcase"), one => ((string)one.Attribute("name")!).Contains("<script>", StringComparison.Ordinal));
    }

    [Fact]
    public void A_game_day_lists_every_attempt_and_counts_the_last()
    {
        var first = Runs.Held with { Verdict = Verdict.Inconclusive, RunId = "r1" };
        var day = Runs.Day(first, Runs.Held, Runs.Weak) with { Verdict = Verdict.Weakness };

        var page = MarkdownPage.Render(GameDayReport.Of(day));

        Assert.Contains("losing-one-instance (1 of 2)", page, StringComparison.Ordinal);
        Assert.Contains("losing-one-instance (2 of 2)", page, StringComparison.Ordinal);
        Assert.Contains("1 of 2 experiments held", page, StringComparison.Ordinal);
        Assert.Contains("losing-one-instance-alone: weakness", page, StringComparison.Ordinal);
        Assert.Contains("redirect 99.986 %", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_game_day_with_somebody_on_duty_lists_every_call_beside_its_fault()
    {
        var day = Runs.Day(Runs.Held) with
        {
            Incidents =
            [
                new("BackendDown", "balancer", "warning", Hostile, Runs.Held.StartedAt, Runs.Held.RunId, "kill-process (f1-app2)", TimeSpan.FromSeconds(4.4), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(61)),
                new("TargetDown", "shortener", "warning", "app2 is away", Runs.Held.StartedAt, "", "", null, null, null),
            ],
        };
        // As `lab report` has it: from the record.
        day = JsonSerializer.Deserialize<GameDayResult>(JsonSerializer.Serialize(day, ResultJson.Options), ResultJson.Options)!;

        foreach (var page in new[] { HtmlPage.Render("t", GameDayReport.Of(day)), MarkdownPage.Render(GameDayReport.Of(day)) })
        {
            foreach (var part in new[] { "2 incidents, 1 of a fault (detected after 4.40 s to 4.40 s); 1 acknowledged, 1 still open at the end.", "kill-process (f1-app2)", "20.0 s", "61.0 s", "nobody took it", "still open" })
                Assert.Contains(part, page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_game_day_says_that_nobody_was_called_only_where_somebody_could_be()
    {
        var (watched, alone) = (MarkdownPage.Render(GameDayReport.Of(Runs.Day(Runs.Held) with { Incidents = [] })), MarkdownPage.Render(GameDayReport.Of(Runs.Day(Runs.Held))));

        Assert.Contains("Nobody was called.", watched, StringComparison.Ordinal);
        Assert.DoesNotContain("Incidents", alone, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_are_written()
    {
        var folder = Directory.CreateTempSubdirectory("lab-report-");
        try
        {
            var page = await ReportFiles.WriteAsync(Runs.Day(Runs.Held, Runs.Weak), folder.FullName, CancellationToken.None);

            Assert.Equal(["junit.xml", "report.html", "report.md"], folder.GetFiles().Select(file => file.Name).Order());
            Assert.Equal(Path.Combine(folder.FullName, "report.html"), page);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(10_000, 10_000, "100 %")]
    [InlineData(9_999, 10_000, "99.990 %")]
    [InlineData(99_999_999, 100_000_000, "99.999 %")]
    [InlineData(999, 1_000, "99.900 %")]
    [InlineData(612, 1_000, "61.20 %")]
    [InlineData(0, 0, "–")]
    public void Rounding_never_hides_a_failure(long part, long whole, string shown) => Assert.Equal(shown, Wording.Share(part, whole));

    [Theory]
    [InlineData(0.4213, "0.42 ms")]
    [InlineData(12.34, "12.3 ms")]
    [InlineData(250, "250 ms")]
    [InlineData(1_250, "1.25 s")]
    [InlineData(12_340, "12.3 s")]
    [InlineData(125_000, "2 min 5 s")]
    public void Durations_are_told_in_three_digits(double milliseconds, string shown) =>
        Assert.Equal(shown, Wording.Of(TimeSpan.FromMilliseconds(milliseconds)));

    [GeneratedRegex("<meta [^>]*>")]
    private static partial Regex VoidMeta();
}
