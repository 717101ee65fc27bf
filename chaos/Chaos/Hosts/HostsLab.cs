using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>Hosts of an Ansible inventory, deployed already, reached by ssh and over their ports. A run borrows them: ending it heals, and removes nothing.</summary>
public sealed class HostsLab : RunningLab
{
    private static readonly TimeSpan ReachLimit = TimeSpan.FromSeconds(90);
    private readonly HostsOptions _options;
    private readonly GuardianLease _lease;
    private readonly List<InventoriedHost> _hosts = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private bool _ended;

    private HostsLab(HostsOptions options, GuardianLease lease, LabReach reach, string topology, string inventoryPath)
    {
        (_options, _lease, Reach, Topology, InventoryPath) = (options, lease, reach, topology, inventoryPath);
        Folder = LabFolder.Of(options.StateRoot, lease.Lab);
        var authority = reach.CertificateAuthority;
        Authority = authority.Length > 0 && File.Exists(authority) ? X509CertificateLoader.LoadCertificateFromFile(authority) : null;
        Entry = new Uri($"https://{(reach.Vip.Length > 0 ? reach.Vip : reach.Hosts.First(host => host.Role == "lb").Address)}/");
        _hosts.AddRange(reach.Hosts.Select(host => new InventoriedHost(host, reach, new Ssh(host, Folder, lease.Lab))));
    }

    /// <inheritdoc/>
    public override string Id => _lease.Lab;
    /// <summary><c>docker</c> when the hosts are containers of this machine, else <c>inventory</c>.</summary>
    public override string Topology { get; }
    /// <inheritdoc/>
    public override Uri Entry { get; }
    /// <inheritdoc/>
    public override IReadOnlyList<Host> Hosts => _hosts;
    /// <inheritdoc/>
    public override string StateRoot => _options.StateRoot;
    /// <inheritdoc/>
    public override IReadOnlyCollection<Safeguard> Without => [];
    /// <inheritdoc/>
    public override CancellationToken GuardianLost => _lease.Lost;
    /// <inheritdoc/>
    public override X509Certificate2? Authority { get; }
    /// <summary>A host that was off boots, and a database that was primary rewinds and catches up: 5 to 13 s when the machine is quiet.</summary>
    public override TimeSpan AttestLimit => TimeSpan.FromSeconds(90);
    /// <inheritdoc/>
    public override TimeSpan LookEvery => TimeSpan.FromMilliseconds(300);

    /// <summary>How everything is reached.</summary>
    internal LabReach Reach { get; }
    /// <summary>The inventory as Ansible is given it.</summary>
    internal string InventoryPath { get; }
    /// <summary>The repository's <c>ansible</c>.</summary>
    internal string AnsibleFolder => _options.AnsibleFolder;
    internal IEnumerable<InventoriedHost> Inventoried => _hosts;
    /// <summary>Folder of this run's sockets; gone with the lab.</summary>
    private string Folder { get; }

