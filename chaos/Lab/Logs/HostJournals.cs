using System.Globalization;
using System.Text;
using System.Text.Json;
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
        # Without --all a line of more than 4096 bytes comes as null.
        exec journalctl --no-pager --quiet --all --output=json --output-fields=MESSAGE "--since=@$since" "$@"
        """;

    /// <summary>The services of a host of a role whose lines are read. HAProxy's own come by syslog's socket, and the journal files them under its unit.</summary>
    public static IReadOnlyList<string> UnitsOf(string role) =>
        role == "obs" ? [.. HostSight.UnitsOf(role), "prometheus-alertmanager", "prometheus-blackbox-exporter"] : HostSight.UnitsOf(role);

    /// <summary>The words for <see cref="Script"/>. Whole seconds around the window: exact ends are a matter of the filter.</summary>
    public static IReadOnlyList<string> Words(Window window, IReadOnlyList<string> units) =>
    [
        Math.Max(0, window.From.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture),
        window.To == DateTimeOffset.MaxValue ? "" : (window.To.ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture),
        .. units,
    ];

    /// <summary>Asks hosts, all at once.</summary>
    /// <returns>The lines of those that answered, host by host, and of each other one a sentence that names it and says why it did not.</returns>
    public static async Task<(IReadOnlyList<LogLine> Lines, IReadOnlyList<string> Silent)> ReadAsync(IReadOnlyList<HostReach> hosts, Window window, CancellationToken stop)
    {
        var answers = await Task.WhenAll(hosts.Select(host => AskAsync(host, window, stop)));
        return ([.. answers.SelectMany(one => one.Lines)], [.. answers.Select(one => one.Why).OfType<string>()]);
    }

    private static async Task<(IReadOnlyList<LogLine> Lines, string? Why)> AskAsync(HostReach host, Window window, CancellationToken stop)
    {
        try
        {
            return (Read(host.Name, await new Ssh(host, null, null).RunAsync(Script, Words(window, UnitsOf(host.Role)), stop)), null);
        }
        catch (Exception silent) when (silent is HostUnreachableException or InvalidOperationException)
        {
            return ([], silent.Message.TrimEnd('.', '\n')); // both name the host
        }
        catch (JsonException broken)
        {
            return ([], $"{host.Name}: its journal broke off: {broken.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Reads what journalctl printed.</summary>
    public static IReadOnlyList<LogLine> Read(string host, string printed) =>
        [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(entry => Entry(host, JsonNode.Parse(entry)!))];

    private static LogLine Entry(string host, JsonNode entry)
    {
        var at = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(double.Parse((string)entry["__REALTIME_TIMESTAMP"]!, CultureInfo.InvariantCulture));
        return LogLine.Read(host, Said(entry["MESSAGE"]), at);
    }

    private static string Said(JsonNode? message) => message switch
    {
        // journalctl's way to print what is no UTF-8 or holds control characters
        JsonArray { Count: > 0 } bytes when bytes.All(one => one?.GetValueKind() == JsonValueKind.Number) => Encoding.UTF8.GetString([.. bytes.Select(one => (byte)(int)one!)]),
        // … and what was said several times in one entry
        JsonArray several => string.Join('\n', several.Select(Said)),
        JsonValue said => said.ToString(),
        _ => "",
    };
}
