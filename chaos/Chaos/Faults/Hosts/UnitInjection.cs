using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>
/// A fault that is a program on the host: a transient systemd unit that ends by itself (<c>RuntimeMaxSec</c>) soon after
/// the fault should, whoever forgets it.
/// </summary>
/// <param name="site">Where.</param>
/// <param name="name">Word in the unit's name, such as <c>cpu</c>.</param>
/// <param name="properties">More properties of the unit, such as <c>User=postgres</c>.</param>
/// <param name="program">Program and arguments.</param>
internal abstract class UnitInjection(HostSite site, string name, IReadOnlyList<string> properties, IReadOnlyList<string> program) : Injection
{
    private const string Start = """
        unit=$1 seconds=$2
        shift 2
        exec systemd-run --quiet --collect --expand-environment=no --unit="$unit" --property=RuntimeMaxSec="$seconds" "$@"
        """;

    private const string Stop = """
        systemctl stop "$1" 2>/dev/null || true
        systemctl reset-failed "$1" 2>/dev/null || true
        """;

    protected HostSite Site => site;

    protected string Unit { get; } = $"lab-{name}-{site.Mark}";

    public override UndoAction Undo => site.Undo($"stop {Unit}", Stop, Unit);

    public override Task InjectAsync(CancellationToken stop) =>
        site.RunAsync(Start, [Unit, site.EndsAfter, .. properties.Select(property => $"--property={property}"), "--", .. program], stop);

    /// <summary>Last words of the program, for when it shows no effect.</summary>
    protected async Task<string> SaidAsync(CancellationToken stop) =>
        (await site.RunAsync("""journalctl --quiet --no-pager --output=cat --lines=2 --unit="$1" """, [Unit], stop)).Trim().ReplaceLineEndings(" ");
}