    /// <summary>Reads the inventory, takes the guardian's lease, and sees that every host answers and is well.</summary>
    /// <exception cref="LabRefusedException">One message: the inventory is wrong, a host cannot be reached or is not deployed, another run is at work, or something was left behind.</exception>
    public static async Task<HostsLab> StartAsync(HostsOptions options, IProgress<string>? progress, CancellationToken stop)
    {
        options = options with { StateRoot = Path.GetFullPath(options.StateRoot) };
        progress?.Report("inventory");
        var (inventory, reach) = await ReachAsync(options, stop);
        var id = string.Create(CultureInfo.InvariantCulture, $"{options.Time.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, true)}");
        progress?.Report("guardian");
        var lease = await GuardianLease.TakeAsync(options.LabCommand, options.StateRoot, id, options.Time, stop);
        var lab = new HostsLab(options, lease, reach, Path.GetFileName(inventory.Path.TrimEnd('/')) == "docker" ? "docker" : "inventory", inventory.Path);
        try
        {
            progress?.Report(string.Join(", ", lab._hosts.Select(host => host.Name)));
            await lab.SeeThatAllIsWellAsync(stop);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The inventory, and how its hosts are reached.</summary>
    /// <exception cref="LabRefusedException">It is wrong, or Ansible is missing.</exception>
    public static async Task<(Inventory Inventory, LabReach Reach)> ReachAsync(HostsOptions options, CancellationToken stop)
    {
        var path = Inventory.PathOf(options.On, options.AnsibleFolder);
        try
        {
            var inventory = await Inventory.ReadAsync(path, options.AnsibleFolder, stop);
            Directory.CreateDirectory(options.StateRoot);
            var file = Path.Combine(options.StateRoot, $"reach-{Environment.ProcessId}.json");
            try
            {
                var answer = await Ansible.RunAsync(options.AnsibleFolder, Ansible.Play(options.AnsibleFolder, path, "playbooks/reach.yml", "-e", $"reach_file={file}"), ReachLimit, null, stop, options.StateRoot);
                if (answer.ExitCode != 0 || !File.Exists(file))
                    throw new LabRefusedException($"the variables of {path} cannot be worked out: {FatalOf(answer.Output + answer.Errors)}");
                return (inventory, LabReach.Parse(await File.ReadAllTextAsync(file, stop)));
            }
            finally
            {
                File.Delete(file);
            }
        }
        catch (CommandMissingException missing)
        {
            throw new LabRefusedException(missing.Message, missing);
        }
        catch (TimeoutException slow)
        {
            throw new LabRefusedException($"Ansible did not answer: {slow.Message}", slow);
        }
    }

    /// <inheritdoc/>
    public override Task ApplyAsync(IReadOnlyList<LabSetting> settings, CancellationToken stop) => settings.Count == 0
        ? Task.CompletedTask
        : throw new InvalidOperationException($"settings of hosts come from Ansible, not from an experiment ({string.Join(", ", settings.Select(setting => setting.Name))})");

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Host>> HoldersAsync(Target.Holder holder, CancellationToken stop)
    {
        var name = holder.Who switch
        {
            "vip" => await VipHolderAsync(stop),
            "spare" => await VipHolderAsync(stop) is { } active ? _hosts.FirstOrDefault(host => host.Role == "lb" && host.Name != active)?.Name : null,
            "etcd-leader" => await EtcdLeaderAsync(stop),
            "etcd-follower" => await EtcdLeaderAsync(stop) is { } leader ? _hosts.FirstOrDefault(host => host.Role == "db" && host.Name != leader)?.Name : null,
            _ when await ClusterAsync(stop) is { } cluster => holder.Who switch { "primary" => cluster.Leader, "sync-standby" => cluster.SyncStandby, "replica" => cluster.Replica, _ => null },
            _ => null,
        };
        return [.. _hosts.Where(host => host.Name == name)];
    }

    /// <inheritdoc/>
    public override async Task<string> FingerprintAsync(Host host, CancellationToken stop)
    {
        var of = (InventoriedHost)host;
        var seen = await HostSight.ReadAsync(of.Ssh, stop);
        var parts = new List<string> { seen.Text, $"ready: {await HealthAsync(of.Health, stop)}" };
        switch (host.Role)
        {
            case "app":
                parts.Add($"in balancer: {(await ReadBalancerAsync(stop))?.Find(host.Name)?.State ?? "unknown"}");
                using (var faults = new AppFaults(host.Admin, host.AdminToken))
                    parts.Add($"in-app faults: {await faults.DescribeAsync(stop)}");
                break;
            case "db":
                parts.Add((await ClusterView.ReadAsync(_http, of.Admin, stop))?.Text ?? "cluster: unknown");
                parts.Add($"etcd: {await HealthAsync(new Uri($"http://{of.Reach.Address}:2379/health"), stop)}");
                break;
            case "lb":
                parts.Add($"holders of the address: {await CountVipHoldersAsync(stop)}");
                break;
        }

        return string.Join(", ", parts);
    }

    /// <inheritdoc/>
    public override Task ArmAsync(UndoAction undo, TimeSpan after, CancellationToken stop) => undo is UndoAction.OnHost there
        ? DeadManTimer.ArmAsync(_hosts.First(host => host.Name == there.Reach.Name).Ssh, there, after, stop)
        : Task.CompletedTask;

    /// <inheritdoc/>
    public override IReadOnlyList<Witness> Witnesses(Experiment experiment) =>
        [new StallCanary(_hosts.First(host => host.Role == "obs").Ssh), new SplitBrainWitness(_hosts.Where(host => host.Role == "db").Select(host => host.Reach), Reach, _options.Time)];

    /// <summary>Heals what is still to be healed and closes the connections. The hosts stay.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        await Task.WhenAll(_hosts.Select(host => host.Ssh.CloseAsync()));
        _http.Dispose();
        Authority?.Dispose();
        await _lease.DisposeAsync();
    }

    /// <summary>The database cluster as the first member tells it that answers; null when none does.</summary>
    internal async Task<ClusterView?> ClusterAsync(CancellationToken stop)
    {
        foreach (var db in _hosts.Where(host => host.Role == "db"))
            if (await ClusterView.ReadAsync(_http, db.Admin, stop) is { } view)
                return view;
        return null;
    }

    internal override async Task<BalancerState?> ReadBalancerAsync(CancellationToken stop)
    {
        try
        {
            var state = HaproxyView.Parse(await _http.GetStringAsync(new Uri($"http://{Entry.Host}:{Reach.BalancerStatusPort}{HaproxyView.Page}"), stop));
            return state.Backends.Count > 0 ? state : null;
        }
        catch (Exception unreadable) when (unreadable is HttpRequestException || (unreadable is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }

    // Silence of one second says little on a busy machine; of three, something.
    private static async Task<string> HealthAsync(Uri health, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
            if (await HostView.ReadHealthAsync(health, stop) is var answer && (answer != "silent" || attempt == 3))
                return answer;
    }

    private async Task<string?> VipHolderAsync(CancellationToken stop)
    {
        foreach (var lb in _hosts.Where(host => host.Role == "lb"))
            if ((await HostSight.ReadAsync(lb.Ssh, stop)).Addresses.Contains(Reach.Vip))
                return lb.Name;
        return null;
    }

    private async Task<int> CountVipHoldersAsync(CancellationToken stop)
    {
        var seen = await Task.WhenAll(_hosts.Where(host => host.Role == "lb").Select(async lb =>
        {
            try
            {
                return (await HostSight.ReadAsync(lb.Ssh, stop)).Addresses.Contains(Reach.Vip);
            }
            catch (HostUnreachableException)
            {
                return false; // whoever is off holds nothing
            }
        }));
        return seen.Count(holds => holds);
    }

    private async Task<string?> EtcdLeaderAsync(CancellationToken stop)
    {
        foreach (var db in _hosts.Where(host => host.Role == "db"))
        {
            try
            {
                using var answer = await _http.PostAsync(new Uri($"http://{db.Reach.Address}:2379/v3/maintenance/status"), new StringContent("{}"), stop);
                using var status = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(stop));
                if (status.RootElement.GetProperty("leader").GetString() == status.RootElement.GetProperty("header").GetProperty("member_id").GetString())
                    return db.Name;
            }
            catch (Exception silent) when (silent is HttpRequestException or System.Text.Json.JsonException or KeyNotFoundException || (silent is OperationCanceledException && !stop.IsCancellationRequested))
            {
                _ = silent; // the next one may know
            }
        }

        return null;
    }

    private async Task SeeThatAllIsWellAsync(CancellationToken stop)
    {
        var problems = (await Task.WhenAll(_hosts.Select(async host =>
        {
            try
            {
                var seen = await HostSight.ReadAsync(host.Ssh, stop);
                (host.ReleaseAtStart, host.ReleaseBeforeStart) = (seen.Release, seen.ReleaseBefore);
                if (seen.Units.FirstOrDefault(unit => !unit.EndsWith("=active", StringComparison.Ordinal)) is { } down)
                    return $"{host.Name}: {down}, so it is not deployed, or not well";
                if (seen.Left.Count > 0)
                    return $"{host.Name}: an earlier fault left {string.Join(", ", seen.Left)}: run `lab restore`, or remove it by hand";
                return await HealthAsync(host.Health, stop) is var health and not "200" ? $"{host.Name}: {host.Health} answers {health}" : null;
            }
            catch (HostUnreachableException away)
            {
                return away.Message;
            }
            catch (InvalidOperationException strange)
            {
                return strange.Message;
            }
        }))).OfType<string>().ToList();
        if (problems.Count > 0)
            throw new LabRefusedException($"the hosts of {InventoryPath} are not ready for a run (`./lab up` makes and mends those of the docker lab):\n  - {string.Join("\n  - ", problems)}");
    }

    private static string FatalOf(string output) =>
        output.Split('\n').FirstOrDefault(line => line.StartsWith("fatal:", StringComparison.Ordinal) || line.StartsWith("ERROR", StringComparison.Ordinal)) ?? string.Join(" / ", output.Trim().Split('\n').TakeLast(3));
}
