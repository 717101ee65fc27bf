using System.Text.Json;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;
using Spectre.Console;

namespace ChaosLab.Lab.Hosts;

/// <summary>How the lab is, as <c>ansible/status</c> tells it.</summary>
/// <param name="Json">Its answer as it is.</param>
/// <param name="Healthy">Whether every host is well.</param>
internal sealed record LabStatus(string Json, bool Healthy)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <exception cref="LabRefusedException">It could not look.</exception>
    public static async Task<LabStatus> ReadAsync(string ansibleFolder, string inventory, string state, CancellationToken stop)
    {
        var answer = await LocalCommand.RunAsync([Path.Combine(ansibleFolder, "status"), "-i", inventory], null, Ansible.Variables(ansibleFolder, state), Limit, null, stop);
        return answer.ExitCode is 0 or 1 && answer.Output.TrimStart().StartsWith('{')
            ? new LabStatus(answer.Output, answer.ExitCode == 0)
            : throw new LabRefusedException($"the hosts of {inventory} could not be looked at: {answer.LastWords}");
    }

    /// <summary>One table.</summary>
    public void Print(IAnsiConsole console)
    {
        using var document = JsonDocument.Parse(Json);
        var root = document.RootElement;
        var table = new Table().Border(TableBorder.Simple).AddColumns("host", "address", "role", "part", "version", "services", "health");
        foreach (var host in root.GetProperty("hosts").EnumerateArray())
        {
            table.AddRow(
                new Text(Word(host, "name")), new Text(Word(host, "address")), new Text(Word(host, "role")), new Text(PartOf(host)),
                new Text(host.TryGetProperty("shortener", out var shortener) ? Word(shortener, "version") : ""), new Text(ServicesOf(host)), new Text(HealthOf(host)));
        }

        console.Write(table);
        console.WriteLine($"primary: {List(root.GetProperty("primaries"))}   shared address {Word(root.GetProperty("vip"), "address")}: {List(root.GetProperty("vip").GetProperty("holders"))}   " +
            $"version: {List(root.GetProperty("versions"))}   {(Healthy ? "all healthy" : "NOT healthy")}");
    }

    private static string PartOf(JsonElement host)
    {
        var parts = new List<string>();
        if (host.TryGetProperty("database", out var database))
            parts.Add(Word(database, "role") switch { "primary" => $"primary, timeline {Word(database, "timeline")}", var role => database.TryGetProperty("sync_standby", out var sync) && sync.ValueKind == JsonValueKind.True ? "sync standby" : role });
        if (host.TryGetProperty("holdsVip", out var holds) && holds.ValueKind == JsonValueKind.True)
            parts.Add("shared address");
        return string.Join(", ", parts);
    }

    private static string ServicesOf(JsonElement host) => !host.TryGetProperty("services", out var services) ? "" :
        services.EnumerateObject().Where(service => service.Value.GetString() != "active").Select(service => $"{service.Name} {service.Value}").ToList() is { Count: > 0 } ill
            ? string.Join(", ", ill)
            : $"{services.EnumerateObject().Count()} active";

    private static string HealthOf(JsonElement host) =>
        host.GetProperty("reachable").GetBoolean() ? host.GetProperty("healthy").GetBoolean() ? "healthy" : "ill" : "unreachable";

    private static string Word(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";

    private static string List(JsonElement names) => string.Join(", ", names.EnumerateArray().Select(name => name.GetString())) is { Length: > 0 } all ? all : "none";
}
