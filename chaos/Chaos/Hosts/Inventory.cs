using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>An Ansible inventory, read by Ansible itself, so that INI, YAML, folders and plugins all count.</summary>
/// <param name="Path">Path as given to Ansible.</param>
/// <param name="Groups">Hosts of each of the groups <c>lb app db obs</c>, in the inventory's order.</param>
/// <param name="Addresses"><c>ansible_host</c> of each host; empty: not given.</param>
public sealed record Inventory(string Path, IReadOnlyDictionary<string, IReadOnlyList<string>> Groups, IReadOnlyDictionary<string, string> Addresses)
{
    /// <summary>The groups that a lab is made of.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["lb", "app", "db", "obs"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The path that a word of <c>--on</c> means: a path, or a folder below <c>ansible/inventories</c>.</summary>
    public static string PathOf(string word, string ansibleFolder)
    {
        var shipped = System.IO.Path.Combine(ansibleFolder, "inventories", word);
        return !File.Exists(word) && !Directory.Exists(word) && Directory.Exists(shipped) ? shipped : System.IO.Path.GetFullPath(word);
    }

    /// <summary>Reads it and tells everything that is wrong with it, at once.</summary>
    /// <exception cref="LabRefusedException">It is missing, is no inventory, or lacks what a lab needs.</exception>
    public static async Task<Inventory> ReadAsync(string path, string ansibleFolder, CancellationToken stop)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            var all = new DirectoryInfo(System.IO.Path.Combine(ansibleFolder, "inventories"));
            var shipped = all.Exists ? all.GetDirectories().Select(folder => folder.Name).Order() : Enumerable.Empty<string>();
            throw new LabRefusedException($"there is no inventory {path}: name a file or folder, or one of {string.Join(", ", shipped)}");
        }

        var answer = await Ansible.RunAsync(ansibleFolder, ["ansible-inventory", "-i", path, "--list", "--export"], Limit, null, stop);
        if (answer.ExitCode != 0)
            throw new LabRefusedException($"{path} is no inventory: {answer.LastWords}");
        Inventory inventory;
        try
        {
            inventory = Parse(path, answer.Output);
        }
        catch (JsonException broken)
        {
            throw new LabRefusedException($"{path} is no inventory: {broken.Message}", broken);
        }

        // What Ansible could not parse it only warns of, and then shows a lab without hosts.
        var problems = inventory.Problems();
        if (problems.Count > 0 && answer.Errors.Contains("Unable to parse", StringComparison.Ordinal))
            throw new LabRefusedException($"{path} is no inventory: {answer.LastWords}");
        return problems.Count == 0 ? inventory : throw new LabRefusedException($"the inventory {path} cannot be a lab:\n  - {string.Join("\n  - ", problems)}");
    }

    /// <summary>From the JSON of <c>ansible-inventory --list --export</c>.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Inventory Parse(string path, string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("not an object");
        var groups = Roles.ToDictionary(role => role, role => (IReadOnlyList<string>)[.. HostsOf(root, role, [])]);
        var variables = root.TryGetProperty("_meta", out var meta) && meta.TryGetProperty("hostvars", out var of) ? of : default;
        var addresses = groups.Values.SelectMany(hosts => hosts).Distinct().ToDictionary(host => host, host =>
            variables.ValueKind == JsonValueKind.Object && variables.TryGetProperty(host, out var own) && own.TryGetProperty("ansible_host", out var address) ? address.ToString() : "");
        return new Inventory(path, groups, addresses);
    }

    /// <summary>Everything that keeps it from being a lab; empty when nothing does.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        foreach (var role in Roles.Where(role => Groups[role].Count == 0))
            problems.Add($"group `{role}` has no hosts: name at least one");
        if (Groups["db"].Count > 0 && Groups["db"].Count % 2 == 0)
            problems.Add($"group `db` has {Groups["db"].Count} hosts: make it an odd number, so that a majority exists when one is lost");
        foreach (var (host, address) in Addresses.Where(pair => !IPAddress.TryParse(pair.Value, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork))
            problems.Add($"{host}: ansible_host is {(address.Length == 0 ? "missing" : $"`{address}`")}: write its IPv4 address");
        foreach (var twice in Addresses.Where(pair => pair.Value.Length > 0).GroupBy(pair => pair.Value).Where(same => same.Count() > 1))
            problems.Add($"{string.Join(" and ", twice.Select(pair => pair.Key))} have the same address {twice.Key}");
        foreach (var twice in Groups.SelectMany(group => group.Value.Select(host => (host, group.Key))).GroupBy(pair => pair.host).Where(same => same.Count() > 1))
            problems.Add($"{twice.Key} is in the groups {string.Join(" and ", twice.Select(pair => pair.Key))}: a host has one role");
        return problems;
    }

    private static IEnumerable<string> HostsOf(JsonElement root, string group, HashSet<string> seen)
    {
        if (!seen.Add(group) || !root.TryGetProperty(group, out var known) || known.ValueKind != JsonValueKind.Object)
            yield break;
        if (known.TryGetProperty("hosts", out var hosts))
            foreach (var host in hosts.EnumerateArray())
                yield return host.GetString()!;
        if (known.TryGetProperty("children", out var children))
            foreach (var child in children.EnumerateArray())
                foreach (var host in HostsOf(root, child.GetString()!, seen))
                    yield return host;
    }
}
