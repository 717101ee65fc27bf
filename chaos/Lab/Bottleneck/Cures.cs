using System.Text.RegularExpressions;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Cures of a database that are no change of a capacity.</summary>
internal static partial class Cures
{
    /// <summary>Name of the index that a hunt makes and removes.</summary>
    public const string IndexName = "lab_cure";

    /// <summary>The column that a statement looks for, as in <c>… WHERE code = $1</c>; null when it does not look for one column.</summary>
    public static string? ColumnOf(string statement) => Condition().Match(statement) is { Success: true } match ? match.Groups["column"].Value : null;

    [GeneratedRegex(@"\bWHERE\s+(?<column>[a-z_]+)\s*=\s*\$\d+\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Condition();

    /// <summary>An index that goes again.</summary>
    internal sealed class Index(DatabaseView database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await database.ExecuteAsync($"DROP INDEX IF EXISTS {IndexName}", CancellationToken.None);
    }
}
