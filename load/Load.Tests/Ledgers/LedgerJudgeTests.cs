using ChaosLab.Load.Ledgers;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Load.Tests.Ledgers;

/// <summary>Histories planted by hand, read back from tables planted by hand.</summary>
public sealed class LedgerJudgeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Ledger _ledger;
    private readonly Dictionary<string, LinkReading[]> _codes = [];
    private readonly Dictionary<string, LinkReading[]> _keys = [];

    public LedgerJudgeTests() => _ledger = new Ledger(_time);

    public void Dispose() => _ledger.Dispose();

    private static LinkReading Found(string code, string url, long? clicks = null, string at = "app1") => new(at, LinkPresence.Found, code, url, clicks, null);
    private static LinkReading Missing(string at = "app1") => new(at, LinkPresence.Missing, null, null, null, "404");
    private static LinkReading Silent(string at = "app1") => new(at, LinkPresence.Unreadable, null, null, null, "503");

    private void Acknowledge(string key, string url, string code) => _ledger.Acknowledged(_ledger.BeginCreate(key, url), code);
    private void Refuse(string key, string url) => _ledger.Refused(_ledger.BeginCreate(key, url), "503");
    private void Doubt(string key, string url) => _ledger.Unknown(_ledger.BeginCreate(key, url), "-100");

    private Task<LedgerFindings> Judge() => LedgerJudge.ReadBackAsync(_ledger, new LinkReader(
        (code, _) => Task.FromResult<IReadOnlyList<LinkReading>>(_codes.GetValueOrDefault(code) ?? [Missing()]),
        (key, _) => Task.FromResult<IReadOnlyList<LinkReading>>(_keys.GetValueOrDefault(key) ?? [Missing()])), CancellationToken.None);

    private async Task FindsOnly(string rule, string subject)
    {
        var findings = await Judge();
        Assert.Equal([(rule, subject)], findings.All.Select(f => (f.Rule, f.Subject)));
        Assert.Equal(LedgerVerdict.Broken, findings.Verdict);
    }

    [Fact]
    public async Task A_kept_history_has_no_findings()
    {
        Acknowledge("k1", "u1", "c1");
        Doubt("k2", "u2");
        Doubt("k3", "u3");
        Refuse("k4", "u4");
        _codes["c1"] = [Found("c1", "u1"), Found("c1", "u1", at: "app2")];
        _keys["k1"] = [Found("c1", "u1")];
        _keys["k2"] = [Found("c2", "u2")]; // a doubt that happened is allowed

        var findings = await Judge();
        Assert.Empty(findings.All);
        Assert.Equal((1, 1, 2, 1, LedgerVerdict.Kept), (findings.Acknowledged, findings.Refused, findings.Unknown, findings.UnknownPresent, findings.Verdict));
    }

    [Fact]
    public async Task A_link_missing_at_any_instance_is_lost()
    {
        Acknowledge("k1", "u1", "c1");
        _codes["c1"] = [Found("c1", "u1"), Missing("app2")];

        await FindsOnly("lost", "c1");
    }

    [Fact]
    public async Task Another_target_is_changed()
    {
        Acknowledge("k1", "u1", "c1");
        _codes["c1"] = [Found("c1", "u9")];

        await FindsOnly("changed", "c1");
    }

    [Fact]
    public async Task A_doubt_that_happened_with_another_target_is_changed_too()
    {
        Doubt("k1", "u1");
        _keys["k1"] = [Found("c1", "u9")];

        await FindsOnly("changed", "k1");
    }

    [Fact]
    public async Task Two_targets_on_one_code_are_doubled()
    {
        Acknowledge("k1", "u1", "c1");
        Acknowledge("k2", "u2", "c1");
        _codes["c1"] = [Found("c1", "u1")];

        await FindsOnly("doubled", "c1");
    }

    [Fact]
    public async Task Two_codes_for_one_key_are_doubled_as_acknowledged_or_as_read()
    {
        Acknowledge("k1", "u1", "c1");
        Acknowledge("k1", "u1", "c2");
        Acknowledge("k2", "u2", "c3");
        (_codes["c1"], _codes["c2"], _codes["c3"]) = ([Found("c1", "u1")], [Found("c2", "u1")], [Found("c3", "u2")]);
        _keys["k2"] = [Found("c4", "u2")];

        Assert.Equal(["k1", "k2"], (await Judge()).Doubled.Select(f => f.Subject));
    }

    [Fact]
    public async Task A_refused_create_that_is_there_is_a_phantom()
    {
        Refuse("k1", "u1");
        _keys["k1"] = [Found("c1", "u1")];

        await FindsOnly("phantom", "k1");
    }

    [Fact]
    public async Task A_refused_attempt_that_was_repeated_with_success_is_no_phantom()
    {
        Refuse("k1", "u1");
        Acknowledge("k1", "u1", "c1");
        _codes["c1"] = _keys["k1"] = [Found("c1", "u1")];

        Assert.Equal(LedgerVerdict.Kept, (await Judge()).Verdict);
    }

    [Fact]
    public async Task A_removed_link_that_is_there_is_stale_and_how_long_is_known()
    {
        Acknowledge("k1", "u1", "c1");
        _ledger.Acknowledged(_ledger.BeginDelete("c1"), "c1");
        _time.Advance(TimeSpan.FromSeconds(3));
        _ledger.FollowAcknowledged("c1", _time.GetTimestamp());
        _codes["c1"] = [Found("c1", "u1")];

        await FindsOnly("stale", "c1");
        Assert.Equal(3.0, (await Judge()).Staleness.Max / 1e9, 0.02);
    }

    [Fact]
    public async Task A_removed_link_that_is_gone_and_a_doubtful_removal_either_way_are_fine()
    {
        Acknowledge("k1", "u1", "c1");
        _ledger.Acknowledged(_ledger.BeginDelete("c1"), "c1");
        Acknowledge("k2", "u2", "c2");
        _ledger.Unknown(_ledger.BeginDelete("c2"), "-100");
        Acknowledge("k3", "u3", "c3");
        _ledger.Unknown(_ledger.BeginDelete("c3"), "504");
        _codes["c3"] = [Found("c3", "u3")];

        Assert.Empty((await Judge()).All);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task Clicks_must_lie_between_what_was_seen_and_what_may_have_been(long counted, bool fine)
    {
        Acknowledge("k1", "u1", "c1");
        for (var i = 0; i < 3; i++)
            _ledger.FollowAcknowledged("c1", _time.GetTimestamp());
        _ledger.FollowUnknown("c1");
        _ledger.FollowUnknown("c1");
        _codes["c1"] = [Found("c1", "u1", counted)];

        var findings = await Judge();
        Assert.Equal(fine ? 0 : 1, findings.ClickMismatches.Count);
        Assert.Equal(fine ? LedgerVerdict.Kept : LedgerVerdict.Broken, findings.Verdict);
        Assert.Equal(LedgerVerdict.Kept, findings.LinkVerdict);
    }

    [Fact]
    public async Task Nothing_promised_and_nothing_readable_are_unknown()
    {
        Assert.Equal(LedgerVerdict.Unknown, (await Judge()).Verdict);
        Acknowledge("k1", "u1", "c1");
        Refuse("k2", "u2");
        _codes["c1"] = _keys["k1"] = _keys["k2"] = [Silent(), Silent("app2")];

        var findings = await Judge();
        Assert.Equal((2, LedgerVerdict.Unknown), (findings.NeverRead, findings.Verdict));
    }

    [Fact]
    public async Task One_silent_instance_does_not_hide_a_loss_at_another()
    {
        Acknowledge("k1", "u1", "c1");
        _codes["c1"] = [Silent(), Missing("app2")];

        await FindsOnly("lost", "c1");
    }

    [Fact]
    public async Task A_reader_that_throws_has_learned_nothing()
    {
        Acknowledge("k1", "u1", "c1");
        var findings = await LedgerJudge.ReadBackAsync(_ledger, new LinkReader((_, _) => throw new InvalidOperationException(), (_, _) => throw new InvalidOperationException()), CancellationToken.None);

        Assert.Equal((1, LedgerVerdict.Unknown), (findings.NeverRead, findings.Verdict));
    }

    [Fact]
    public void An_outcome_is_never_changed()
    {
        var intent = _ledger.BeginCreate("k", "u");
        _ledger.Refused(intent, "503");

        Assert.Throws<InvalidOperationException>(() => _ledger.Acknowledged(intent, "c"));
    }
}
