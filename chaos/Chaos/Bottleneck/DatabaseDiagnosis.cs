using System.Globalization;

namespace ChaosLab.Chaos.Bottleneck;

/// <summary>What helps.</summary>
public enum Cure
{
    /// <summary>One notch more of the same.</summary>
    More,

    /// <summary>An index for the statement that scans.</summary>
    Index,

    /// <summary>Reading from the primary.</summary>
    ReadPrimary,
}

/// <summary>Names what is wrong with a part of a database, by the database's own figures. A pure function: whoever has the record can draw it again.</summary>
/// <param name="Word">The word of <c>--guess</c>.</param>
/// <param name="Says">The part as people call it.</param>
/// <param name="Because">The figures.</param>
/// <param name="Cure">What helps.</param>
/// <param name="Does">The cure in words.</param>
public sealed record DatabaseDiagnosis(string Word, string Says, string Because, Cure Cure, string Does)
{
    /// <summary>Rows of one scan from which on it is no look-up any more.</summary>
    public const double ManyRows = 1000;

    /// <summary>Share of the heaviest statement's calls that must scan.</summary>
    public const double MostCalls = 0.5;

    /// <summary>Mean number of backends at a lock from which on it is a queue.</summary>
    public const double Queue = 0.5;

    /// <summary>Diagnoses a component; null when it is no part of a database, or the database was not asked.</summary>
    public static DatabaseDiagnosis? Of(ComponentKind kind, DatabaseSight? sight) => (kind, sight) switch
    {
        (ComponentKind.Row, { LockWaiters: >= Queue }) => new("hot-row", $"one hot row on {sight.Server}",
            Say($"row lock waits: {sight.LockWaiters:0.0} backends wait for a transaction that holds the row ({Events(sight)})"), Cure.More, "the same total spread over more rows"),
        (ComponentKind.Row, not null) => new("row", $"the update of the total on {sight.Server}",
            Say($"but hardly a backend waits for a row lock ({sight.LockWaiters:0.0}), so the wait is elsewhere in the update ({Events(sight)})"), Cure.More, "the same total spread over more rows"),
        (ComponentKind.Database, { IsStandby: true }) => new("slow-replica", $"the replica {sight.Server}",
            Say($"it answers the look-ups: {Statement(sight)}{Scan(sight)}"), Cure.ReadPrimary, "reading from the primary"),
        (ComponentKind.Database, not null) when Scans(sight) => new("missing-index", $"a missing index on {sight.Scanned!.Table} of {sight.Server}",
            Say($"{Statement(sight)}{Scan(sight)}"), Cure.Index, $"an index for it"),
        (ComponentKind.Database, not null) => new("database", $"the processor of {sight.Server}", Say($"{Statement(sight)}{Scan(sight)}"), Cure.More, "one notch more of its processor"),
        _ => null,
    };

    private static bool Scans(DatabaseSight sight) => sight is { Scanned: { Rows: >= ManyRows } scan, Heaviest: { } heaviest } && scan.Scans >= MostCalls * heaviest.Calls;

    private static string Statement(DatabaseSight sight) => sight.Heaviest is { } heaviest
        ? Say($"{heaviest.Share:0 %} of its time are {heaviest.Calls:0} calls/s of “{Short(heaviest.Text)}”, {heaviest.Seconds * 1000:0.0} ms each")
        : "no statement was seen";

    private static string Scan(DatabaseSight sight) => sight.Scanned is { Rows: >= ManyRows } scan
        ? Say($"; {scan.Scans:0} sequential scans/s of {scan.Table} read {scan.Rows:0} rows each")
        : "";

    private static string Events(DatabaseSight sight) => sight.Waits.Count == 0 ? "no waits seen" : string.Join(", ", sight.Waits.OrderByDescending(wait => wait.Value).Take(3).Select(wait => Say($"{wait.Key} {wait.Value:0.0}")));

    private static string Short(string text)
    {
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return words.Length > 100 ? words[..48] + " … " + words[^48..] : words;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
