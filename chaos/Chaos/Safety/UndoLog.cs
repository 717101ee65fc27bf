using System.Globalization;
using System.Text.Json;

namespace ChaosLab.Chaos.Safety;

/// <summary>
/// What must be undone, one file per entry, on disk before the thing is done. Executed entries are renamed, never
/// deleted. Any process may read it: runner, guardian, or <c>lab restore</c> after a reboot.
/// </summary>
public sealed class UndoLog
{
    private const string Pending = ".json";
    private const string Executed = ".executed";

    /// <summary>Opens the log of a state root, making its folder.</summary>
    public UndoLog(string stateRoot)
    {
        Folder = Path.Combine(stateRoot, "undo");
        Directory.CreateDirectory(Folder);
    }

    /// <summary>Folder of the entries.</summary>
    public string Folder { get; }

    /// <summary>Writes an entry and flushes it to the disk. Only after this returns may the thing be done.</summary>
    public void Write(UndoEntry entry) => DurableFile.Write(PathOf(entry, Pending), JsonSerializer.Serialize(entry, UndoJson.Options));

    /// <summary>Marks an entry executed. Safe to call twice, also by two processes at once: when everything is told to stop, runner and guardian heal together.</summary>
    public void MarkExecuted(UndoEntry entry)
    {
        var pending = PathOf(entry, Pending);
        try
        {
            if (File.Exists(pending))
                DurableFile.Rename(pending, PathOf(entry, Executed));
        }
        catch (FileNotFoundException)
        {
            // The other one was faster.
        }
    }

    /// <summary>Entries not executed, newest first; of one lab when given.</summary>
    /// <exception cref="InvalidDataException">An entry cannot be read: a person must look at it.</exception>
    public IReadOnlyList<UndoEntry> ReadPending(string? lab = null) =>
        [.. Directory.GetFiles(Folder, "*" + Pending)
            .Select(Read)
            .OfType<UndoEntry>()
            .Where(entry => lab is null || entry.Lab == lab)
            .OrderByDescending(entry => entry.WrittenAt).ThenByDescending(entry => entry.Sequence)];

    private string PathOf(UndoEntry entry, string ending) =>
        Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{entry.Lab}.{entry.Sequence:D4}.{entry.Id}{ending}"));

    // Null when somebody else has executed it since the folder was listed.
    private static UndoEntry? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<UndoEntry>(File.ReadAllText(path), UndoJson.Options) ?? throw new JsonException("empty");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path} is no undo entry ({broken.Message}). Heal by hand what its name says, then remove it.", broken);
        }
    }
}

/// <summary>One thing to undo.</summary>
public sealed record UndoEntry
{
    /// <summary>Unique within the lab; part of the file name.</summary>
    public required string Id { get; init; }
    /// <summary>Lab it belongs to.</summary>
    public required string Lab { get; init; }
    /// <summary>Order within the lab, from 0 (the lab itself).</summary>
    public required int Sequence { get; init; }
    /// <summary>Run that wrote it.</summary>
    public string Run { get; init; } = "";
    /// <summary>Host it is about; empty for the lab itself.</summary>
    public string Host { get; init; } = "";
    /// <summary>What will be done to the host, such as <c>pause-process</c>.</summary>
    public string Cause { get; init; } = "";
    /// <summary>The undo.</summary>
    public required UndoAction Action { get; init; }
    /// <summary>What the target looked like before: what must be true again.</summary>
    public string Fingerprint { get; init; } = "";
    /// <summary>When it was written.</summary>
    public required DateTimeOffset WrittenAt { get; init; }
    /// <summary>When it should have been executed at the latest.</summary>
    public DateTimeOffset? Deadline { get; init; }
}

/// <summary>How undo entries and launch files are written.</summary>
internal static class UndoJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
