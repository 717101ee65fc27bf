using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Metrics;

namespace ChaosLab.Lab.Watch;

/// <summary>Where the Prometheus and the desk of a running lab are, written for `lab console` and `lab desk` of another terminal.</summary>
/// <param name="Prometheus">Its address.</param>
/// <param name="Run">Folder of the run.</param>
/// <param name="Runner">Process that runs the lab.</param>
/// <param name="Desk">Where its incidents are taken; null: it has no desk.</param>
internal sealed record WatchSign(Uri Prometheus, string Run, int Runner, Uri? Desk = null)
{
    /// <summary>The sign of the lab that is watched now; null when there is none.</summary>
    public static WatchSign? Read(string state)
    {
        try
        {
            var sign = JsonSerializer.Deserialize<WatchSign>(File.ReadAllText(FileIn(state)));
            return sign is not null && Directory.Exists($"/proc/{sign.Runner}") ? sign : null;
        }
        catch (Exception none) when (none is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The file it stands in.</summary>
    public static string FileIn(string state) => Path.Combine(state, "watch.json");
}

/// <summary>
/// Everything that watches a lab: the runner's figures, Prometheus, Alertmanager and the desk that gets its calls. An embedded lab gets
/// these beside it; hosts have them on their obs host, which reads the runner and calls its desk where this machine meets the hosts.
/// </summary>
internal sealed class Tower : IAsyncDisposable
{
    /// <summary>Where the hosts look for the runner: <c>prometheus_runner_targets</c> of the docker lab's inventory.</summary>
    private const int RunnerPort = 9900;

    /// <summary>Where the hosts call: <c>prometheus_pagerduty_url</c> of the docker lab's inventory.</summary>
    private const int DeskPort = 9777;

    private readonly List<WatchProcess> processes = [];
    private readonly string state;
    private readonly TimeProvider time;
    private RunnerMetrics? metrics;
    private IncidentDesk? desk;
    private bool watched;

    private Tower(string state, TimeProvider time)
    {
        this.state = state;
        this.time = time;
    }

    /// <summary>Takes what the runner knows.</summary>
    public RunnerMetrics? Metrics => metrics;

    /// <summary>The desk; null when there is no Alertmanager.</summary>
    public IncidentDesk? Desk => desk;

    /// <summary>Asks Prometheus; null when none runs.</summary>
    public PrometheusClient? Prometheus { get; private set; }

    /// <summary>Builds it. What is missing is said, and the rest stands.</summary>
    /// <param name="plan">What was asked for.</param>
    /// <param name="lab">The lab to watch.</param>
    /// <param name="places">Repository and state.</param>
    /// <param name="run">Folder of the run; gets a folder <c>prometheus</c>.</param>
    /// <param name="say">One line for people.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<Tower> BuildAsync(SeeingPlan plan, RunningLab lab, Places places, string run, Action<string> say, TimeProvider time, CancellationToken stop)
    {
        var tower = new Tower(places.State, time);
        if (plan is { Metrics: null, Watch: false }) return tower;
        try
        {
            tower.metrics = await RunnerMetrics.StartAsync(plan.Metrics ?? (Observer(lab) is { } obs ? new IPEndPoint(Towards(obs), RunnerPort) : new IPEndPoint(IPAddress.Loopback, 0)), lab, time);
            say($"figures of the runner: {tower.metrics.Address}metrics");
            if (plan.Watch) await tower.WatchAsync(lab, places, run, say, stop);
            return tower;
        }
        catch (IOException taken)
        {
            await tower.DisposeAsync();
            throw new LabRefusedException($"--metrics: {taken.Message}. Choose another port, or 0 for a free one");
        }
        catch
        {
            await tower.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
        // Only now: without the sign the console opens the kept figures, which it cannot while Prometheus holds them.
        if (watched) File.Delete(WatchSign.FileIn(state));
        Prometheus?.Dispose();
        if (desk is not null) await desk.DisposeAsync();
        if (metrics is not null) await metrics.DisposeAsync();
    }

    private async Task WatchAsync(RunningLab lab, Places places, string run, Action<string> say, CancellationToken stop)
    {
        if (lab.Topology != "embedded")
        {
            await WatchFromObserverAsync(lab, run, say, stop);
            return;
        }

        if (WatchProcess.Find("prometheus") is not { } prometheus)
        {
            say("--watch: Prometheus is not installed, so there are no dashboards and no alerts; everything else goes on. On Debian or Ubuntu: apt-get install prometheus prometheus-alertmanager");
            return;
        }

        var folder = KeptFigures.FolderOf(run);
        Directory.CreateDirectory(folder);
        Uri? alertmanager = null;
        if (WatchProcess.Find("prometheus-alertmanager") is { } manager)
        {
            desk = await OpenDeskAsync(new IPEndPoint(IPAddress.Loopback, 0), run, say, time);
            alertmanager = WatchProcess.FreeAddress();
            await File.WriteAllTextAsync(Path.Combine(folder, "alertmanager.yml"), WatchFiles.Alertmanager(desk.Address), stop);
            processes.Add(await WatchProcess.StartAsync(lab, "alertmanager", manager, folder, alertmanager, time, stop,
                $"--config.file={folder}/alertmanager.yml", $"--storage.path={folder}/alertmanager", $"--web.listen-address={alertmanager.Authority}", "--cluster.listen-address="));
        }
        else
        {
            say("--watch: Alertmanager is not installed, so alerts are shown but nobody is called. On Debian or Ubuntu: apt-get install prometheus-alertmanager");
        }

        var token = Path.Combine(LabFolder.Of(lab.StateRoot, lab.Id), "metrics.token");
        await File.WriteAllTextAsync(token, lab.OfRole("lb")[0].AdminToken, stop);
        var address = WatchProcess.FreeAddress();
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), WatchFiles.Prometheus(lab, metrics!.Address, address, alertmanager, token, places.Rules), stop);
        processes.Insert(0, await WatchProcess.StartAsync(lab, "prometheus", prometheus, folder, address, time, stop,
            $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address={address.Authority}", "--storage.tsdb.retention.time=30d"));
        Prometheus = new PrometheusClient(address);
        await SignAsync(address, run, say, stop);
    }

    // Whoever is on duty hears of a call where the run is told, and takes it from another terminal.
    private static async Task<IncidentDesk> OpenDeskAsync(IPEndPoint at, string run, Action<string> say, TimeProvider time)
    {
        var desk = await IncidentDesk.StartAsync(at, Path.Combine(run, "incidents.jsonl"), time);
        desk.Changed = (incident, action) => say("desk: " + incident.Say(action));
        say($"incidents: {desk.Address}incidents (take one: ./lab desk --acknowledge ALERT, or curl -X POST {desk.Address}incidents/ALERT/acknowledge)");
        return desk;
    }

    private static Uri? Observer(RunningLab lab) => lab.Topology == "embedded" ? null : lab.OfRole("obs") is [var obs, ..] ? obs.Public : null;

    /// <summary>This machine's address on the way to a host; no packet is sent to learn it.</summary>
    private static IPAddress Towards(Uri host)
    {
        using var way = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        way.Connect(host.Host, host.Port);
        return ((IPEndPoint)way.LocalEndPoint!).Address;
    }

    private async Task WatchFromObserverAsync(RunningLab lab, string run, Action<string> say, CancellationToken stop)
    {
        if (Observer(lab) is not { } obs)
        {
            say("--watch: there is no obs host, so there are no dashboards and no alerts; everything else goes on.");
            return;
        }

        try
        {
            desk = await OpenDeskAsync(new IPEndPoint(Towards(obs), DeskPort), run, say, time);
        }
        catch (IOException taken)
        {
            say($"--watch: {taken.Message}, so calls of the hosts' Alertmanager are not recorded with this run");
        }

        var prometheus = new PrometheusClient(obs);
        try
        {
            await prometheus.QueryAsync("up", stop);
        }
        catch (Exception silent) when (silent is HttpRequestException or InvalidOperationException || (silent is OperationCanceledException && !stop.IsCancellationRequested))
        {
            prometheus.Dispose();
            say($"--watch: Prometheus at {obs} does not answer ({silent.Message}), so there are no dashboards and no alerts; everything else goes on.");
            return;
        }

        Prometheus = prometheus;
        KeptFigures.LeaveAt(run, obs);
        await SignAsync(obs, run, say, stop);
    }

    private async Task SignAsync(Uri prometheus, string run, Action<string> say, CancellationToken stop)
    {
        await File.WriteAllTextAsync(WatchSign.FileIn(state), JsonSerializer.Serialize(new WatchSign(prometheus, run, Environment.ProcessId, desk?.Address)), stop);
        watched = true;
        say($"watched by Prometheus: {prometheus} (dashboards: ./lab console)");
    }
}
