using System.Globalization;
using System.Text.RegularExpressions;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Hosts;

/// <summary>HAProxy's own account of its backends, from its Prometheus page.</summary>
internal static partial class HaproxyView
{
    // Only servers: the whole page is twenty times as long, and is asked for several times a second.
    public const string Page = "/metrics?scope=server";

    /// <summary>The servers that visitors' requests go to. Both backends, reads and creates, hold the same ones.</summary>
    public static BalancerState Parse(string page)
    {
        var names = new List<string>();
        var states = new Dictionary<string, string>();
        var counts = new Dictionary<(string Server, string Figure), long>();
        foreach (Match line in Line().Matches(page))
        {
            var (figure, server, value) = (line.Groups["figure"].Value, line.Groups["server"].Value, double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));
            if (!names.Contains(server))
                names.Add(server);
            if (figure == "status")
            {
                if (value == 1 && line.Groups["proxy"].Value == "follow")
                    states[server] = line.Groups["state"].Value switch { "UP" => "up", "DRAIN" or "NOLB" => "draining", _ => "down" };
            }
            else
            {
                counts[(server, figure)] = counts.GetValueOrDefault((server, figure)) + (long)value;
            }
        }

        return new BalancerState([.. names.Where(states.ContainsKey).Select(server => new BackendState(server, states[server],
            counts.GetValueOrDefault((server, "sessions_total")), counts.GetValueOrDefault((server, "connection_errors_total")) + counts.GetValueOrDefault((server, "response_errors_total")),
            counts.GetValueOrDefault((server, "retry_warnings_total")) + counts.GetValueOrDefault((server, "redispatch_warnings_total"))))]);
    }

    [GeneratedRegex("""^haproxy_server_(?<figure>status|sessions_total|connection_errors_total|response_errors_total|retry_warnings_total|redispatch_warnings_total)\{proxy="(?<proxy>follow|create)",server="(?<server>[^"]+)"(,state="(?<state>[^"]+)")?\} (?<value>[0-9.e+]+)$""", RegexOptions.Multiline)]
    private static partial Regex Line();
}
