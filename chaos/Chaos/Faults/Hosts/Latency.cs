using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>Packets of a host to others wait before they go out. The kernels of lab hosts lack netem: <c>lab-delay</c> holds them in an NFQUEUE, and when it dies they pass.</summary>
/// <param name="Delay">1 ms to 10 s.</param>
/// <param name="Jitter">0 to the delay, both ways.</param>
/// <param name="From">Roles or names at the other end; empty: every serving host.</param>
public sealed record Latency(TimeSpan Delay, TimeSpan Jitter, IReadOnlyList<string> From) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("latency", "Delays what a host sends to others", Services.Roles,
        [new("delay", "1ms to 10s, required"), new("jitter", "0 to `delay`, default 0"), NetTable.PeersKey])
    {
        Read = (dose, _) =>
        {
            var delay = dose.Duration("delay", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), "Write delay: 50ms");
            var jitter = dose.Duration("jitter", TimeSpan.Zero, delay ?? TimeSpan.FromSeconds(10)) ?? TimeSpan.Zero;
            var peers = NetTable.ReadPeers(dose);
            return delay is { } known ? new Latency(known, jitter, peers) : null;
        },
    };

    /// <inheritdoc/>
    public override string Kind => "latency";

    /// <inheritdoc/>
    public override string Dose => $"what it sends to {NetTable.Say(From)} takes {Units.Say(Delay)} ± {Units.Say(Jitter)} longer";

    private protected override Injection On(HostSite site) => new Injected(site, this);

    private sealed class Injected(HostSite site, Latency dose) : Injection
    {
        // One queue and one delayer per address. The rule's comment names its queue, so that ours is found whatever happened.
        private const string Start = """
            set -eu
            mark=$1 seconds=$2 delay=$3 jitter=$4 queue=$5
            shift 5
            runner=${SSH_CONNECTION%% *}
            for peer; do
              [ "$peer" != "$runner" ] || { echo "this would delay the lab's own ssh" >&2; exit 9; }
              systemd-run --quiet --collect --unit="lab-delay-$mark-$queue" --property=RuntimeMaxSec="$((seconds + 5))" \
                /usr/local/sbin/lab-delay --to "$peer" --delay "$delay" --jitter "$jitter" --for "$seconds" --queue "$queue"
              queue=$((queue + 1))
            done
            """;

        private const string Stop = """
            mark=$1 queue=$2
            shift 2
            systemctl stop "lab-delay-$mark-*" 2>/dev/null || true
            # Its own end removes its rule; a killed one leaves it.
            for peer; do
              while iptables -w -t mangle -D POSTROUTING -d "$peer" -m comment --comment "lab-delay-$queue" -j NFQUEUE --queue-num "$queue" --queue-bypass 2>/dev/null; do :; done
              queue=$((queue + 1))
            done
            """;

        private readonly IReadOnlyList<string> _addresses = NetTable.Addresses(site, dose.From);
        private readonly int _queue = 100 + Convert.ToInt32(site.Mark[..3], 16) * 10;
        private double? _before;

        public override UndoAction Undo => site.Undo($"stop lab-delay {site.Mark}", Stop, [site.Mark, Number(_queue), .. _addresses]);

        public override async Task<string?> RefusalAsync(CancellationToken stop)
        {
            if (_addresses.Count is 0 or > 9)
                return $"{_addresses.Count} addresses at the other end: at least one and at most nine can be delayed";
            return (await site.Host.Ssh.AskAsync("test -x /usr/local/sbin/lab-delay && command -v ping >/dev/null", [], stop)).ExitCode == 0
                ? null
                : "lab-delay or ping is missing on it: Ansible's role fault_tools brings it";
        }

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync(Start,
            [site.Mark, site.EndsAfter, Milliseconds(dose.Delay), Milliseconds(dose.Jitter), Number(_queue), .. _addresses], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var answer = await site.Host.Ssh.AskAsync("""LC_ALL=C ping -n -q -c 2 -i 0.2 -W 12 "$1" """, [_addresses[0]], stop);
            if (RoundTrip(answer.Output) is not { } now)
                return new Sight(false, $"no answer from {_addresses[0]}");
            _before ??= now;
            return new Sight(now - _before >= dose.Delay.TotalMilliseconds * 0.8, string.Create(CultureInfo.InvariantCulture, $"{now:0.0} ms to {_addresses[0]} and back, {_before:0.0} ms before"));
        }

        // `rtt min/avg/max/mdev = 0.045/0.051/0.057/0.006 ms`
        private static double? RoundTrip(string ping) =>
            ping.Split("min/avg/max/mdev = ") is [_, var figures] && double.TryParse(figures.Split('/')[0], CultureInfo.InvariantCulture, out var least) ? least : null;

        private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

        private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
