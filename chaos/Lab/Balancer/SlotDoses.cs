using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosLab.Lab.Balancer;

/// <summary>
/// More or fewer places for a while, ordered in the words of the shortener's <c>/chaos/faults</c> (kind <c>capacity</c>, at <c>slots</c>), so
/// that one client and one undo serve both. A dose ends by itself.
/// </summary>
internal sealed class SlotDoses(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private readonly Lock gate = new();
    private volatile SlotDose[] all = [];

    /// <summary>How many places more each instance has now; negative: fewer.</summary>
    public int Extra
    {
        get
        {
            var extra = 0;
            foreach (var dose in all)
            {
                if (dose.IsActive) extra += dose.Order.Add;
            }

            return extra;
        }
    }

    /// <summary>Those at work.</summary>
    public IReadOnlyList<SlotDose> Active => [.. all.Where(dose => dose.IsActive)];

    /// <summary>One of them; null when it has ended.</summary>
    public SlotDose? Find(string id) => all.FirstOrDefault(dose => dose.Id == id && dose.IsActive);

    /// <summary>Starts one.</summary>
    public SlotDose Add(SlotOrder order)
    {
        var dose = new SlotDose(RandomNumberGenerator.GetHexString(12, lowercase: true), order, time);
        lock (gate) all = [.. all.Where(other => other.IsActive), dose];
        return dose;
    }

    /// <summary>Ends one; again is harmless.</summary>
    public void Remove(string id)
    {
        lock (gate) all = [.. all.Where(dose => dose.IsActive && dose.Id != id)];
    }

    /// <summary>Reads an order; null and every problem when it is none.</summary>
    public static SlotOrder? Read(string body, List<string> problems)
    {
        JsonNode? order;
        try
        {
            order = JsonNode.Parse(body);
        }
        catch (JsonException broken)
        {
            problems.Add($"the body is no JSON: {broken.Message}");
            return null;
        }

        var (kind, at, add) = (Text("kind"), Text("at"), order?["add"] is JsonValue number && number.TryGetValue(out int whole) ? whole : 0);
        if (kind != "capacity") problems.Add("kind: must be capacity");
        if (at != "slots") problems.Add("at: must be slots");
        if (add is 0 or < -256 or > 256) problems.Add("add: must be from -256 to 256, and not 0");
        if (!TimeSpan.TryParse(Text("timeToLive"), CultureInfo.InvariantCulture, out var life) || life <= TimeSpan.Zero || life > Longest)
            problems.Add("timeToLive: is mandatory, hh:mm:ss above 00:00:00 and at most 00:10:00");
        return problems.Count == 0 ? new SlotOrder(add, life, Text("experiment")) : null;

        string? Text(string name) => order?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
    }
}

/// <summary>What was ordered.</summary>
/// <param name="Add">Places more for each instance.</param>
/// <param name="TimeToLive">When it ends by itself, above 0 and at most 10 min.</param>
/// <param name="Experiment">Whose it is.</param>
internal sealed record SlotOrder(int Add, TimeSpan TimeToLive, string? Experiment);

/// <summary>A change of places at work.</summary>
internal sealed class SlotDose(string id, SlotOrder order, TimeProvider time)
{
    private readonly long began = time.GetTimestamp();

    public string Id => id;

    public SlotOrder Order => order;

    public bool IsActive => time.GetElapsedTime(began) < order.TimeToLive;

    /// <summary>In the words of the shortener.</summary>
    public JsonObject Report() => new()
    {
        ["id"] = id,
        ["kind"] = "capacity",
        ["at"] = "slots",
        ["add"] = order.Add,
        ["experiment"] = order.Experiment,
        ["active"] = IsActive,
        ["executions"] = 0,
        ["intended"] = 0,
        ["completed"] = 0,
        ["doseMeanSeconds"] = 0,
        ["doseMaxSeconds"] = 0,
    };
}
