using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>The volume of the database runs full. Only a volume of its own: a disk that is shared with others is never filled.</summary>
public sealed record DiskFill : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("disk-fill", "Fills the database's data volume", ["db"], [])
    {
        Read = (_, _) => new DiskFill(),
    };

    /// <inheritdoc/>
    public override string Kind => "disk-fill";

    /// <inheritdoc/>
    public override string Dose => "data volume filled to the last byte";

    private protected override Injection On(HostSite site) => new Injected(site);

    private sealed class Injected(HostSite site) : Injection
    {
        private const string Folder = "/var/lib/postgresql";

        // Blocks are reserved, not written: quick, and the disk beneath does not fill. What is freed meanwhile is taken
        // too, for as long as the fault lasts, by the unit's loop.
        private const string Fill = """
            set -eu
            systemd-run --quiet --collect --expand-environment=no --unit="lab-fill-$2" --property=RuntimeMaxSec="$3" /bin/sh -c '
              number=0
              while :; do
                free=$(df --output=avail -B1 "$1" | tail -n 1)
                if [ "$free" -ge 4096 ]; then
                  # It takes all there is, and says that it failed. Only where it took nothing is anything written.
                  fallocate -l "$free" "$2-$number" || [ -s "$2-$number" ] || dd if=/dev/zero of="$2-$number" bs=64k status=none || :
                  number=$((number + 1))
                fi
                sleep 0.2
              done' fill "$1" "$1/lab-fill-$2"
            """;

        private const string Free = """
            systemctl stop "lab-fill-$2" 2>/dev/null || true
            systemctl reset-failed "lab-fill-$2" 2>/dev/null || true
            rm -f "$1/lab-fill-$2"-*
            """;

        public override UndoAction Undo => site.Undo($"remove the files that fill {Folder}", Free, Folder, site.Mark);

        public override async Task<string?> RefusalAsync(CancellationToken stop) =>
            (await site.Host.Ssh.AskAsync("""mountpoint -q "$1" """, [Folder], stop)).ExitCode == 0 ? null : $"{Folder} is no volume of its own: filling it would fill what others use";

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync(Fill, [Folder, site.Mark, site.EndsAfter], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var free = (await site.RunAsync("""df --output=avail -B1M "$1" | tail -n 1""", [Folder], stop)).Trim();
            return new Sight(free == "0", $"{free} MB free");
        }
    }
}
