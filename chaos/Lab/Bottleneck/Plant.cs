using System.Globalization;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Lab.Hosts;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>A dose that stays for the whole experiment: part of what was planted.</summary>
/// <param name="Host">The instance; empty: every one.</param>
/// <param name="Kind"><c>delay</c>, <c>hold</c> or <c>burn</c>.</param>
/// <param name="At">Station.</param>
/// <param name="Length">Time spent by each request.</param>
internal sealed record PlantedDose(string Host, string Kind, string At, TimeSpan Length);

/// <summary>A lab with a known bottleneck. Sizes, and the instance that is hit, come from the seed.</summary>
/// <param name="Word">Which bottleneck: the word that the verdict must say.</param>
/// <param name="Instance">The host that it is about; empty: all instances, or the database as such.</param>
/// <param name="Settings">Capacities.</param>
/// <param name="Doses">Times.</param>
/// <param name="Quota">Cores that <see cref="Instance"/> may use; null: all.</param>
/// <param name="GeneratorSlowness">Time each request costs in the generator, one after the other.</param>
/// <param name="Says">The truth, for the end.</param>
internal sealed record Plant(string Word, string Instance, IReadOnlyList<LabSetting> Settings, IReadOnlyList<PlantedDose> Doses, double? Quota, TimeSpan GeneratorSlowness, string Says)
{
    /// <summary>Instances of the lab.</summary>
    public const int Instances = 2;

    /// <summary>The private PostgreSQL; null: the lab's SQLite file.</summary>
    public EmbeddedDatabase? Database { get; init; }

    /// <summary>What is done to the primary before anybody comes, one statement after the other.</summary>
    public IReadOnlyList<string> Sql { get; init; } = [];

    /// <summary>Why it cannot be planted there; null when it can.</summary>
    /// <param name="on">Which lab: <c>embedded</c> or <c>docker</c>.</param>
    public string? Refusal(string on) => on != LabChoice.Embedded
        ? Database is not null ? $"{Word} is planted on the embedded lab only, in a database of its own. Leave --on away"
            // Seen: e = -0.04 in the starved processor, for the others took what it could not.
            : Quota is not null ? $"{Word} is planted on the embedded lab only: HAProxy gives a slow instance fewer requests, so that it limits nothing. Leave --on away"
            : null
        : (Quota is null ? null : ProcessorQuota.Refusal()) ?? (Database is null ? null : PostgresPrograms.Refusal());

    /// <summary>The same in a lab on PostgreSQL.</summary>
    public Plant OnPostgres() => this with { Database = Database ?? new EmbeddedDatabase(false, []) };

    /// <summary>Every bottleneck that can be planted, with what it is.</summary>
    public static IReadOnlyList<(string Word, string Says)> All { get; } =
    [
        ("pool", "few connections to the store, each held for long"),
        ("slots", "few places that the balancer gives to each instance"),
        ("lock", "a lock that all reads of an instance pass one after the other"),
        ("cpu", "the processor of one instance: a quota, and work that uses it up (needs cgroups, so root)"),
        ("hot-row", "one row that every look-up updates, each waiting for the commit of the one before (needs PostgreSQL)"),
        ("missing-index", "look-ups that read a whole table, on a database of less than a core (needs PostgreSQL and cgroups)"),
        ("slow-replica", "reads from a standby that plans without indexes, of less than a core (needs PostgreSQL and cgroups)"),
        ("generator", "the load generator itself, which prepares one request after the other"),
        ("nothing", "no bottleneck: every request just takes its time"),
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
            "hot-row" => HotRow(Make(word, "", readers: 16, slots: 64, Ms(4, 8), Ms(0.2, 0.4), TimeSpan.Zero, Ms(1.5, 2.5), (_, _) => ""), Ms(5, 8)),
            "missing-index" => MissingIndex(Make(word, "db1", readers: 16, slots: 64, Ms(4, 8), Ms(0.2, 0.4), TimeSpan.Zero, Ms(1.5, 2.5), (_, _) => ""), Rows(), Cores()),
            "slow-replica" => SlowReplica(Make(word, "db2", readers: 16, slots: 64, Ms(4, 8), Ms(0.2, 0.4), TimeSpan.Zero, Ms(1.5, 2.5), (_, _) => ""), Rows(), Cores()),
            "generator" => Make(word, "", readers: 8, slots: 64, Ms(4, 8), Ms(0.2, 0.4), Ms(0.7, 1.2), Ms(5, 8), (_, _) => "") is var plant
                ? plant with { GeneratorSlowness = Ms(10, 14), Says = "the load generator prepares one request after the other" }
                : null,
            "nothing" => Make(word, "", readers: 10, slots: 64, Ms(28, 40), Ms(0.2, 0.4), Ms(0.7, 1.2), Ms(5, 9), (_, _) => "nothing was planted but latency"),
            _ => null,
        };

