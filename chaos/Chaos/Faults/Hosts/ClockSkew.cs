using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>
/// The clock of one service is wrong. Containers share the machine's clock, so it is never stepped: the service is
/// restarted with libfaketime before the system calls, by a drop-in that does not survive a reboot.
/// </summary>
/// <param name="Offset">Ahead, 1 s to 1 h.</param>
public sealed record ClockSkew(TimeSpan Offset) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("clock-skew", "The shortener's clock is ahead (restarts it)", ["app"], [new("offset", "1s to 1h, required")])
    {
        Read = (dose, _) => dose.Duration("offset", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "Write offset: 5min") is { } offset ? new ClockSkew(offset) : null,
    };

    /// <inheritdoc/>
    public override string Kind => "clock-skew";

    /// <inheritdoc/>
    public override string Dose => $"its clock is {Units.Say(Offset)} ahead";

    private protected override Injection On(HostSite site) => new Injected(site, Offset);

    private sealed class Injected(HostSite site, TimeSpan offset) : Injection
    {
        // FAKETIME_DONT_FAKE_MONOTONIC stays away: with it a delay of .NET returns at once.
        private const string Skew = """
            set -eu
            library=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1)
            mkdir -p /run/systemd/system/shortener.service.d
            printf '[Service]\nEnvironment=LD_PRELOAD=%s FAKETIME=+%ss\n' "$library" "$2" >"/run/systemd/system/shortener.service.d/lab-$1.conf"
            systemctl daemon-reload
            systemctl restart shortener
            """;

        private const string Right = """
            [ -e "/run/systemd/system/shortener.service.d/lab-$1.conf" ] || exit 0
            rm -f "/run/systemd/system/shortener.service.d/lab-$1.conf"
            rmdir --ignore-fail-on-non-empty /run/systemd/system/shortener.service.d
            systemctl daemon-reload
            systemctl restart shortener
            """;

        private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

        public override UndoAction Undo => site.Undo("remove the drop-in that skews the clock, and restart shortener", Right, site.Mark);

        public override async Task<string?> RefusalAsync(CancellationToken stop) =>
            (await site.Host.Ssh.AskAsync("ls /usr/lib/*/faketime/libfaketimeMT.so.1", [], stop)).ExitCode == 0 ? null : "libfaketime is missing on it: Ansible's role fault_tools brings it";

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync(Skew, [site.Mark, offset.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)], stop);

        // Kestrel dates every answer, to the second.
        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            using var answer = await Http.GetAsync(site.Host.Public, stop);
            if (answer.Headers.Date is not { } date)
                return new Sight(false, "its answers carry no date");
            var ahead = date - TimeProvider.System.GetUtcNow();
            return new Sight(ahead >= offset * 0.8 - TimeSpan.FromSeconds(1) && ahead > TimeSpan.FromSeconds(0.5), string.Create(CultureInfo.InvariantCulture, $"its answers are dated {ahead.TotalSeconds:0} s ahead"));
        }
    }
}
