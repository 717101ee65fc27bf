using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>What a measurement may change at the hosts of the docker lab: settings of an instance, slots of a balancer.</summary>
internal static class HostTuning
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(20);

    // A variable of EnvironmentFile= wins over one of Environment=, and that of the later file over the earlier (systemd.exec(5)): so it
    // must be a file. Both lie in /run, so that a reboot takes them back, too.
    private const string Set = """
        set -eu
        name=/run/systemd/system/shortener.service.d/lab-$1
        shift
        mkdir -p "${name%/*}"
        printf '%s\n' "$@" >"$name.env"
        printf '[Service]\nEnvironmentFile=%s\n' "$name.env" >"$name.conf"
        systemctl daemon-reload
        systemctl restart shortener
        """;

    // Ends when the instance serves again, so that the next one may go.
    private const string Unset = """
        set -eu
        name=/run/systemd/system/shortener.service.d/lab-$1
        [ -e "$name.conf" ] || exit 0
        rm -f "$name.conf" "$name.env"
        systemctl daemon-reload
        systemctl restart shortener
        for _ in $(seq 60); do
          python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=1)' "$2" 2>/dev/null && exit 0
          sleep 0.2
        done
        exit 1
        """;

    private const string SetSlots = """
        set -eu
        most=$1
        shift
        for server; do
          said=$(echo "set maxconn server follow/$server $most" | socat -t 2 stdio UNIX-CONNECT:/run/haproxy/admin.sock)
          [ -z "$said" ] || { echo "$said" >&2; exit 1; }
        done
        """;

    // slim is the limit of a server (HAProxy management guide, section 9.1).
    private const string ReadSlots = """
        echo 'show stat' | socat -t 2 stdio UNIX-CONNECT:/run/haproxy/admin.sock | awk -F, '$1 == "follow" && $2 != "FRONTEND" && $2 != "BACKEND" { print $7 }' | sort -n | head -n 1
        """;

    /// <summary>Settings of an instance, as it reads them from its environment. It is restarted, and serves again when the step is done.</summary>
    public static HostStep Settings(InventoriedHost app, string mark, IReadOnlyDictionary<string, string> settings, TimeProvider time) => new(
        app, "settings of the shortener",
        new UndoAction.OnHost(app.Reach, Unset, [mark, app.Health.ToString()], "", "give the shortener its own settings again"),
        async stop =>
        {
            await app.Ssh.RunAsync(Set, [mark, .. settings.Select(setting => $"{setting.Key}=\"{setting.Value}\"")], stop);
            var began = time.GetTimestamp();
            while (await HostView.ReadHealthAsync(app.Health, stop) is var health && health != "200")
            {
                if (time.GetElapsedTime(began) > ReadyLimit)
                    throw new InvalidOperationException($"{app.Name} was not ready within {ReadyLimit.TotalSeconds:0} s of its new settings (it answers {health})");
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, stop);
            }
        });

    /// <summary>How many requests a balancer gives each instance at once.</summary>
    /// <param name="balancer">The balancer.</param>
    /// <param name="servers">The instances.</param>
    /// <param name="slots">How many, ≥ 1.</param>
    /// <param name="before">How many it is to be afterwards.</param>
    public static HostStep Slots(InventoriedHost balancer, IReadOnlyList<string> servers, int slots, int before) => new(
        balancer, "slots of the balancer",
        new UndoAction.OnHost(balancer.Reach, SetSlots, [Text(before), .. servers], "", $"give every instance {Text(before)} slots again"),
        stop => balancer.Ssh.RunAsync(SetSlots, [Text(slots), .. servers], stop));

    /// <summary>How many it gives now; 0 = no limit.</summary>
    public static async Task<int> ReadSlotsAsync(InventoriedHost balancer, CancellationToken stop) =>
        int.TryParse(await balancer.Ssh.RunAsync(ReadSlots, [], stop), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var slots) ? slots : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