        TimeSpan Ms(double from, double to) => TimeSpan.FromMilliseconds(Round(from + (random.NextDouble() * (to - from))));

        int Rows() => 1000 * random.Next(24, 36);

        double Cores() => Round(0.35 + (random.NextDouble() * 0.1));

        static double Round(double value) => Math.Round(value, 2);
    }

    // Nothing is spent in the lock where the database is planted: on a starved machine a sleep of 1 ms takes 40, and while a
    // lock is held that is a bottleneck of its own (seen 2026-11-29).
    // The row, its lock and the commit are real; the rest of the transaction's work is time spent while it holds the row.
    private static Plant HotRow(Plant plant, TimeSpan held) => plant with
    {
        Database = new EmbeddedDatabase(false, []),
        Settings = [.. plant.Settings, new LabSetting("total-rows", "app", "Store__TotalRows", "1")],
        Doses = [.. plant.Doses, new PlantedDose("", "hold", "row", held)],
        Says = Say($"a total of all look-ups in one row: each holds the row for {held.TotalMilliseconds:0.#} ms and a commit"),
    };

    private static Plant MissingIndex(Plant plant, int rows, double cores) => plant with
    {
        Database = new EmbeddedDatabase(false, []),
        Sql = [.. Filled(rows), "ALTER TABLE links DROP CONSTRAINT links_pkey"],
        Quota = cores,
        Says = Say($"no index on links(code): each look-up reads {rows} rows, on a database of {cores:0.##} of a core"),
    };

    // Everything the primary has, the standby has too, also its indexes: but it is told not to use them, as by a copied settings file.
    private static Plant SlowReplica(Plant plant, int rows, double cores) => plant with
    {
        Database = new EmbeddedDatabase(true, ["enable_indexscan=off", "enable_indexonlyscan=off", "enable_bitmapscan=off"]),
        Sql = Filled(rows),
        Quota = cores,
        Says = Say($"links are read from a standby that plans without indexes, so that each look-up reads {rows} rows there, on {cores:0.##} of a core"),
    };

    private static string[] Filled(int rows) =>
    [
        Say($"INSERT INTO links(code, url, created_at) SELECT 'filler-' || n, 'https://example.org/filler/' || n, now() FROM generate_series(1, {rows}) AS n"),
        "ANALYZE links",
    ];

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static Plant Make(string word, string instance, int readers, int slots, TimeSpan path, TimeSpan burn, TimeSpan held, TimeSpan connection, Func<double, double, string> says, double? quota = null, TimeSpan hard = default) => new(
        word, instance,
        [
            new LabSetting("readers", "app", "Store__Readers", readers.ToString(CultureInfo.InvariantCulture)),
            new LabSetting("slots", "lb", "Balancer__MaxConcurrentPerBackend", slots.ToString(CultureInfo.InvariantCulture)),
        ],
        [
            .. ((PlantedDose[])
            [
                new("", "delay", "path", path),
                new("", "burn", "processor", burn),
                new("", "hold", "lock", held),
                new("", "hold", "connection", connection),
                new(instance, "burn", "processor", hard),
            ]).Where(dose => dose.Length > TimeSpan.Zero),
        ],
        quota, TimeSpan.Zero,
        quota is { } cores
            ? string.Create(CultureInfo.InvariantCulture, $"{instance} may use {cores:0.##} of a core, and each of its requests burns {hard.TotalMilliseconds:0.#} ms more")
            : says(held.TotalMilliseconds, connection.TotalMilliseconds));
}
