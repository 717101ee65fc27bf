using System.Text.Json;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Load.Tests.Ledgers;

public class LedgerFileTests
{
    private static List<JsonElement> Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_intent_is_in_the_file_before_the_outcome_is_known(bool flush)
    {
        using var folder = new Runs.Folder();
        using var ledger = new Ledger(TimeProvider.System, folder.File("ledger.jsonl"), flush);
        var intent = ledger.BeginCreate("k\"1", "https://example.com/é?a=1&b=2");

        var written = Lines(folder.File("ledger.jsonl"))[1];
        Assert.Equal(("create", "k\"1", "https://example.com/é?a=1&b=2"), (written.GetProperty("op").GetString(), written.GetProperty("key").GetString(), written.GetProperty("url").GetString()));

        ledger.Acknowledged(intent, "abc");
        ledger.Unknown(ledger.BeginDelete("abc"), "-100");
        ledger.FollowAcknowledged("abc", TimeProvider.System.GetTimestamp(), attempts: 3);
        ledger.Dispose();
        var lines = Lines(folder.File("ledger.jsonl"));
        Assert.Equal(6, lines.Count);
        Assert.Equal(ledger.RunId, lines[0].GetProperty("ledger").GetString());
        Assert.Equal(("acknowledged", "abc"), (lines[2].GetProperty("outcome").GetString(), lines[2].GetProperty("code").GetString()));
        Assert.Equal(("unknown", "-100"), (lines[4].GetProperty("outcome").GetString(), lines[4].GetProperty("reason").GetString()));
        Assert.Equal(("abc", 1, 2), (lines[5].GetProperty("clicks").GetString(), lines[5].GetProperty("acknowledged").GetInt32(), lines[5].GetProperty("unknown").GetInt32()));
    }

    [Fact]
    public void Writes_from_many_threads_are_whole_lines()
    {
        using var folder = new Runs.Folder();
        using (var ledger = new Ledger(TimeProvider.System, folder.File("ledger.jsonl")))
            Parallel.For(0, 500, i => ledger.Acknowledged(ledger.BeginCreate($"k{i}", "u"), $"c{i}"));

        Assert.Equal(1_001, Lines(folder.File("ledger.jsonl")).Count);
    }

    [Fact]
    public void A_ledger_never_overwrites_another()
    {
        using var folder = new Runs.Folder();
        using var one = new Ledger(TimeProvider.System, folder.File("ledger.jsonl"));

        Assert.Throws<IOException>(() => new Ledger(TimeProvider.System, folder.File("ledger.jsonl")));
    }
}
