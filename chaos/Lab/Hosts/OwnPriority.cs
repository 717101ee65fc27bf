using System.Globalization;

namespace ChaosLab.Lab.Hosts;

/// <summary>
/// This program before the hosts that share its processors, as <c>./lab</c> starts it. Measured on two cores under a load average of 28:
/// after a balancer was killed, visitors needed 100 TLS handshakes a second, got a tenth of a core for them, gave each up after 2 s and
/// began anew, for as long as they came: 94 % failed for 25 s, and the service was well all the time.
/// </summary>
internal static class OwnPriority
{
    /// <summary>Whether this process has a turn of real time or a raised weight.</summary>
    public static bool IsRaised
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return false;
            // proc_pid_stat(5): from field 3 on after the name in parentheses; 19 is nice, 41 the policy.
            var fields = File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ');
            return fields[41 - 3] is "1" or "2" || int.Parse(fields[19 - 3], CultureInfo.InvariantCulture) < 0;
        }
    }
}
