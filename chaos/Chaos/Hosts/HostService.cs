using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>A systemd unit on a host.</summary>
internal sealed class HostService(Ssh ssh, string unit) : ServiceControl
{
    // The cgroup's place depends on the version of control groups.
    internal const string Processes = """
        group=$(systemctl show --property=ControlGroup --value "$1")
        [ -n "$group" ] || exit 0
        for root in /sys/fs/cgroup/systemd /sys/fs/cgroup; do
          pids=$(find "$root$group" -name cgroup.procs -exec cat {} + 2>/dev/null) && [ -n "$pids" ] && break
        done
        for pid in $pids; do
          stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
          set -- ${stat##*) }
          case $1 in Z|X) ;; *) echo "$pid ${20} $1" ;; esac
        done
        """;

    /// <summary>Start it unless it runs; also after it failed too often.</summary>
    internal const string Start = """
        set -eu
        systemctl reset-failed "$1" 2>/dev/null || true
        systemctl start "$1"
        """;

    /// <summary>Let every process of the unit go on; none there means nothing to do.</summary>
    internal const string Continue = """
        systemctl kill --signal=CONT --kill-whom=all "$1" 2>/dev/null || true
        """;

    public override UndoAction UndoOfDown => new UndoAction.OnHost(ssh.Reach, Start, [unit], "", $"start {unit} unless it runs");

    public override UndoAction UndoOfPause => new UndoAction.OnHost(ssh.Reach, Continue, [unit], "", $"let the processes of {unit} go on");

    public override async Task<ServiceState> ReadAsync(CancellationToken stop) => Parse(await ssh.RunAsync(Processes, [unit], stop));

    // Killed, and kept from being started again: down until the undo. `kill-service` leaves the restart to systemd.
    public override Task KillAsync(CancellationToken stop) => ssh.RunAsync("""
        systemctl kill --signal=KILL --kill-whom=all "$1"
        systemctl stop "$1"
        """, [unit], stop);

    public override Task StopAsync(TimeSpan patience, CancellationToken stop) => ssh.RunAsync("""systemctl stop "$1" """, [unit], stop, patience);

    public override Task PauseAsync(CancellationToken stop) => ssh.RunAsync("""systemctl kill --signal=STOP --kill-whom=all "$1" """, [unit], stop);

    public override Task StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken stop) => settings.Count == 0
        ? ssh.RunAsync(Start, [unit], stop)
        : throw new InvalidOperationException("settings of a service on a host come from Ansible and cannot be changed for one start");

    internal static ServiceState Parse(string lines) => new([.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' '))
        .Select(words => new ProcessSight(int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), words[2][0]))]);
}
