using System.Globalization;
using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>A dose that stays for the whole experiment: part of what was planted.</summary>
/// <param name="Host">The instance; empty: every one.</param>
/// <param name="Kind"><c>delay</c>, <c>hold</c> or <c>burn</c>.</param>
/// <param name="At">Station.</param>
/// <param name="Length">Time spent by each request.</param>
internal sealed record PlantedDose(string Host, string Kind, string At, TimeSpan Length);

/// <summary>A lab with a known bottleneck. Sizes, and the instance that is hit, come from the seed.</summary>
/// <param name="Word">Which bottleneck: the word that the verdict must say.</param>
/// <param name="Instance">The instance that it is about; empty: all.</param>
/// <param name="Settings">Capacities.</param>
/// <param name="Doses">Times.</param>
/// <param name="Quota">Cores that <see cref="Instance"/> may use; null: all.</param>
/// <param name="GeneratorSlowness">Time each request costs in the generator, one after the other.</param>
/// <param name="Says">The truth, for the end.</param>
internal sealed record Plant(string Word, string Instance, IReadOnlyList<LabSetting> Settings, IReadOnlyList<PlantedDose> Doses, double? Quota, TimeSpan GeneratorSlowness, string Says)
{
    /// <summary>Instances of the lab.</summary>
    public const int Instances = 2;

    /// <summary>Every bottleneck that can be planted, with what it is.</summary>
    public static IReadOnlyList<(string Word, string Says)> All { get; } =
    [
        ("pool", "few connections to the store, each held for long"),
        ("slots", "few places that the balancer gives to each instance"),
        ("lock", "a lock that all reads of an instance pass one after the other"),
        ("cpu", "the processor of one instance: a quota, and work that uses it up (needs cgroups, so root)"),
        ("generator", "the load generator itself, which prepares one request after the other"),
        ("nothing", "no bottleneck: every request just takes its time"),
    ];

    /// <summary>Those of the course that this lab cannot plant, with the reason.</summary>
    public static IReadOnlyList<(string Word, string Why)> Missing { get; } =
    [
        ("hot-row", "SQLite locks the whole file and has no rows to fight for: it needs PostgreSQL"),
        ("missing-index", "the schema's only look-up is by its primary key: it needs PostgreSQL and a query of its own"),
        ("slow-replica", "the embedded lab has one store without replicas"),
    ];

    /// <summary>One of them, sized by the seed; null when there is no such word.</summary>
    public static Plant? Find(string word, int seed)
    {
        var random = new Random(seed);
        var instance = $"app{1 + random.Next(Instances)}";
        return word switch
        {
            "pool" => Make(word, "", readers: 2, slots: 64, Ms(4, 8), Ms(0.2, 0.4), Ms(0.7, 1.2), Ms(18, 26), (_, hold) => $"a pool of 2 connections on each instance, each held for {hold:0.#} ms"),
            "slots" => Make(word, "", readers: 8, slots: 2, Ms(8, 13), Ms(0.2, 0.4), Ms(0.7, 1.2), Ms(7, 11), (_, _) => "2 slots of the balancer for each instance"),
            "lock" => Make(word, "", readers: 8, slots: 64, Ms(4, 8), Ms(0.2, 0.4), Ms(9, 13), Ms(5, 8), (held, _) => $"a serial lock on each instance, held for {held:0.#} ms"),
            "cpu" => Make(word, instance, readers: 8, slots: 64, Ms(4, 8), Ms(0.2, 0.4), Ms(0.7, 1.2), Ms(5, 8), (_, _) => "", Round(0.3 + (random.NextDouble() * 0.1)), Ms(5, 7)),
            "generator" => Make(word, "", readers: 8, slots: 64, Ms(4, 8), Ms(0.2, 0.4), Ms(0.7, 1.2), Ms(5, 8), (_, _) => "") is var plant
                ? plant with { GeneratorSlowness = Ms(10, 14), Says = "the load generator prepares one request after the other" }
                : null,
            "nothing" => Make(word, "", readers: 10, slots: 64, Ms(28, 40), Ms(0.2, 0.4), Ms(0.7, 1.2), Ms(5, 9), (_, _) => "nothing was planted but latency"),
            _ => null,
        };

        TimeSpan Ms(double from, double to) => TimeSpan.FromMilliseconds(Round(from + (random.NextDouble() * (to - from))));

        static double Round(double value) => Math.Round(value, 2);
    }

    private static Plant Make(string word, string instance, int readers, int slots, TimeSpan path, TimeSpan burn, TimeSpan held, TimeSpan connection, Func<double, double, string> says, double? quota = null, TimeSpan hard = default) => new(
        word, instance,
        [
            new LabSetting("readers", "app", "Store__Readers", readers.ToString(CultureInfo.InvariantCulture)),
            new LabSetting("slots", "lb", "Balancer__MaxConcurrentPerBackend", slots.ToString(CultureInfo.InvariantCulture)),
        ],
        [
            new PlantedDose("", "delay", "path", path),
            new PlantedDose("", "burn", "processor", burn),
            new PlantedDose("", "hold", "lock", held),
            new PlantedDose("", "hold", "connection", connection),
            .. hard > TimeSpan.Zero ? (PlantedDose[])[new(instance, "burn", "processor", hard)] : [],
        ],
        quota, TimeSpan.Zero,
        quota is { } cores
            ? string.Create(CultureInfo.InvariantCulture, $"{instance} may use {cores:0.##} of a core, and each of its requests burns {hard.TotalMilliseconds:0.#} ms more")
            : says(held.TotalMilliseconds, connection.TotalMilliseconds));
}
