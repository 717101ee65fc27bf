using System.Collections;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChaosLab.Shortener.Configuration;

/// <summary>The one place that knows the names and defaults of the environment variables.</summary>
public static class SettingsReader
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The environment of this process, names compared without case.</summary>
    /// <returns>Every variable.</returns>
    public static IReadOnlyDictionary<string, string?> Environment()
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables()) all[(string)entry.Key] = (string?)entry.Value;
        return all;
    }

    /// <summary>Checks everything and collects every problem.</summary>
    /// <param name="variables">The environment.</param>
    /// <returns>The settings, usable only when there is no problem.</returns>
    public static (Settings Settings, IReadOnlyList<Problem> Problems) Read(IReadOnlyDictionary<string, string?> variables)
    {
        var read = new VariableReader(variables);
        var listen = read.Address("Http__Listen", "127.0.0.1:5080");
        var settings = new Settings
        {
            HttpListen = listen,
            AdminListen = read.Address("Admin__Listen", "127.0.0.1:5081"),
            AdminToken = read.Required("Admin__Token", "set it to a secret of your choice"),
            InstanceName = read.Text("Instance__Name", System.Environment.MachineName),
            PublicUrl = PublicUrl(read, $"http://{listen}"),
            Store = Store(read),
            Breaker = new(
                read.Flag("Breaker__Enabled", true),
                read.Number("Breaker__FailureRatio", 0.5, 0, 1),
                read.Whole("Breaker__MinimumThroughput", 10, 2, int.MaxValue),
                read.Time("Breaker__SamplingDuration", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(0.5), Day),
                read.Time("Breaker__BreakDuration", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(0.5), Day)),
            TimeoutEnabled = read.Flag("Timeout__Enabled", true),
            Cache = new(
                read.Flag("Cache__Enabled", true),
                read.Whole("Cache__Capacity", 100_000, 1, 10_000_000),
                read.Time("Cache__TimeToLive", TimeSpan.FromSeconds(30), TimeSpan.Zero, Day),
                read.Time("Cache__StaleFor", TimeSpan.FromHours(1), TimeSpan.Zero, Day * 30),
                read.Time("Cache__NegativeTimeToLive", TimeSpan.FromSeconds(1), TimeSpan.Zero, Day)),
            Clicks = new(
                read.Time("Clicks__FlushInterval", TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
                read.Whole("Clicks__QueueCapacity", 100_000, 1, 10_000_000)),
            RateLimit = new(
                read.Number("RateLimit__CreatesPerSecond", 0, 0, 1_000_000, including: true),
                read.Whole("RateLimit__Burst", 0, 0, 1_000_000)),
            Log = new(
                read.Time("Log__SlowerThan", TimeSpan.FromSeconds(0.5), TimeSpan.Zero, Day),
                read.Whole("Log__LinesPerSecond", 50, 0, 100_000)),
            ChaosEnabled = read.Flag("Chaos__Enabled", false),
            StartDelay = read.Time("Chaos__StartDelay", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            Shutdown = new(
                read.Flag("Shutdown__Drain", true),
                read.Time("Shutdown__DrainDelay", TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromMinutes(10)),
                read.Time("Shutdown__Timeout", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(10))),
            InlineSockets = read.Flag("Sockets__Inline", true),
            OpenTelemetry = variables.Where(v => v.Key.StartsWith("OTEL_", StringComparison.Ordinal)).ToDictionary(v => v.Key, v => v.Value),
        };
        CheckTimes(settings, read.Problems);
        if (!settings.InstanceName.All(static c => c is > ' ' and < '\x7f')) read.Problems.Add(new("Instance__Name", "may hold visible ASCII characters only, because it becomes a header"));
        if (settings.PushesTelemetry && !Uri.TryCreate(settings.OpenTelemetry["OTEL_EXPORTER_OTLP_ENDPOINT"], UriKind.Absolute, out _))
            read.Problems.Add(new("OTEL_EXPORTER_OTLP_ENDPOINT", "is no address; say for example http://127.0.0.1:4318"));
        read.RefuseUnknown();
        return (settings, read.Problems);
    }

    private static StoreSettings Store(VariableReader read)
    {
        var kind = read.Text("Store__Kind", "sqlite").ToLowerInvariant() switch { "sqlite" => StoreKind.Sqlite, "postgres" => StoreKind.Postgres, _ => (StoreKind)(-1) };
        if (!Enum.IsDefined(kind)) read.Problems.Add(new("Store__Kind", $"is \"{read.Text("Store__Kind", "")}\"; say sqlite or postgres"));
        var connection = read.Text("Store__ConnectionString", kind == StoreKind.Postgres ? "" : "Data Source=shortener.db");
        if (Refusal(kind, connection) is { } refusal) read.Problems.Add(new("Store__ConnectionString", refusal));
        var standby = read.Text("Store__StandbyConnectionString", "");
        if (standby.Length > 0 && (kind == StoreKind.Postgres ? Refusal(kind, standby) : "is for Store__Kind=postgres only; leave it away") is { } why)
            read.Problems.Add(new("Store__StandbyConnectionString", why));
        var from = read.Text("Store__ReadFrom", "primary");
        if (from is not ("primary" or "standby")) read.Problems.Add(new("Store__ReadFrom", $"is \"{from}\"; say primary or standby"));
        else if (from == "standby" && standby.Length == 0) read.Problems.Add(new("Store__ReadFrom", "is standby, but there is none: set Store__StandbyConnectionString"));
        var rows = read.Whole("Store__TotalRows", 0, 0, 64);
        if (rows > 0 && kind != StoreKind.Postgres) read.Problems.Add(new("Store__TotalRows", "is for Store__Kind=postgres only; leave it away"));
        return new(kind, connection,
            read.Time("Store__AttemptTimeout", TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(10), Day),
            read.Time("Store__Deadline", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), Day),
            read.Flag("Store__Migrate", false) || kind == StoreKind.Sqlite)
        {
            StandbyConnectionString = standby.Length > 0 ? standby : null,
            Readers = read.Whole("Store__Readers", kind == StoreKind.Postgres ? PostgresReaders(connection) : 2, 1, 64),
            ReadsStandby = from == "standby",
            TotalRows = rows,
        };
    }

    // Several hosts: while the roles change, connections of the old primary are still counted.
    private static int PostgresReaders(string connection) => connection.Contains(',', StringComparison.Ordinal) ? 16 : 8;

    private static string? Refusal(StoreKind kind, string connection)
    {
        try
        {
            if (kind == StoreKind.Sqlite && new SqliteConnectionStringBuilder(connection) is { DataSource: "" or ":memory:" })
                return "names no file; say Data Source=/path/to/file.db, because several instances share it";
            if (kind == StoreKind.Postgres && string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connection).Host))
                return "names no host; say for example Host=db1,db2;Database=shortener;Username=shortener";
            return null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or DbException)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private static Uri PublicUrl(VariableReader read, string otherwise)
    {
        var text = read.Text("Public__Url", otherwise);
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return new(url.GetLeftPart(UriPartial.Path).TrimEnd('/'));
        read.Problems.Add(new("Public__Url", $"is \"{text}\"; say the address visitors use, as in https://go.example.org"));
        return new("http://127.0.0.1");
    }

    private static void CheckTimes(Settings settings, List<Problem> problems)
    {
        if (!settings.TimeoutEnabled) return;
        if (settings.Store.AttemptTimeout >= settings.Store.Deadline)
            problems.Add(new("Store__AttemptTimeout", "must be shorter than Store__Deadline: else the breaker sees a cancellation instead of a failure, and never opens"));
        if (settings.Breaker.Enabled && settings.Store.AttemptTimeout >= settings.Breaker.BreakDuration)
            problems.Add(new("Store__AttemptTimeout", "must be shorter than Breaker__BreakDuration: else a call from before the break may close the circuit"));
    }
}
