using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Hosts;
using ChaosLab.Load;
using ChaosLab.Load.Ledgers;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>A lab with what was planted in it, and users going round in a closed loop. When disposed, the embedded lab is taken away, and hosts are as they were.</summary>
internal sealed class BusyLab : IAsyncDisposable
{
    // A commit waits for the disk, a look-up for a database of half a core: a queue that timeouts cut off could not be measured.
    private static readonly LabSetting[] Patience =
    [
        new("attempt-timeout", "app", "Store__AttemptTimeout", "00:00:05"),
        new("store-deadline", "app", "Store__Deadline", "00:00:08"),
        new("break-duration", "app", "Breaker__BreakDuration", "00:00:06"),
        new("balancer-attempt-timeout", "lb", "Balancer__AttemptTimeout", "00:00:09"),
    ];

    private static readonly TimeSpan Cold = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(9), Arriving = TimeSpan.FromSeconds(1.3);
    // Instances of hosts were just restarted: what compiles itself while it is measured would be taken for work of the requests.
    private static readonly TimeSpan WarmingUp = TimeSpan.FromSeconds(12);
    // Stations count only while there is a dose: the smallest there is, where nothing was planted.
    private static readonly PlantedDose Counting = new("", "delay", "path", TimeSpan.FromMicroseconds(50));

    private readonly List<IAsyncDisposable> owed = [];
    private readonly CancellationTokenSource loadStop = new();
    private readonly TimeProvider time;
    private readonly HostBench? bench;
    private Task<LoadResult>? load;

    private BusyLab(RunningLab lab, HostBench? bench, IReadOnlyList<DatabaseView> databases, Plant? plant, string run, TimeProvider time)
    {
        (Lab, this.bench, Databases, this.time) = (lab, bench, databases, time);
        Crowd = new Crowd(plant?.GeneratorSlowness ?? TimeSpan.Zero, time);
        Hand = new DoseHand(lab, run, time);
        Gauge = new Gauge(lab, bench, Databases, Tap, Crowd, host => Quota is { } quota && host == plant?.Instance ? quota.Cores : Environment.ProcessorCount, time);
    }

    public RunningLab Lab { get; }

    public Crowd Crowd { get; }

    public UserTap Tap { get; } = new();

    public Gauge Gauge { get; }

    /// <summary>The servers that are looked at, primary first; empty on SQLite.</summary>
    public IReadOnlyList<DatabaseView> Databases { get; }

    public DoseHand Hand { get; }

    public ProcessorQuota? Quota { get; private set; }

    /// <summary>Starts it all; comes back when the users have begun.</summary>
    /// <param name="places">Where things are.</param>
    /// <param name="on">Which lab: <c>embedded</c>, which is started, or <c>docker</c>, which is there.</param>
    /// <param name="plant">What to plant; null: nothing.</param>
    /// <param name="instances">Instances of an embedded lab.</param>
    /// <param name="users">Users that begin.</param>
    /// <param name="mostUsers">Users there may ever be.</param>
    /// <param name="seed">Seed of the visitors.</param>
    /// <param name="run">Id of the run.</param>
    /// <param name="screen">Progress.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<BusyLab> StartAsync(Places places, string on, Plant? plant, int instances, int users, int mostUsers, int seed, string run, Screen screen, TimeProvider time, CancellationToken stop)
    {
        // Part of names of files and of tags.
        var tag = run.Replace('/', '.');
        var busy = on == LabChoice.Embedded ? await StartEmbeddedAsync(places, plant, instances, run, tag, screen, time, stop) : await TakeHostsAsync(places, on, plant, tag, screen, time, stop);
        try
        {
            await busy.PlantAsync(plant, tag, stop);
            await busy.LetUsersInAsync(users, mostUsers, seed, stop);
            return busy;
        }
        catch
        {
            await busy.DisposeAsync();
            throw;
        }
    }

    private static async Task<BusyLab> StartEmbeddedAsync(Places places, Plant? plant, int instances, string run, string tag, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var lab = await EmbeddedLab.StartAsync(LabChoice.EmbeddedOptions(places, Path.Combine(places.Runs, run), time) with
        {
            Instances = instances,
            // A cache would hide the store; a repeated request would be counted twice at the stations and once by its user.
            Without = [Safeguard.Cache, Safeguard.Retry],
            Settings = plant is null ? [] : plant.Database is null ? plant.Settings : [.. plant.Settings, .. Patience],
            Database = plant?.Database,
        }, screen, stop);
        var databases = lab.OfRole("db").Select(host =>
        {
            var folder = Path.Combine(LabFolder.Of(lab.StateRoot, lab.Id), host.Name);
            return new DatabaseView(host, EmbeddedLab.ConnectionStringOf(host), () => DatabaseView.ProcessesOf(folder), time);
        });
        return new BusyLab(lab, null, [.. databases], plant, tag, time);
    }

