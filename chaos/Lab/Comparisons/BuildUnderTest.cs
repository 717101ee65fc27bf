using System.Formats.Tar;
using System.IO.Compression;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Comparisons;

/// <summary>A build of the shortener: that of this checkout, a folder, an artefact with its checksum, or a revision that is built for the occasion.</summary>
/// <param name="Name">What it was called on the command line.</param>
/// <param name="Program">The executable.</param>
internal sealed record BuildUnderTest(string Name, string Program)
{
    /// <summary>What a build of the shortener is made of; two revisions that agree in these are the same.</summary>
    private static readonly string[] Sources = ["app/Shortener", "Directory.Build.props", "Directory.Packages.props", "global.json", ".config"];
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(10);

    /// <summary>Finds or makes it.</summary>
    /// <param name="what">A folder, a <c>.tar.gz</c>, or a revision of the repository.</param>
    /// <param name="places">Where things are.</param>
    /// <param name="scratch">A folder that is removed afterwards.</param>
    /// <param name="progress">Told what takes long.</param>
    /// <param name="stop">Ends a build early.</param>
    /// <exception cref="InvalidDataException">There is no such build; the message says what to do.</exception>
    public static async Task<BuildUnderTest> FindAsync(string what, Places places, string scratch, Action<string> progress, CancellationToken stop)
    {
        if (Directory.Exists(what)) return InFolder(what, what);
        if (File.Exists(what)) return await UnpackAsync(what, scratch, stop);
        return await BuildAsync(what, places, scratch, progress, stop);
    }

    /// <summary>Whether this checkout holds the same sources as a revision, so that there is nothing to compare.</summary>
    /// <param name="revision">A revision.</param>
    /// <param name="places">Where things are.</param>
    /// <param name="stop">Ends it early.</param>
    public static async Task<bool> IsCheckedOutAsync(string revision, Places places, CancellationToken stop) =>
        await IsRevisionAsync(revision, places, stop)
        && (await GitAsync(places, ["diff", "--quiet", revision, "--", .. Sources], stop)).ExitCode == 0
        && (await GitAsync(places, ["ls-files", "--others", "--exclude-standard", "--", .. Sources], stop)).Output.Trim().Length == 0;

    private static BuildUnderTest InFolder(string name, string folder) => Path.GetFullPath(Path.Combine(folder, "Shortener")) is var program && File.Exists(program)
        ? new BuildUnderTest(name, program)
        : throw new InvalidDataException($"{folder} holds no program \"Shortener\": give the folder of a build, such as artifacts/bin/Shortener/release");

    private static async Task<BuildUnderTest> UnpackAsync(string artefact, string scratch, CancellationToken stop)
    {
        var sum = artefact + ".sha256";
        if (!File.Exists(sum)) throw new InvalidDataException($"{sum} is missing: an artefact without its checksum is not trusted; make it with ansible/artefact");
        await using (var stream = File.OpenRead(artefact))
        {
            var is256 = Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(stream, stop));
            if (!(await File.ReadAllTextAsync(sum, stop)).StartsWith(is256, StringComparison.Ordinal)) throw new InvalidDataException($"{artefact} does not match its checksum: make it again with ansible/artefact");
        }

        var folder = Directory.CreateDirectory(Path.Combine(scratch, Guid.NewGuid().ToString("n"))).FullName;
        await using var packed = new GZipStream(File.OpenRead(artefact), CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(packed, folder, overwriteFiles: false, stop);
        return InFolder(artefact, folder);
    }

    private static async Task<BuildUnderTest> BuildAsync(string revision, Places places, string scratch, Action<string> progress, CancellationToken stop)
    {
        if (!await IsRevisionAsync(revision, places, stop))
            throw new InvalidDataException($"{revision} is neither a folder, nor an artefact, nor a revision of this repository (a shallow clone has no history: fetch it)");
        progress($"building the shortener of {revision} ...");
        var folder = Directory.CreateDirectory(Path.Combine(scratch, Guid.NewGuid().ToString("n"))).FullName;
        var tar = Path.Combine(scratch, "sources.tar");
        var packed = await GitAsync(places, ["archive", "--output", tar, revision, "--", .. Sources], stop);
        if (packed.ExitCode != 0) throw new InvalidDataException($"the sources of {revision} cannot be read: {packed.Errors.Trim()}");
        await TarFile.ExtractToDirectoryAsync(tar, folder, overwriteFiles: false, stop);
        var output = Path.Combine(folder, "build");
        var built = await LocalCommand.RunAsync(
            ["dotnet", "build", Path.Combine(folder, "app", "Shortener"), "-c", "Release", "-v", "quiet", "-nologo", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-o", output], null, null, BuildLimit, null, stop);
        if (built.ExitCode != 0) throw new InvalidDataException($"the shortener of {revision} does not build:{Environment.NewLine}{built.Output.Trim()}");
        return InFolder(revision, output);
    }

    private static async Task<bool> IsRevisionAsync(string text, Places places, CancellationToken stop) =>
        !text.StartsWith('-') && (await GitAsync(places, ["rev-parse", "--verify", "--quiet", text + "^{commit}"], stop)).ExitCode == 0;

    private static Task<CommandAnswer> GitAsync(Places places, IReadOnlyList<string> words, CancellationToken stop) =>
        LocalCommand.RunAsync(["git", "-C", places.Root, .. words], null, null, TimeSpan.FromMinutes(1), null, stop);
}
