using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>
/// The dead man's switch on a host: a transient systemd timer there, armed before the fault, that runs the very undo of
/// that fault. It needs neither us nor the network. It dies with a reboot, and so does what it would undo.
/// </summary>
internal static class DeadManTimer
{
    private const string Heal = """
        set -eu
        undo=$1 switch=$2
        shift 2
        /bin/sh -c "$undo" undo "$@"
        # Disarmed only now that the host is healed.
        [ -n "$switch" ] || exit 0
        systemctl stop "$switch.timer" 2>/dev/null || true
        rm -f "/run/lab/$switch"
        rmdir --ignore-fail-on-non-empty /run/lab 2>/dev/null || true
        """;

    // The default accuracy of a timer is a minute.
    private const string Arm = """
        set -eu
        switch=$1 seconds=$2
        umask 077
        mkdir -p /run/lab
        printf '%s\n' "$3" >"/run/lab/$switch"
        systemd-run --quiet --collect --unit="$switch" --on-active="$seconds" --timer-property=AccuracySec=100ms /bin/sh "/run/lab/$switch"
        systemctl is-active --quiet "$switch.timer"
        """;

    /// <summary>A name that systemd accepts and that is unique to what is undone.</summary>
    public static string NameOf(string undo) => "lab-undo-" + Short(undo);

    /// <summary>Twelve hexadecimal digits that mark what is ours at a target.</summary>
    public static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    /// <summary>Arms it: after <paramref name="after"/> the host heals itself.</summary>
    public static Task ArmAsync(Ssh ssh, UndoAction.OnHost undo, TimeSpan after, CancellationToken stop)
    {
        var seconds = after.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return ssh.RunAsync(Arm, [undo.Switch, seconds, ScriptOf(undo)], stop);
    }

    /// <summary>Heals over a connection of its own, for a shared one may be what hangs; then disarms.</summary>
    public static async Task<string> HealAsync(UndoAction.OnHost undo, CancellationToken limit)
    {
        var said = await new Ssh(undo.Reach, folder: null, lab: null).RunAsync(Heal, [undo.Script, undo.Switch, .. undo.Words], limit);
        return said.Trim() is { Length: > 0 } line ? line.Split('\n')[^1] : "done";
    }

    private static string ScriptOf(UndoAction.OnHost undo) =>
        $"set -- {RemoteWords.Join(undo.Words)}\n{undo.Script}\nrm -f \"$0\"\nrmdir --ignore-fail-on-non-empty /run/lab 2>/dev/null || true";
}
