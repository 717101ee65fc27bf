namespace ChaosLab.Chaos.Tests.Verbs;

/// <summary>The launcher in a repository of its own, with a build that only notes that it ran.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Build = """
        #!/bin/sh
        case "$1" in
          --version) echo 10.0.100; exit 0 ;;
          --list-sdks) echo "8.0.100 [/somewhere]"; exit 0 ;;
        esac
        echo built >>"$ROOT/builds"
        sleep 0.3
        [ ! -e "$ROOT/broken" ] || { echo "x.cs(1,1): error CS1002: ; expected"; exit 1; }
        mkdir -p "$ROOT/artifacts/bin/Lab/release"
        printf '#!/bin/sh\necho "program $*"; echo "spin $DOTNET_ThreadPool_UnfairSemaphoreSpinLimit" >&2; exit 3\n' >"$ROOT/artifacts/bin/Lab/release/Lab"
        chmod +x "$ROOT/artifacts/bin/Lab/release/Lab"
        """;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("lab-launcher-");

    public LauncherTests()
    {
        foreach (var folder in new[] { "app", "load", "chaos/Lab", "chaos/Chaos.Tests", "bin" }) root.CreateSubdirectory(folder);
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json", "chaos/Lab/Program.cs" }) File.WriteAllText(At(file), "x");
        File.Copy(Path.Combine(LabProgram.Root, "lab"), At("lab"));
        foreach (var tool in new[] { "sh", "readlink", "dirname", "find", "mkdir", "mv", "sleep", "tail", "sed", "cut", "grep", "sort", "head", "flock", "chmod", "cat" })
            File.CreateSymbolicLink(At("bin/" + tool), new[] { "/usr/bin/", "/bin/" }.Select(folder => folder + tool).First(File.Exists));
    }

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task The_first_use_builds_and_the_second_does_not()
    {
        WithSdk();

        var first = await LabAsync("gameday", "--json", "a b");
        var second = await LabAsync("list");

        Assert.Equal("program gameday --json a b\n", first.Out);
        Assert.Equal(3, first.ExitCode);
        Assert.Contains("building", first.Error, StringComparison.Ordinal);
        Assert.Contains("spin 0", first.Error, StringComparison.Ordinal);
        Assert.Equal("program list\n", second.Out);
        Assert.DoesNotContain("building", second.Error, StringComparison.Ordinal);
        Assert.Equal(1, Builds);
    }

    [Theory]
    [InlineData("chaos/Lab/Program.cs", 2)]
    [InlineData("chaos/Lab/New.cs", 2)]
    [InlineData("Directory.Packages.props", 2)]
    [InlineData("chaos/Chaos.Tests/SomeTests.cs", 1)]
    [InlineData("chaos/README.md", 1)]
    public async Task What_the_program_is_made_of_is_built_again_when_it_changes(string file, int builds)
    {
        WithSdk();
        // Made before the first build, so that only the file itself is new after it.
        if (builds == 1) await File.WriteAllTextAsync(At(file), "old");
        await LabAsync("list");

        await File.WriteAllTextAsync(At(file), "changed");
        File.SetLastWriteTimeUtc(At(file), File.GetLastWriteTimeUtc(At("artifacts/lab-built")).AddSeconds(2));
        await LabAsync("list");

        Assert.Equal(builds, Builds);
    }

    [Fact]
    public async Task Healing_waits_for_no_build()
    {
        WithSdk();
        await LabAsync("list");
        await File.WriteAllTextAsync(At("broken"), "");
        File.SetLastWriteTimeUtc(At("chaos/Lab/Program.cs"), File.GetLastWriteTimeUtc(At("artifacts/lab-built")).AddSeconds(2));

        var healed = await LabAsync("restore");
        var other = await LabAsync("list");

        Assert.Equal("program restore\n", healed.Out);
        Assert.Equal(2, other.ExitCode);
    }

    [Fact]
    public async Task Two_first_uses_at_once_build_once()
    {
        WithSdk();

        var both = await Task.WhenAll(LabAsync("one"), LabAsync("two"));

        Assert.Equal(["program one\n", "program two\n"], both.Select(one => one.Out));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task A_broken_build_shows_its_errors_and_ends_with_2()
    {
        WithSdk();
        await File.WriteAllTextAsync(At("broken"), "");

        var ended = await LabAsync("list");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("error CS1002", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Out);
    }

    [Fact]
    public async Task Without_the_sdk_it_says_where_to_get_it()
    {
        var ended = await LabAsync("list");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("https://dotnet.microsoft.com/download", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Out);
    }

    [Fact]
    public async Task It_can_be_called_through_a_link_from_anywhere()
    {
        WithSdk();
        File.CreateSymbolicLink(At("elsewhere"), At("lab"));

        using var process = LabProgram.Start(At("elsewhere"), ["list"], Environment());
        var ended = await LabProgram.EndOfAsync(process);

        Assert.Equal("program list\n", ended.Out);
    }

    private int Builds => File.Exists(At("builds")) ? File.ReadAllLines(At("builds")).Length : 0;

    private string At(string path) => Path.Combine(root.FullName, path);

    private void WithSdk()
    {
        File.WriteAllText(At("bin/dotnet"), Build + "\n");
        File.SetUnixFileMode(At("bin/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<Ended> LabAsync(params string[] arguments)
    {
        using var process = LabProgram.Start(At("lab"), arguments, Environment());
        return await LabProgram.EndOfAsync(process);
    }

    private Dictionary<string, string?> Environment() => new()
    {
        ["PATH"] = At("bin"),
        ["HOME"] = root.FullName,
        ["ROOT"] = root.FullName,
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = null,
    };
}
