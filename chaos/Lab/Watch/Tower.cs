using System.Globalization;
using System.Net;
using System.Text.Json;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Metrics;

namespace ChaosLab.Lab.Watch;

/// <summary>Where the Prometheus of a running lab is, written for `lab console` of another terminal.</summary>
/// <param name="Prometheus">Its address.</param>
/// <param name="Run">Folder of the run.</param>
/// <param name="Runner">Process that runs the lab.</param>
internal sealed record WatchSign(Uri Prometheus, string Run, int Runner)
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

/// <summary>Everything that watches one embedded lab: the runner's figures, Prometheus, Alertmanager and the desk that gets its calls.</summary>
internal sealed class Tower : IAsyncDisposable
{
    private readonly List<WatchProcess> processes = [];
    private readonly string state;
    private readonly TimeProvider time;
    private RunnerMetrics? metrics;
    private IncidentDesk? desk;

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
            tower.metrics = await RunnerMetrics.StartAsync(plan.Metrics ?? new IPEndPoint(IPAddress.Loopback, 0), lab, time);
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
        if (processes.Count > 0) File.Delete(WatchSign.FileIn(state));
        foreach (var process in processes) await process.DisposeAsync();
        Prometheus?.Dispose();
        if (desk is not null) await desk.DisposeAsync();
        if (metrics is not null) await metrics.DisposeAsync();
    }

    private async Task WatchAsync(RunningLab lab, Places places, string run, Action<string> say, CancellationToken stop)
    {
        if (lab.Topology != "embedded")
        {
            say("--watch: this lab has a Prometheus of its own on its obs host; give that the address of --metrics.");
            return;
        }

        if (WatchProcess.Find("prometheus") is not { } prometheus)
        {
            say("--watch: Prometheus is not installed, so there are no dashboards and no alerts; everything else goes on. On Debian or Ubuntu: apt-get install prometheus prometheus-alertmanager");
            return;
        }

        var folder = Path.Combine(run, "prometheus");
        Directory.CreateDirectory(folder);
        Uri? alertmanager = null;
        if (WatchProcess.Find("prometheus-alertmanager") is { } manager)
        {
            desk = await IncidentDesk.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), Path.Combine(run, "incidents.jsonl"), time);
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
        await File.WriteAllTextAsync(WatchSign.FileIn(state), JsonSerializer.Serialize(new WatchSign(address, run, Environment.ProcessId)), stop);
        say(string.Create(CultureInfo.InvariantCulture, $"watched by Prometheus: {address} (dashboards: ./lab console)"));
    }
}
