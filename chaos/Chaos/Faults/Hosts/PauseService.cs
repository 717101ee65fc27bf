using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>SIGSTOP to a service: its connections stay and nothing answers. A hang, not a crash.</summary>
/// <param name="Service">Service; null: the main one of the host's role.</param>
public sealed record PauseService(string? Service) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("pause-service", "SIGSTOP to a service of a host: it hangs and refuses nothing", Services.Roles, [Services.Key])
    {
        Read = (dose, _) => new PauseService(Services.Read(dose)),
    };

    // PostgreSQL without Patroni: the postmaster and its children.
    private const string Pause = """
        if [ "$1" != postgres ]; then systemctl kill --signal=STOP --kill-whom=all "$1"; exit; fi
        postmaster=$(head -n 1 /var/lib/postgresql/*/main/postmaster.pid)
        kill -STOP "$postmaster" $(pgrep --parent "$postmaster")
        """;

    /// <inheritdoc/>
    public override string Kind => "pause-service";

    /// <inheritdoc/>
    public override string Dose => $"SIGSTOP to {Service ?? "the main service"} until the undo";

    private protected override Injection On(HostSite site) => new Injected(site, Service);

    private sealed class Injected(HostSite site, string? asked) : Injection
    {
        private readonly string _service = Services.On(site.Host.Role, asked) ?? "";

        public override UndoAction Undo => site.Undo($"let the processes of {Unit} go on", HostService.Continue, Unit);

        private string Unit => Services.UnitOf(_service);

        public override Task<string?> RefusalAsync(CancellationToken stop) => Task.FromResult(_service.Length == 0 ? Services.Missing(site.Host.Name, asked) : null);

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync(Pause, [_service], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var processes = HostService.Parse(await site.RunAsync(HostService.Processes, [Unit], stop)).Processes;
            var paused = processes.Count(process => process.State == 'T');
            return new Sight(paused > 0, $"{paused} of {processes.Count} processes of {Unit} stand still");
        }
    }
}
