using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Tests.Experiments;

public class ExpectationLineTests
{
    public static TheoryData<string, object> Lines => new()
    {
        { "redirect success >= 99.9 %", new Expectation.Share("redirect", null, new Limit(">=", 0.999, ">= 99.9 %"), WindowName.SinceFault) { Text = "", Line = 1 } },
        { "redirect success ≥ 99.9%", new Expectation.Share("redirect", null, new Limit(">=", 0.999, ">= 99.9 %"), WindowName.SinceFault) { Text = "", Line = 1 } },
        { "create status 503 >= 90 % in fault", new Expectation.Share("create", "503", new Limit(">=", 0.9, ">= 90 %"), WindowName.Fault) { Text = "", Line = 1 } },
        { "redirect p99.9 < 250ms in recovery", new Expectation.Latency("redirect", 99.9, false, new Limit("<", 0.25, "< 250 ms"), WindowName.Recovery) { Text = "", Line = 1 } },
        { "redirect service p50 <= 1.5 s", new Expectation.Latency("redirect", 50, true, new Limit("<=", 1.5, "<= 1.5 s"), WindowName.SinceFault) { Text = "", Line = 1 } },
        { "create failures <= 3 in baseline", new Expectation.Number("create", true, new Limit("<=", 3, "<= 3"), WindowName.Baseline) { Text = "", Line = 1 } },
        { "redirect requests >= 1000 in run", new Expectation.Number("redirect", false, new Limit(">=", 1000, ">= 1000"), WindowName.Run) { Text = "", Line = 1 } },
        { "recovery within 5 s", new Expectation.Recovery(TimeSpan.FromSeconds(5)) { Text = "", Line = 1 } },
        { "doubled links = 0", new Expectation.LedgerCount(LedgerQuestion.Doubled, new Limit("=", 0, "= 0")) { Text = "", Line = 1 } },
        { "click totals exact", new Expectation.ClickTotals { Text = "", Line = 1 } },
        { "breaker opens within 3s", new Expectation.BreakerOpens(TimeSpan.FromSeconds(3)) { Text = "", Line = 1 } },
        { "breaker closes within 500 ms", new Expectation.BreakerCloses(TimeSpan.FromMilliseconds(500)) { Text = "", Line = 1 } },
        { "backend goes down within 2 s", new Expectation.BackendGoesDown(TimeSpan.FromSeconds(2)) { Text = "", Line = 1 } },
        { "backend comes back within 2 s", new Expectation.BackendComesBack(TimeSpan.FromSeconds(2)) { Text = "", Line = 1 } },
        { "retries <= 20", new Expectation.Retries(new Limit("<=", 20, "<= 20")) { Text = "", Line = 1 } },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_is_read_into_what_it_claims(string text, object expected)
    {
        var problems = new Problems("x.yaml");

        var read = ExpectationLine.Parse(new YamlTree.Text(1, text), problems);

        Assert.Empty(problems.InOrder);
        Assert.Equal(expected, read! with { Text = "" });
    }

    [Theory]
    [InlineData("redirect success >= 99.9 %", 3000)]
    [InlineData("redirect success >= 99 %", 300)]
    [InlineData("redirect success >= 50 %", 10)]
    [InlineData("redirect success >= 100 %", 300)]
    [InlineData("redirect status 503 <= 1 %", 300)]
    [InlineData("redirect p99 < 1 s", 300)]
    [InlineData("redirect p99.9 < 1 s", 3000)]
    [InlineData("redirect failures <= 3", 10)]
    public void A_claim_needs_as_many_requests_as_the_rule_of_three_says(string text, long needed) =>
        Assert.Equal(needed, SampleNeed.Of(ExpectationLine.Parse(new YamlTree.Text(1, text), new Problems("x.yaml"))!));

    [Theory]
    [InlineData(">=", 1, 1, true)]
    [InlineData(">", 1, 1, false)]
    [InlineData("<=", 1, 1, true)]
    [InlineData("<", 1, 1, false)]
    [InlineData("=", 1, 1, true)]
    [InlineData("=", 1, 2, false)]
    public void A_limit_compares_as_it_is_written(string comparison, double limit, double measured, bool isMet) =>
        Assert.Equal(isMet, new Limit(comparison, limit, "").IsMetBy(measured));
}
