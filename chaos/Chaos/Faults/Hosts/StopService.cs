using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary><c>systemctl stop</c>: an orderly end, down until the undo.</summary>
/// <param name="Service">Service; null: the main one of the host's role.</param>
public sealed record StopService(string? Service) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("stop-service", "Stops a service of a host, down until the fault ends", Services.Roles, [Services.Key])
    {
        Read = (dose, _) => new StopService(Services.Read(dose)),
    };

    /// <inheritdoc/>
    public override string Kind => "stop-service";

    /// <inheritdoc/>
    public override string Dose => $"{Service ?? "the main service"} stopped until the undo";

    private protected override Injection On(HostSite site) => new Injected(site, Service);

    private sealed class Injected(HostSite site, string? asked) : Injection
    {
        private readonly string _unit = Services.UnitOf(Services.On(site.Host.Role, asked) ?? "");

        public override UndoAction Undo => site.Undo($"start {_unit} unless it runs", HostService.Start, _unit);

        public override async Task<string?> RefusalAsync(CancellationToken stop) => _unit.Length == 0
            ? Services.Missing(site.Host.Name, asked)
            : await StateAsync(stop) == "active" ? null : $"{_unit} does not run, so it cannot be stopped";

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync("""systemctl stop "$1" """, [_unit], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var state = await StateAsync(stop);
            return new Sight(state is "inactive" or "failed", $"{_unit} is {state}");
        }

        private async Task<string> StateAsync(CancellationToken stop) => (await site.RunAsync("""systemctl show --property=ActiveState --value "$1" """, [_unit], stop)).Trim();
    }
}
