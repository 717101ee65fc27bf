using ChaosLab.Shortener.Configuration;

namespace ChaosLab.Shortener.Tests.Configuration;

public class SettingsTests
{
    private static (Settings Settings, IReadOnlyList<Problem> Problems) Read(params (string Name, string Value)[] variables) =>
        SettingsReader.Read(variables.ToDictionary(v => v.Name, v => (string?)v.Value, StringComparer.OrdinalIgnoreCase));

    [Fact]
    public void Only_the_token_has_no_default()
    {
        var (settings, problems) = Read(("Admin__Token", "t"));

        Assert.Empty(problems);
        Assert.Equal("127.0.0.1:5080", settings.HttpListen.ToString());
        Assert.Equal("127.0.0.1:5081", settings.AdminListen.ToString());
        Assert.Equal("http://127.0.0.1:5080/", settings.PublicUrl.AbsoluteUri);
        Assert.Equal(new StoreSettings(StoreKind.Sqlite, "Data Source=shortener.db", TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), true), settings.Store);
        Assert.Equal(new BreakerSettings(true, 0.5, 10, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)), settings.Breaker);
        Assert.Equal(new CacheSettings(true, 100_000, TimeSpan.FromSeconds(30), TimeSpan.FromHours(1), TimeSpan.FromSeconds(1)), settings.Cache);
        Assert.Equal(new ClickSettings(TimeSpan.FromSeconds(0.5), 100_000), settings.Clicks);
        Assert.Equal(new RateLimitSettings(0, 0), settings.RateLimit);
        Assert.Equal(new ShutdownSettings(true, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)), settings.Shutdown);
        Assert.True(settings is { TimeoutEnabled: true, ChaosEnabled: false, InlineSockets: true, PushesTelemetry: false } && settings.StartDelay == TimeSpan.Zero);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        var (_, problems) = Read(
            ("Http__Listen", "nowhere"), ("Breaker__FailureRatio", "0"), ("Breaker__MinimumThroughput", "1"), ("Cache__TimeToLive", "30"),
            ("Cache__Enabled", "yes"), ("Store__Kind", "oracle"), ("Clicks__QueueCapacity", "-1"), ("Public__Url", "ftp://x"));

        Assert.Equal(
            ["Admin__Token", "Breaker__FailureRatio", "Breaker__MinimumThroughput", "Cache__Enabled", "Cache__TimeToLive", "Clicks__QueueCapacity", "Http__Listen", "Public__Url", "Store__Kind"],
            problems.Select(problem => problem.Variable).Order(StringComparer.Ordinal));
        Assert.All(problems, problem => Assert.Contains(";", problem.Says, StringComparison.Ordinal)); // what is wrong; what would be right
    }

    [Theory]
    [InlineData("Breaker__FailureRation", "0.5", "Breaker__FailureRatio")]
    [InlineData("Cache__Ttl", "00:00:01", "Cache__TimeToLive")]
    public void A_mistyped_variable_is_refused_with_the_right_names(string name, string value, string remedy)
    {
        var (_, problems) = Read(("Admin__Token", "t"), (name, value));

        var problem = Assert.Single(problems);
        Assert.Equal(name, problem.Variable);
        Assert.Contains(remedy, problem.Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:00:01", "00:00:05", "Store__Deadline")]
    [InlineData("00:00:00.900", "00:00:00.800", "Breaker__BreakDuration")]
    public void An_attempt_timeout_that_disarms_the_breaker_is_refused(string attempt, string breakFor, string mentions)
    {
        var (_, problems) = Read(("Admin__Token", "t"), ("Store__AttemptTimeout", attempt), ("Breaker__BreakDuration", breakFor));

        Assert.Contains(mentions, Assert.Single(problems).Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Store__ReadFrom", "standby")] // there is none
    [InlineData("Store__ReadFrom", "elsewhere")]
    [InlineData("Store__TotalRows", "1")] // SQLite
    [InlineData("Store__TotalRows", "65")]
    public void Ways_to_read_that_cannot_work_are_refused(string name, string value)
    {
        var (_, problems) = Read(("Admin__Token", "t"), (name, value));

        Assert.All(problems, problem => Assert.Equal(name, problem.Variable));
        Assert.NotEmpty(problems);
    }

    [Fact]
    public void On_postgres_reads_share_as_many_connections_as_ever()
    {
        int Readers(string connection) => Read(("Admin__Token", "t"), ("Store__Kind", "postgres"), ("Store__ConnectionString", connection)).Settings.Store.Readers;

        Assert.Equal((8, 16), (Readers("Host=db1;Database=x"), Readers("Host=db1,db2;Database=x")));
    }

    [Theory]
    [InlineData("sqlite", "Data Source=:memory:")]
    [InlineData("sqlite", "Nonsense=1")]
    [InlineData("postgres", "")]
    [InlineData("postgres", "Database=x")]
    [InlineData("postgres", "Host=db;Port=many")]
    public void A_connection_string_that_cannot_work_is_refused(string kind, string connection)
    {
        var (_, problems) = Read(("Admin__Token", "t"), ("Store__Kind", kind), ("Store__ConnectionString", connection));

        Assert.Equal("Store__ConnectionString", Assert.Single(problems).Variable);
    }

    [Theory]
    [InlineData("00:00:00.500", true, 500)]
    [InlineData("00:01:00", true, 60_000)]
    [InlineData("1.00:00:00", true, 86_400_000)]
    [InlineData("5", false, 0)]
    [InlineData("500ms", false, 0)]
    [InlineData("-00:00:01", false, 0)]
    [InlineData("", false, 0)]
    public void A_duration_says_its_unit(string text, bool isOne, int milliseconds)
    {
        Assert.Equal(isOne, Duration.TryParse(text, out var value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
        if (isOne) Assert.True(Duration.TryParse(Duration.Format(value), out var again) && again == value);
    }
}
