using ChaosLab.Load.Ledgers;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Load.Tests.Scenarios;

public class VisitorScenarioTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static async Task<(LoadResult Result, Ledger Ledger, LedgerFindings Findings)> Visit(FakeShortener target, string name, int rate = 100, int links = 20)
    {
        using var ledger = new Ledger(TimeProvider.System);
        var options = new VisitorOptions(target.Address, [Simulation.Inject(rate, Second, Second)], TimeSpan.Zero, 3, links, ledger, TimeSpan.FromSeconds(30), 64);
        var result = await Runs.Quiet(VisitorScenarios.All.First(s => s.Name == name).Create(options)).WithSeed(3).ToTheEndAsync();
        using var reader = new HttpLinkReader([target.Address], TimeSpan.FromSeconds(30));
        return (result, ledger, await LedgerJudge.ReadBackAsync(ledger, reader.Reader, CancellationToken.None).WaitAsync(Runs.Limit));
    }

    [Theory]
    [InlineData("follow-links", 100, 20)]
    [InlineData("shorten-and-follow", 200, 100)]
    [InlineData("hot-link", 100, 1)]
    [InlineData("unknown-codes", 100, 0)]
    [InlineData("mixed", 100, 20)]
    public async Task Every_scenario_succeeds_against_an_honest_service_and_its_ledger_holds(string name, int requests, int atLeastCreates)
    {
        await using var target = await FakeShortener.StartAsync();
        var (result, _, findings) = await Visit(target, name);

        Assert.Equal((requests, 0), (result.Samples.Count, result.Stats.AllFailCount));
        Assert.True(findings.Acknowledged >= atLeastCreates);
        Assert.Empty(findings.All);
        Assert.Equal(name == "unknown-codes" ? LedgerVerdict.Unknown : LedgerVerdict.Kept, findings.Verdict);
    }

    [Fact]
    public void The_catalogue_names_each_once() => Assert.Equal(["follow-links", "shorten-and-follow", "hot-link", "unknown-codes", "mixed"], VisitorScenarios.All.Select(s => s.Name));

    [Fact]
    public async Task A_mix_follows_99_times_for_each_create()
    {
        await using var target = await FakeShortener.StartAsync();
        var (result, _, _) = await Visit(target, "mixed", rate: 1_000);

        var steps = result.Stats.ScenarioStats[0].StepStats;
        Assert.InRange(steps.Get("create").Ok.Request.Count, 1, 30);
        Assert.Equal(1_000, steps.Get("create").Ok.Request.Count + steps.Get("redirect").Ok.Request.Count);
    }

    [Fact]
    public async Task Popular_links_are_followed_more()
    {
        await using var target = await FakeShortener.StartAsync();
        var (_, ledger, _) = await Visit(target, "follow-links", rate: 1_000);

        var clicks = ledger.Clicks.Values.Select(c => c.Acknowledged).OrderDescending().ToList();
        Assert.Equal(1_000, clicks.Sum());
        Assert.True(clicks[0] > 200, $"{clicks[0]}"); // 1 ÷ H(20) = 28 %
    }

    [Fact]
    public async Task A_redirect_to_another_place_is_a_failure()
    {
        await using var target = await FakeShortener.StartAsync(Sin.WrongLocation);
        var (result, _, _) = await Visit(target, "hot-link");

        Assert.Equal(0, result.Stats.AllOkCount);
        Assert.Equal(100, result.Stats.ScenarioStats[0].Fail.StatusCodes.Get("302-wrong-location").Count);
    }

    [Theory]
    [InlineData(Sin.Lose, "lost")]
    [InlineData(Sin.Change, "changed")]
    [InlineData(Sin.DoubleCode, "doubled")]
    [InlineData(Sin.DoubleKey, "doubled")]
    [InlineData(Sin.Phantom, "phantom")]
    [InlineData(Sin.LoseClicks, "clicks")]
    [InlineData(Sin.InventClicks, "clicks")]
    public async Task What_a_service_really_does_wrong_is_found(Sin sin, string rule)
    {
        await using var target = await FakeShortener.StartAsync(sin, refuse: number => sin == Sin.Phantom && number % 7 == 0 ? 503 : null);
        var (_, _, findings) = await Visit(target, "shorten-and-follow" is var name && sin is Sin.LoseClicks or Sin.InventClicks ? "hot-link" : name);

        Assert.Contains(rule, findings.All.Select(f => f.Rule));
        Assert.Equal(LedgerVerdict.Broken, findings.Verdict);
        Assert.All(findings.All, f => Assert.NotEmpty(f.Entries));
    }

    [Theory]
    [InlineData(400, WriteOutcome.Refused, "400")]
    [InlineData(409, WriteOutcome.Refused, "409")]
    [InlineData(429, WriteOutcome.Refused, "429")]
    [InlineData(503, WriteOutcome.Refused, "503")]
    [InlineData(500, WriteOutcome.Unknown, "500")]
    [InlineData(502, WriteOutcome.Unknown, "502")]
    [InlineData(504, WriteOutcome.Unknown, "504")]
    public async Task A_create_is_classed_by_its_status(int status, WriteOutcome outcome, string code)
    {
        await using var target = await FakeShortener.StartAsync(refuse: _ => status);
        var (result, ledger, findings) = await Visit(target, "shorten-and-follow", rate: 10);

        Assert.All(ledger.Entries, e => Assert.Equal((outcome, code), (e.Outcome, e.Reason)));
        Assert.Equal(10, result.Stats.ScenarioStats[0].StepStats.Get("create").Fail.StatusCodes.Get(code).Count);
        Assert.Equal(LedgerVerdict.Unknown, findings.Verdict); // nothing was promised, so nothing was learned
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_a_doubt()
    {
        await using var target = await FakeShortener.StartAsync(Sin.Garble);
        var (_, ledger, findings) = await Visit(target, "shorten-and-follow");

        Assert.Equal(target.Creates / 7, ledger.Creates.Unknown);
        Assert.Equal((target.Creates / 7, 0), (findings.UnknownPresent, findings.All.Count()));
    }

    [Fact]
    public async Task No_connection_is_a_refusal_and_silence_a_doubt()
    {
        using var ledger = new Ledger(TimeProvider.System);
        Uri dead;
        await using (var silent = new ByteServer((_, _) => null))
        {
            dead = silent.Address;
            using var patient = new VisitorClient(new VisitorOptions(silent.Address, [], TimeSpan.Zero, 1, 1, ledger, TimeSpan.FromSeconds(1), 4));
            Assert.Equal("-100", (await patient.CreateAsync(null, CancellationToken.None)).StatusCode);
        }
        using var client = new VisitorClient(new VisitorOptions(dead, [], TimeSpan.Zero, 1, 1, ledger, TimeSpan.FromSeconds(30), 4));
        Assert.Equal("-101", (await client.CreateAsync(null, CancellationToken.None)).StatusCode);

        Assert.Equal([WriteOutcome.Unknown, WriteOutcome.Refused], ledger.Entries.Select(e => e.Outcome));
    }

    [Theory]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"code\":\"a\"", "-101")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "503-no-retry-after")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", "503")]
    public async Task Odd_answers_have_their_code(string answer, string code)
    {
        using var ledger = new Ledger(TimeProvider.System);
        await using var server = new ByteServer((_, _) => (answer, true));
        using var client = new VisitorClient(new VisitorOptions(server.Address, [], TimeSpan.Zero, 1, 1, ledger, TimeSpan.FromSeconds(30), 4));

        Assert.Equal(code, (await client.CreateAsync(null, CancellationToken.None)).StatusCode);
        Assert.Equal(code == "-101" ? WriteOutcome.Unknown : WriteOutcome.Refused, ledger.Entries[0].Outcome);
    }

    [Fact]
    public async Task A_click_that_took_two_attempts_may_have_counted_twice()
    {
        using var ledger = new Ledger(TimeProvider.System);
        await using var server = new ByteServer((_, _) => ("HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\nX-Attempts: 2\r\nContent-Length: 0\r\n\r\n", false));
        using var client = new VisitorClient(new VisitorOptions(server.Address, [], TimeSpan.Zero, 1, 1, ledger, TimeSpan.FromSeconds(30), 4));

        Assert.False((await client.FollowAsync(new KnownLink("a", "https://example.com/"), null, CancellationToken.None)).IsError);
        Assert.Equal((1, 1), (ledger.Clicks["a"].Acknowledged, ledger.Clicks["a"].Unknown));
    }

    [Fact]
    public async Task A_service_that_is_not_there_stops_the_init_with_advice()
    {
        Uri dead;
        await using (var gone = new ByteServer((_, _) => null))
            dead = gone.Address;
        using var ledger = new Ledger(TimeProvider.System);
        var options = new VisitorOptions(dead, [Simulation.Inject(1, Second, Second)], TimeSpan.Zero, 1, 1, ledger, TimeSpan.FromSeconds(1), 4);

        var failure = await Assert.ThrowsAsync<ScenarioInitException>(() => Runs.Quiet(VisitorScenarios.All[0].Create(options)).ToTheEndAsync());
        Assert.Contains("Is the shortener running", failure.Message);
    }

    [Fact]
    public async Task A_read_back_that_nobody_answers_is_unknown_not_kept()
    {
        await using var target = await FakeShortener.StartAsync();
        target.Unreadable = true;
        var (_, _, findings) = await Visit(target, "follow-links");

        Assert.Equal((20, LedgerVerdict.Unknown, 0), (findings.NeverRead, findings.Verdict, findings.All.Count()));
    }
}
