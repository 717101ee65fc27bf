using System.Diagnostics.Metrics;
using ChaosLab.Shortener.Caching;
using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Stores;
using ChaosLab.Shortener.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Support;

/// <summary>The parts between the socket and the store, wired as in production, on a manual clock and a gated SQLite file.</summary>
public sealed class Parts : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private Parts(Func<ShortCode> newCode, (string, string)[] variables)
    {
        Settings = Read(variables);
        Store = new GatedStore(new SqliteStore(_folder.Database, TimeSpan.FromSeconds(20), Time));
        Faults = new FaultList(Time);
        Metrics = new ShortenerMetrics(_services.GetRequiredService<IMeterFactory>());
        Pipelines = new StorePipelines(Settings, new StoreChaos(Faults, Time, Metrics.Dose), Time);
        Writer = new GroupWriter(Store, newCode);
        Resilient = new ResilientStore(Store, Writer, Pipelines);
        Cache = new LinkCache(Settings.Cache, Time);
        Lookup = new LinkLookup(Cache, Resilient, Settings.Cache, Metrics);
        Clicks = new ClickCounter(Settings.Clicks.QueueCapacity);
        Flusher = new ClickFlusher(Clicks, Resilient, Settings, Time, NullLogger<ClickFlusher>.Instance);
    }

    public FakeTimeProvider Time { get; } = new(new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));

    public Settings Settings { get; }

    public GatedStore Store { get; }

    public FaultList Faults { get; }

    public ShortenerMetrics Metrics { get; }

    public StorePipelines Pipelines { get; }

    public GroupWriter Writer { get; }

    public ResilientStore Resilient { get; }

    public LinkCache Cache { get; }

    public LinkLookup Lookup { get; }

    public ClickCounter Clicks { get; }

    public ClickFlusher Flusher { get; }

    public static Settings Read(params (string Name, string Value)[] variables)
    {
        Dictionary<string, string?> all = new() { ["Admin__Token"] = "secret" };
        foreach (var (name, value) in variables) all[name] = value;
        var (settings, problems) = SettingsReader.Read(all);
        Assert.Empty(problems);
        return settings;
    }

    public static async Task<Parts> StartAsync(Func<ShortCode>? newCode = null, params (string, string)[] variables)
    {
        var parts = new Parts(newCode ?? ShortCode.Random, variables);
        await parts.Store.MigrateAsync(CancellationToken.None).Within("the schema");
        await parts.Writer.StartAsync(CancellationToken.None);
        return parts;
    }

    public NewLink Link(string url = "https://example.org/", string? alias = null, string? key = null, byte hash = 1) => new(
        alias is null ? ShortCode.Random() : ShortCode.Parse(alias), alias is not null, url,
        Time.GetUtcNow(), null, key, key is null ? null : [.. Enumerable.Repeat(hash, 32)]);

    public static FaultOrder Order(FaultKind kind, double rate = 1, string? operation = null, TimeSpan delay = default, int seed = 7, int? first = null, string? exception = null, TimeSpan? life = null) =>
        new(kind, rate, operation is null ? [] : [operation], exception, delay, TimeSpan.Zero, seed, life ?? TimeSpan.FromMinutes(10), first, "test");

    public async ValueTask DisposeAsync()
    {
        Store.Finds.Open();
        Store.BeforeInsert.Open();
        Store.AfterInsert.Open();
        Store.AfterClicks.Open();
        await Writer.StopAsync(CancellationToken.None).Within("the writer's end");
        Flusher.Dispose();
        await Store.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