    private static async Task<BusyLab> TakeHostsAsync(Places places, string on, Plant? plant, string tag, Screen screen, TimeProvider time, CancellationToken stop)
    {
        var lab = await LabChoice.StartAsync(places, on, time, screen, stop);
        HostBench? bench = null;
        try
        {
            screen.Say("every instance is restarted without its cache, and gets it back at the end");
            bench = await HostBench.PrepareAsync(lab, plant?.Settings ?? [], tag, time, stop);
            return new BusyLab(lab, bench, [await bench.PrimaryAsync(stop)], plant, tag, time);
        }
        catch
        {
            if (bench is not null) await bench.DisposeAsync();
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives every instance so many slots of the balancer more; disposing the answer takes them back.</summary>
    public Task<IAsyncDisposable> AddSlotsAsync(int add, CancellationToken stop) => bench is not null
        ? bench.AddSlotsAsync(add, stop)
        : Hand.GiveAsync(new Dose(Lab.OfRole("lb"), "capacity", "slots", TimeSpan.Zero, add), Knobs.Longest, stop);

    public async ValueTask DisposeAsync()
    {
        Crowd.Disperse();
        await loadStop.CancelAsync();
        if (load is not null) await ((Task)load).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var debt in Enumerable.Reverse(owed)) await debt.DisposeAsync();
        Gauge.Dispose();
        foreach (var database in Databases) await database.DisposeAsync();
        if (bench is not null) await bench.DisposeAsync();
        Crowd.Dispose();
        await Lab.DisposeAsync();
        loadStop.Dispose();
    }

    private async Task PlantAsync(Plant? plant, string run, CancellationToken stop)
    {
        if (Databases.Count > 0) await WarmAsync(stop);
        foreach (var sql in plant?.Sql ?? []) await Databases[0].ExecuteAsync(sql, stop);
        foreach (var dose in plant is { Doses.Count: > 0 } ? plant.Doses : [Counting])
            owed.Add(await Hand.GiveAsync(new Dose([.. Lab.OfRole("app").Where(host => dose.Host.Length == 0 || host.Name == dose.Host)], dose.Kind, dose.At, dose.Length, 0), Longest, stop));
        if (plant?.Quota is not { } cores) return;
        Quota = await ProcessorQuota.LimitAsync(Lab, Lab.Hosts.First(host => host.Name == plant.Instance), cores, run, time, stop);
        owed.Add(Quota);
    }

    // A first connection to PostgreSQL takes an instance longer than a user waits: each makes a link and follows it before anybody comes.
    private async Task WarmAsync(CancellationToken stop)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = Cold };
        foreach (var app in Lab.OfRole("app"))
        {
            var began = time.GetTimestamp();
            while (!await MakeAndFollowAsync(app))
            {
                if (time.GetElapsedTime(began) > Cold) throw new TimeoutException($"{app.Name} made no link on PostgreSQL within {Cold.TotalSeconds:0} s");
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, stop);
            }
        }

        async Task<bool> MakeAndFollowAsync(Chaos.Running.Host app)
        {
            try
            {
                return await TryAsync(app);
            }
            catch (Exception notYet) when (notYet is HttpRequestException || (notYet is OperationCanceledException && !stop.IsCancellationRequested))
            {
                return false;
            }
        }

        async Task<bool> TryAsync(Chaos.Running.Host app)
        {
            using var made = await client.PostAsync(new Uri(app.Public, "/api/links"), new StringContent("""{"url":"https://example.org/"}""", System.Text.Encoding.UTF8, "application/json"), stop);
            if (made.StatusCode != System.Net.HttpStatusCode.Created) return false;
            using var link = System.Text.Json.JsonDocument.Parse(await made.Content.ReadAsStringAsync(stop));
            using var followed = await client.GetAsync(new Uri(app.Public, "/" + link.RootElement.GetProperty("code").GetString()), stop);
            return followed.StatusCode == System.Net.HttpStatusCode.Found;
        }
    }

    private async Task LetUsersInAsync(int users, int mostUsers, int seed, CancellationToken stop)
    {
        Crowd.Wanted = users;
        var ledger = new Ledger(time);
        var scenario = VisitorScenarios.All.First(one => one.Name == "follow-links").Create(
            new VisitorOptions(Lab.Entry, [Simulation.KeepConstant(mostUsers, TimeSpan.FromMinutes(10))], TimeSpan.Zero, seed, 50, ledger, TimeSpan.FromSeconds(5), 512) { Authority = Lab.Authority, BeforeVisit = Crowd.PassAsync });
        load = LoadRunner.RegisterScenarios(scenario).WithSeed(seed).WithTimeProvider(time).WithSampleCapacity(0).WithMaxConnections(512)
            .WithSampleObserver(Tap.OnSample).WithStartObserver(Tap.OnStart).WithoutReports().RunAsync(loadStop.Token);
        var began = time.GetTimestamp();
        while (Tap.Count == 0)
        {
            if (load.IsCompleted) await load; // it says why
            if (time.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException("no user got an answer within 60 s");
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, stop);
        }

        // The engine spreads the first starts over a second.
        await Task.Delay(bench is null ? Arriving : WarmingUp, time, stop);
    }
}
