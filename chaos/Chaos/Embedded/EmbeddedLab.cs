using System.Globalization;
using System.Security.Cryptography;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Embedded;

/// <summary>A balancer and some shorteners as child processes on loopback, with one SQLite file or a private PostgreSQL; taken away when disposed or when this process dies.</summary>
public sealed class EmbeddedLab : RunningLab
{
    /// <summary>Most that is kept of the log of one process, in bytes.</summary>
    internal const long MostLog = 16 * 1024 * 1024;

    private readonly EmbeddedOptions _options;
    private readonly GuardianLease _lease;
    private readonly string _folder;
    private readonly List<EmbeddedHost> _hosts = [];
    private readonly Readiness _readiness;
    private IReadOnlyList<LabSetting> _settings = [];
    private bool _ended;

    private EmbeddedLab(EmbeddedOptions options, GuardianLease lease)
    {
        _options = options;
        _lease = lease;
        _folder = LabFolder.Of(options.StateRoot, lease.Lab);
        _readiness = new Readiness(options.Time, options.StartLimit);
    }

    /// <inheritdoc/>
    public override string Id => _lease.Lab;
    /// <inheritdoc/>
    public override string Topology => "embedded";
    /// <inheritdoc/>
    public override Uri Entry => OfRole("lb")[0].Public;
    /// <inheritdoc/>
    public override IReadOnlyList<Host> Hosts => _hosts;
    /// <inheritdoc/>
    public override string StateRoot => _options.StateRoot;
    /// <inheritdoc/>
    public override IReadOnlyCollection<Safeguard> Without => _options.Without;
    /// <inheritdoc/>
    public override CancellationToken GuardianLost => _lease.Lost;
    /// <summary>Process id of the guardian.</summary>
    public int GuardianPid => _lease.GuardianPid;

