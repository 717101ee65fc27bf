using System.IO.Compression;
using System.Text.Json;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using static ChaosLab.Chaos.Tests.Judging.Traffic;

namespace ChaosLab.Chaos.Tests.Journals;

public class JournalTests
{
    private static RunEvent Event(string text) => new(DateTimeOffset.UnixEpoch, S(1.5), RunEvents.Note, "app1", text);

    [Fact]
    public void Every_line_can_be_read_as_soon_as_it_is_written()
    {
        using var folder = new Folder();
        using var journal = new Journal(folder.File("journal.jsonl"), new Redaction([]));

        journal.Write(Event("first"));
        using var reader = new StreamReader(new FileStream(folder.File("journal.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var line = JsonDocument.Parse(reader.ReadLine()!).RootElement;

        Assert.Equal("first", line.GetProperty("text").GetString());
        Assert.Equal(1.5, line.GetProperty("offset").GetDouble());
        Assert.Equal("note", line.GetProperty("kind").GetString());
    }

    [Fact]
    public void Opening_again_appends()
    {
        using var folder = new Folder();
        for (var run = 0; run < 2; run++)
        {
            using var journal = new Journal(folder.File("journal.jsonl"), new Redaction([]));
            journal.Write(Event($"run {run}"));
        }

        Assert.Equal(2, File.ReadAllLines(folder.File("journal.jsonl")).Length);
    }

    [Theory]
    [InlineData("the value 0123456789abcdef leaked", "the value [secret] leaked")]
    [InlineData("Admin__Token=hunter22", "Admin__Token=[secret]")]
    [InlineData("Authorization: Bearer eyJhbGciOi", "Authorization: Bearer [secret]")]
    [InlineData("""{"password":"pa55word"}""", """{"password":"[secret]"}""")]
    [InlineData("Host=db;Password=geheim;Port=5432", "Host=db;Password=[secret];Port=5432")]
    [InlineData("nothing to hide", "nothing to hide")]
    public void Secrets_are_taken_out(string text, string expected) =>
        Assert.Equal(expected, new Redaction(["0123456789abcdef", "no"]).Of(text));

    [Fact]
    public void A_result_reads_back_as_it_was_written()
    {
        var result = new ExperimentResult
        {
            Id = "x",
            RunId = "r",
            Title = "t",
            File = "x.yaml",
            Verdict = Verdict.UndoFailed,
            Reason = "why",
            Seed = 7,
            Topology = "embedded",
            StartedAt = DateTimeOffset.UnixEpoch,
            Duration = S(1.25),
            Expectations = [new ExpectationResult("line", "expect", "<= 1", "2", Judgement.Violated, "run", 3, null, null, 4)],
            Timeline = [new TimelinePoint(0, 10, 9, 1, S(0.005), S(0.05))],
        };

        var text = JsonSerializer.Serialize(result, ResultJson.Options);
        var back = JsonSerializer.Deserialize<ExperimentResult>(text, ResultJson.Options)!;

        Assert.Contains("\"verdict\": \"undo-failed\"", text, StringComparison.Ordinal);
        Assert.Contains("\"duration\": 1.25", text, StringComparison.Ordinal);
        Assert.Equal(result.Verdict, back.Verdict);
        Assert.Equal(result.Duration, back.Duration);
        Assert.Equal(result.Expectations, back.Expectations);
        Assert.Equal(result.Timeline, back.Timeline);
    }

    [Fact]
    public void Samples_are_kept_as_compressed_lines()
    {
        using var folder = new Folder();

        SampleFile.Write(folder.File("samples.csv.gz"), Of(S(1), 3, at => at == TimeSpan.Zero));

        using var reader = new StreamReader(new GZipStream(File.OpenRead(folder.File("samples.csv.gz")), CompressionMode.Decompress));
        var lines = reader.ReadToEnd().TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal("redirect,0,0,0.005,1,302,,,", lines[1]);
        Assert.Contains(",0,503,", lines[2], StringComparison.Ordinal);
    }
}
