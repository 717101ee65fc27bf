using System.Text.RegularExpressions;
using ChaosLab.Chaos.Tests.Verbs;

namespace ChaosLab.Chaos.Tests.Documents;

/// <summary>What the READMEs name must exist: files, verbs, flags.</summary>
public partial class ReadmeTests
{
    private static readonly string[] Folders = ["app", "load", "chaos", "ansible", "jenkins", ".ci", ".config"];

    public static TheoryData<string> Readmes() => new(
        Directory.EnumerateFiles(LabProgram.Root, "README.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(LabProgram.Root, path))
            .Where(path => !path.StartsWith("artifacts", StringComparison.Ordinal) && !path.Contains("node_modules", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    [Fact]
    public void The_root_and_every_top_folder_have_a_README()
    {
        var missing = Folders.Where(folder => !folder.StartsWith('.') && Directory.Exists(Path.Combine(LabProgram.Root, folder))).Append("")
            .Where(folder => !File.Exists(Path.Combine(LabProgram.Root, folder, "README.md")));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Readmes))]
    public void Every_file_that_a_README_names_exists(string readme)
    {
        var text = File.ReadAllText(Path.Combine(LabProgram.Root, readme));
        var here = Path.GetDirectoryName(Path.Combine(LabProgram.Root, readme))!;

        var linked = Link().Matches(text).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Select(target => Path.Combine(here, target.Split('#')[0]));
        var named = Named().Matches(text).Select(match => match.Value.TrimEnd('.', ',', '/'))
            .Where(path => !path.Contains("FILE", StringComparison.Ordinal))
            .Select(path => Path.Combine(LabProgram.Root, path));

        Assert.Empty(linked.Concat(named).Where(path => !Exists(path)).Distinct());
    }

    [Fact]
    public async Task Every_command_that_a_README_shows_exists_with_its_flags()
    {
        using var lab = new LabProgram();
        var wrong = new List<string>();
        var help = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string readme in Readmes().Select(row => row.Data))
        {
            foreach (Match command in Command().Matches(await File.ReadAllTextAsync(Path.Combine(LabProgram.Root, readme))))
            {
                var verb = command.Groups[1].Value;
                if (verb == "test") continue; // the launcher's own, see .ci/test
                if (!help.TryGetValue(verb, out var text))
                {
                    var ended = await lab.RunAsync(verb, "--help");
                    help[verb] = text = ended.ExitCode == 0 && ended.Out.Contains($"lab {verb}", StringComparison.Ordinal) ? ended.Out : "";
                }

                if (text.Length == 0) wrong.Add($"{readme}: there is no `./lab {verb}`");
                wrong.AddRange(Flag().Matches(command.Groups[2].Value).Select(flag => flag.Value)
                    .Where(flag => !text.Contains(flag, StringComparison.Ordinal)).Select(flag => $"{readme}: `./lab {verb}` has no {flag}"));
            }
        }

        Assert.Empty(wrong);
        Assert.NotEmpty(help);
    }

    private static bool Exists(string path)
    {
        if (!path.Contains('*', StringComparison.Ordinal)) return File.Exists(path) || Directory.Exists(path);
        var folder = Path.GetDirectoryName(path)!;
        return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder, Path.GetFileName(path)).Any();
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")] private static partial Regex Link();

    // A path from the root of the repository, as the READMEs write it in code.
    [GeneratedRegex(@"(?<=[`\s(])(?:app|load|chaos|ansible|jenkins|\.ci|\.config)/[A-Za-z0-9_./*-]+")] private static partial Regex Named();

    [GeneratedRegex(@"\./lab ([a-z]+)([^\n`#|]*)")] private static partial Regex Command();

    [GeneratedRegex(@"--[a-z][a-z-]+")] private static partial Regex Flag();
}