    /// <summary>Starts everything and returns when every host is ready. The guardian stands before anything else is made.</summary>
    /// <param name="options">What it is made of.</param>
    /// <param name="progress">One line per step.</param>
    /// <param name="stop">Gives up; what was started is taken away.</param>
    /// <exception cref="LabRefusedException">A program is missing, another run holds the state root, something was left behind, or a host did not get ready (with the end of its log).</exception>
    public static async Task<EmbeddedLab> StartAsync(EmbeddedOptions options, IProgress<string>? progress, CancellationToken stop)
    {
        foreach (var program in (string[])[options.LabCommand[0], options.ShortenerCommand[0]])
            if (program.Contains('/') && !File.Exists(program))
                throw new LabRefusedException($"{program} is missing: build the solution first (dotnet build)");
        if (options.Database is not null && PostgresPrograms.Refusal() is { } missing)
            throw new LabRefusedException(missing);
        options = options with { StateRoot = Path.GetFullPath(options.StateRoot) };
        var id = string.Create(CultureInfo.InvariantCulture, $"{options.Time.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, true)}");
        progress?.Report("guardian");
        var lab = new EmbeddedLab(options, await GuardianLease.TakeAsync(options.LabCommand, options.StateRoot, id, options.Time, stop));
        try
        {
            await lab.StartHostsAsync(progress, stop);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>How a database of a lab is reached, in the words of Npgsql. Holds a secret.</summary>
    public static string ConnectionStringOf(Host database) => PrivatePostgres.ConnectionString(database);

    /// <inheritdoc/>
    public override async Task ApplyAsync(IReadOnlyList<LabSetting> settings, CancellationToken stop)
    {
        foreach (var role in (string[])["app", "lb"])
        {
            var wanted = settings.Where(setting => setting.Role == role).ToList();
            var current = _settings.Where(setting => setting.Role == role).ToList();
            if (wanted.SequenceEqual(current))
                continue;
            var hosts = _hosts.Where(host => host.Role == role).ToList();
            foreach (var host in hosts)
            {
                var environment = BaseOf(host);
                foreach (var setting in wanted)
                    environment[setting.Variable] = setting.Value;
                host.Launch = host.Launch with { Environment = environment };
                host.Launch.Write();
            }

            await Task.WhenAll(hosts.Select(host => host.Service.StopAsync(TimeSpan.FromSeconds(20), stop)));
            await Task.WhenAll(hosts.Select(host => StartAsync(host, stop)));
        }

        _settings = settings;
        await _readiness.OfBackendsAsync(OfRole("lb")[0], OfRole("app"), stop);
    }

    /// <summary>Takes the lab away: every process ended, its folder removed, its undo marked executed.</summary>
    /// <exception cref="UndoFailedException">Something is left; the message says what to do.</exception>
    public override async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        KeepLogs();
        _readiness.Dispose();
        await _lease.DisposeAsync();
    }

    private async Task StartHostsAsync(IProgress<string>? progress, CancellationToken stop)
    {
        var instances = _options.Without.Contains(Safeguard.Instances) ? 1 : _options.Instances;
        var servers = _options.Database switch { null => 0, { HasStandby: true } => 2, _ => 1 };
        var ports = new Queue<Uri>(FreePorts.Take(((instances + 1) * 2) + servers, new Random(Environment.ProcessId ^ Environment.TickCount))
            .Select(port => new Uri($"http://127.0.0.1:{port}")));
        var token = RandomNumberGenerator.GetHexString(32, true);
        var (entry, balancerAdmin) = (ports.Dequeue(), ports.Dequeue());

        var databases = new List<EmbeddedHost>();
        if (_options.Database is { } wanted)
        {
            using var postgres = new PrivatePostgres(Id, _folder, wanted, _options.Time, _options.StartLimit);
            await foreach (var database in postgres.StartAsync([.. Enumerable.Range(0, servers).Select(_ => ports.Dequeue().Port)], progress, stop))
                databases.Add(database);
        }

        for (var number = 1; number <= instances; number++)
        {
            var (open, admin) = (ports.Dequeue(), ports.Dequeue());
            var settings = EmbeddedConfiguration.OfShortener($"app{number}", open, admin, entry, token, _folder, _options.Without);
            if (databases.Count > 0)
                EmbeddedConfiguration.UseDatabase(settings, ConnectionStringOf(databases[0]), databases.Count > 1 ? ConnectionStringOf(databases[1]) : null);
            Add("app", $"app{number}", _options.ShortenerCommand, open, admin, token, settings);
        }

        var apps = _hosts.ToList();
        Add("lb", "lb1", [.. _options.LabCommand, "balancer"], entry, balancerAdmin, token,
            EmbeddedConfiguration.OfBalancer(entry, balancerAdmin, token, apps.Select(app => app.Launch), _options.Without));

        // The first one makes the database; the others find it made.
        foreach (var group in (IEnumerable<EmbeddedHost>[])[apps.Take(1), apps.Skip(1), _hosts.Skip(apps.Count)])
        {
            if (!group.Any())
                continue;
            progress?.Report(string.Join(", ", group.Select(host => host.Name)));
            await Task.WhenAll(group.Select(host => StartAsync(host, stop)));
        }

        _hosts.AddRange(databases);
        await _readiness.OfBackendsAsync(OfRole("lb")[0], OfRole("app"), stop);
    }

    private void Add(string role, string name, IReadOnlyList<string> command, Uri open, Uri admin, string token, Dictionary<string, string> environment)
    {
        foreach (var setting in _options.Settings.Where(setting => setting.Role == role)) environment[setting.Variable] = setting.Value;
        var launch = new Launch
        {
            Lab = Id,
            Host = name,
            Program = command[0],
            Arguments = [.. command.Skip(1)],
            Environment = environment,
            Folder = _folder,
            Public = open,
            Admin = admin,
            AdminToken = token,
        };
        launch.Write();
        _base[name] = new Dictionary<string, string>(environment);
        _hosts.Add(new EmbeddedHost(role, launch, _options.Time));
    }

    private readonly Dictionary<string, Dictionary<string, string>> _base = [];

    private Dictionary<string, string> BaseOf(EmbeddedHost host) => new(_base[host.Name]);

    private async Task StartAsync(EmbeddedHost host, CancellationToken stop)
    {
        await host.Service.StartAsync(new Dictionary<string, string>(), stop);
        await _readiness.OfAsync(host, () => host.Launch.LogTail(), stop);
    }

    private void KeepLogs()
    {
        if (_options.LogFolder is not { } to)
            return;
        try
        {
            Directory.CreateDirectory(to);
            foreach (var log in Directory.GetFiles(_folder, "*.log"))
                KeepEnd(log, Path.Combine(to, Path.GetFileName(log)));
        }
        catch (IOException)
        {
            // Logs are a courtesy; taking the lab away is a duty.
        }
    }

    // The end of a long log is what a reader asks for; its first line there may be torn, so it is left out.
    private static void KeepEnd(string from, string to)
    {
        using var log = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (log.Length > MostLog)
        {
            log.Seek(-MostLog, SeekOrigin.End);
            while (log.ReadByte() is not ('\n' or -1))
            {
            }
        }

        using var kept = File.Create(to);
        log.CopyTo(kept);
    }
}
