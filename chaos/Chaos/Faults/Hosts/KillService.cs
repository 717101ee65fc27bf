using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>SIGKILL to a service; systemd (or Patroni) starts it again as it is set up to: a crash.</summary>
/// <param name="Service">Service; null: the main one of the host's role.</param>
public sealed record KillService(string? Service) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("kill-service", "SIGKILL to a service of a host; its supervisor starts it again", Services.Roles, [Services.Key])
    {
        Read = (dose, _) => new KillService(Services.Read(dose)),
    };

    // The main process with its start time, which names it even when its number is used again. Of Patroni only itself:
    // PostgreSQL lives in the same unit and goes on.
    private const string MainProcess = """
        if [ "$1" = postgres ]; then pid=$(head -n 1 /var/lib/postgresql/*/main/postmaster.pid 2>/dev/null || true)
        else pid=$(systemctl show --property=MainPID --value "$1"); fi
        [ -n "$pid" ] && [ "$pid" != 0 ] && stat=$(cat "/proc/$pid/stat" 2>/dev/null) || exit 0
        set -- ${stat##*) }
        echo "$pid ${20} $1"
        """;

    private const string Kill = """
        case $1 in
          postgres) kill -KILL "$(head -n 1 /var/lib/postgresql/*/main/postmaster.pid)" ;;
          patroni) systemctl kill --signal=KILL --kill-whom=main patroni ;;
          *) systemctl kill --signal=KILL --kill-whom=all "$1" ;;
        esac
        """;

    /// <inheritdoc/>
    public override string Kind => "kill-service";

    /// <inheritdoc/>
    public override string Dose => $"SIGKILL to {Service ?? "the main service"}, started again by its supervisor";

    private protected override Injection On(HostSite site) => new Injected(site, Service);

    private sealed class Injected(HostSite site, string? asked) : Injection
    {
        private readonly string? _service = Services.On(site.Host.Role, asked);
        private ProcessSight? _before;

        public override UndoAction Undo => site.Undo($"start {Unit} unless it runs", HostService.Start, Unit);

        private string Unit => Services.UnitOf(_service ?? "");

        public override async Task<string?> RefusalAsync(CancellationToken stop)
        {
            if (_service is null)
                return Services.Missing(site.Host.Name, asked);
            _before = await MainAsync(stop);
            return _before is null ? $"{_service} does not run, so it cannot be killed" : null;
        }

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync(Kill, [_service!], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var now = await MainAsync(stop);
            return new Sight(now?.Pid != _before?.Pid || now?.StartTicks != _before?.StartTicks, now is null ? $"no process of {_service}" : $"{_service}: process {now.Pid} started at tick {now.StartTicks}");
        }

        private async Task<ProcessSight?> MainAsync(CancellationToken stop) => HostService.Parse(await site.RunAsync(MainProcess, [_service!], stop)).Processes is [var main, ..] ? main : null;
    }
}
