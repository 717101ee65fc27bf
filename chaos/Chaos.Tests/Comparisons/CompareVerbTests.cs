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
}
