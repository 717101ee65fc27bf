using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;
using Npgsql;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>
/// The hosts of the docker lab made ready to be measured: every read asks the store, timeouts are longer than queues, and slots and
/// connections are as few as was planted. All of it is taken back when disposed.
/// </summary>
internal sealed class HostBench : IAsyncDisposable
{
    /// <summary>After this the hosts take everything back by themselves: more than the longest hunt.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(9);

    // A cache would hide the store; a queue that timeouts cut off could not be measured.
    private static readonly Dictionary<string, string> Patience = new()
    {
        ["Cache__Enabled"] = "false",
        ["Store__AttemptTimeout"] = "00:00:05",
        ["Store__Deadline"] = "00:00:08",
        ["Breaker__BreakDuration"] = "00:00:06",
    };

    private readonly HostsLab lab;
    private readonly string run;
    private readonly TimeProvider time;
    private readonly List<HostChange> changes = [];
    private readonly Dictionary<string, ContainerFigures> figures = [];
    private int slots;

    private HostBench(HostsLab lab, string run, TimeProvider time) => (this.lab, this.run, this.time) = (lab, run, time);

    /// <summary>Slots that the balancers give all instances together now.</summary>
    public int Slots => slots * lab.OfRole("app").Count;

    /// <summary>Makes them ready.</summary>
    /// <param name="lab">The hosts.</param>
    /// <param name="settings">What was planted.</param>
    /// <param name="run">Id of the run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives up; what was changed is taken back.</param>
    public static async Task<HostBench> PrepareAsync(HostsLab lab, IReadOnlyList<LabSetting> settings, string run, TimeProvider time, CancellationToken stop)
    {
        var bench = new HostBench(lab, run, time);
        try
        {
            foreach (var host in lab.Inventoried) bench.figures[host.Name] = await ContainerFigures.FindAsync(host, stop);
            bench.slots = await HostTuning.ReadSlotsAsync(bench.Balancers[0], stop);
            if (bench.slots == 0) throw new LabRefusedException($"{bench.Balancers[0].Name} gives its instances any number of slots: what is not limited cannot be changed a little");
            var environment = new Dictionary<string, string>(Patience);
            foreach (var setting in settings.Where(setting => setting.Role == "app")) environment[setting.Variable] = setting.Value;
            // One instance after the other: who uses the lab meanwhile is served.
            var mark = DeadManTimer.Short(run);
            bench.changes.Add(await HostChange.MakeAsync(lab, lab.Inventoried.Where(host => host.Role == "app").Select(app => HostTuning.Settings(app, mark, environment, time)), Longest, run, time, stop));
            if (settings.FirstOrDefault(setting => setting.Variable == "Balancer__MaxConcurrentPerBackend") is { } planted)
                bench.changes.Add(await bench.SetSlotsAsync(int.Parse(planted.Value, System.Globalization.CultureInfo.InvariantCulture), Longest, stop));
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives every instance so many slots more; disposing the answer takes them back.</summary>
    public async Task<IAsyncDisposable> AddSlotsAsync(int add, CancellationToken stop)
    {
        var before = slots;
        return new MoreSlots(this, before, await SetSlotsAsync(before + add, Knobs.Longest, stop));
    }

    /// <summary>The server that is primary now.</summary>
    public async Task<DatabaseView> PrimaryAsync(CancellationToken stop)
    {
        var name = (await lab.ClusterAsync(stop))?.Leader ?? throw new LabRefusedException("no database host says who is primary");
        var host = lab.Inventoried.First(one => one.Name == name);
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = host.Reach.Address,
            Port = 5432,
            Database = lab.Reach.DatabaseUser,
            Username = lab.Reach.DatabaseUser,
            Password = lab.Reach.DatabasePassword,
            Timeout = 5,
            GssEncryptionMode = GssEncryptionMode.Disable, // would look the host's name up first
        };
        // Patroni and what it runs, the server above all.
        return new DatabaseView(host, connection.ConnectionString, () => figures[name].ProcessesOf("patroni"), time);
    }

    /// <summary>Processor time of all hosts so far, in s.</summary>
    public double ReadSeconds() => figures.Values.Sum(host => host.ReadSeconds());

    public async ValueTask DisposeAsync()
    {
        foreach (var change in Enumerable.Reverse(changes)) await change.DisposeAsync();
        changes.Clear();
    }

    private IReadOnlyList<InventoriedHost> Balancers => [.. lab.Inventoried.Where(host => host.Role == "lb")];

    private async Task<HostChange> SetSlotsAsync(int wanted, TimeSpan longest, CancellationToken stop)
    {
        var (before, servers) = (slots, lab.OfRole("app").Select(app => app.Name).ToList());
        var change = await HostChange.MakeAsync(lab, Balancers.Select(balancer => HostTuning.Slots(balancer, servers, wanted, before)), longest, run, time, stop);
        slots = wanted;
        return change;
    }

    private sealed class MoreSlots(HostBench bench, int before, HostChange change) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await change.DisposeAsync();
            bench.slots = before;
        }
    }
}
