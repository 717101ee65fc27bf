using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChaosLab.Chaos.Hosts;

/// <summary>How the hosts of an inventory and what runs on them are reached; what <c>ansible/playbooks/reach.yml</c> writes. Holds secrets.</summary>
public sealed record LabReach
{
    /// <summary>Every host.</summary>
    public required IReadOnlyList<HostReach> Hosts { get; init; }
    /// <summary>Address that whichever balancer is active holds; empty: there is none.</summary>
    public string Vip { get; init; } = "";
    /// <summary>File of the authority that signed the public certificate; empty: one that this machine trusts.</summary>
    public string CertificateAuthority { get; init; } = "";
    /// <summary>Public port of an instance.</summary>
    public int PublicPort { get; init; }
    /// <summary>Admin port of an instance.</summary>
    public int AdminPort { get; init; }
    /// <summary>Its bearer token.</summary>
    public string AdminToken { get; init; } = "";
    /// <summary>Port of the balancer's own figures.</summary>
    public int BalancerStatusPort { get; init; }
    /// <summary>Port of Patroni's API.</summary>
    public int DatabaseApiPort { get; init; }
    /// <summary>The application's role and database.</summary>
    public string DatabaseUser { get; init; } = "";
    /// <summary>Its password.</summary>
    public string DatabasePassword { get; init; } = "";

    /// <summary>Secrets, for redaction.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Secrets => [.. ((string[])[AdminToken, DatabasePassword]).Where(secret => secret.Length > 0)];

    /// <summary>Reads what the playbook wrote. ssh's words stand there in one line, as inventories have them.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static LabReach Parse(string json) => JsonSerializer.Deserialize<LabReach>(json, Reading) ?? throw new JsonException("empty");

    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web) { Converters = { new HostReachReading() } };

    private sealed class HostReachReading : JsonConverter<HostReach>
    {
        public override HostReach Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            using var host = JsonDocument.ParseValue(ref reader);
            var root = host.RootElement;
            return new HostReach(Text("name"), Text("role"), Text("address"), root.GetProperty("port").GetInt32(), Text("user"), Text("key"),
                Text("options").Split(' ', StringSplitOptions.RemoveEmptyEntries), root.GetProperty("become").GetBoolean());

            string Text(string name) => root.GetProperty(name).GetString() ?? "";
        }

        public override void Write(Utf8JsonWriter writer, HostReach value, JsonSerializerOptions options) => throw new NotSupportedException("written by Ansible");
    }
}
