using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Verbs;

namespace ChaosLab.Chaos.Tests.Comparisons;

public sealed class CompareVerbTests
{
    [Theory]
    [InlineData("neither a folder, nor an artefact, nor a revision", "no-such-revision")]
    [InlineData("neither a folder, nor an artefact, nor a revision", "HEAD", "no-such-revision")]
    [InlineData("holds no program \"Shortener\"", "{folder}")]
    [InlineData("an artefact without its checksum is not trusted", "{folder}/naked.tar.gz")]
    [InlineData("does not match its checksum", "{folder}/changed.tar.gz")]
    [InlineData("--must-detect must be above --tolerance", "HEAD", "--tolerance", "20", "--must-detect", "20")]
    [InlineData("--tolerance must be 0 to 1000", "HEAD", "--tolerance", "-1")]
    public async Task A_build_that_is_none_is_named_with_its_remedy(string says, params string[] words)
    {
        using var lab = new LabProgram();
        lab.File("naked.tar.gz", "no artefact");
        lab.File("changed.tar.gz", "not what it was");
        lab.File("changed.tar.gz.sha256", new string('0', 64) + "  changed.tar.gz\n");

        var answer = await lab.RunAsync(["compare", .. words.Select(word => word.Replace("{folder}", lab.Folder, StringComparison.Ordinal))]);

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(says, answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
    }

    [Fact]
    public async Task Stopped_it_judges_nothing_and_speaks_of_no_healing()
    {
        using var lab = new LabProgram();
        var build = Path.GetFullPath(Path.Combine(LabProgram.Path, "..", "..", "..", "Shortener", "release"));
        using var process = lab.Start("compare", build, build);
        var said = "";
        while (!said.Contains("warming up", StringComparison.Ordinal))
            said += await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3)) ?? throw new InvalidOperationException("it ended and said: " + said);

        Signals.Send(process.Id, Signals.Terminate);
        var ended = await LabProgram.EndOfAsync(process);

        Assert.Equal(5, ended.ExitCode);
        Assert.Empty(ended.Out);
        Assert.Contains("stopping.", ended.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was judged", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("heal", ended.Error, StringComparison.Ordinal);
    }
}
