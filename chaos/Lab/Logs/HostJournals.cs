using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Logs;

/// <summary>What the services of a host said, from its journal.</summary>
internal static class HostJournals
{
    /// <summary>Prints the journal as JSON. Words: begin and end in seconds since 1970 (empty: until now), then units.</summary>
    public const string Script = """
        since=$1 until=$2
        shift 2
        for unit; do set -- "$@" "--unit=$unit"; shift; done
        [ -z "$until" ] || set -- "--until=@$until" "$@"
        exec journalctl --no-pager --quiet --output=json --output-fields=MESSAGE "--since=@$since" "$@"
        """;

    /// <summary>The words for <see cref="Script"/>. Whole seconds around the window: exact ends are a matter of the filter.</summary>
    public static IReadOnlyList<string> Words(Window window, IReadOnlyList<string> units) =>
    [
        Math.Max(0, window.From.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture),
        window.To == DateTimeOffset.MaxValue ? "" : (window.To.ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture),
        .. units,
    ];

    /// <summary>Asks a host.</summary>
    public static async Task<IReadOnlyList<LogLine>> ReadAsync(HostReach host, Window window, CancellationToken stop) =>
        Read(host.Name, await new Ssh(host, null, null).RunAsync(Script, Words(window, HostSight.UnitsOf(host.Role)), stop));

    /// <summary>Reads what journalctl printed.</summary>
    public static IReadOnlyList<LogLine> Read(string host, string printed) =>
        [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(entry => Entry(host, JsonNode.Parse(entry)!))];

    private static LogLine Entry(string host, JsonNode entry)
    {
        var at = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(double.Parse((string)entry["__REALTIME_TIMESTAMP"]!, CultureInfo.InvariantCulture));
        var text = entry["MESSAGE"] switch
        {
            JsonArray bytes => Encoding.UTF8.GetString([.. bytes.Select(one => (byte)(int)one!)]), // journalctl's way to print what is no UTF-8 or holds control characters
            JsonValue said => said.ToString(),
            _ => "",
        };
        return LogLine.Read(host, text, at);
    }
}
