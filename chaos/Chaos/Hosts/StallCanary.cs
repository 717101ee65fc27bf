using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Hosts;

/// <summary>
/// A sleeper on a host that nobody hurts: how much later than asked it wakes shows how long the machine beneath the lab
/// stood still. Measured: elections, and failovers twice as long, on a machine with stalls of seconds.
/// </summary>
internal sealed class StallCanary(Ssh ssh) : Witness
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // It ends at its next word once nobody listens any more.
    private const string Script = """
        exec timeout 900 python3 -u -c '
        import select, sys, time
        longest, looks, until = 0.0, 0, time.monotonic() + float(sys.argv[1])
        told = time.monotonic()
        while time.monotonic() < until:
            before = time.monotonic()
            time.sleep(0.02)
            longest = max(longest, time.monotonic() - before - 0.02)
            looks += 1
            if time.monotonic() - told > 1:
                told = time.monotonic()
                print(looks, round(longest, 4), flush=True)
        ' 900
        """;

    private double _longest;
    private long _looks;

    public override async Task RunAsync(Func<TimeSpan?> sinceStart, CancellationToken stop)
    {
        try
        {
            await LocalCommand.RunAsync([.. ssh.Reach.SshWords(null), "--", (ssh.Reach.Become ? "sudo -n " : "") + "/bin/sh -s"], Script + "\n", null, TimeSpan.FromMinutes(15), Take, stop);
        }
        catch (Exception ended) when (ended is OperationCanceledException or TimeoutException)
        {
            _ = ended; // the run is over
        }

    }

    public override Testimony Testify()
    {
        var (longest, looks) = (TimeSpan.FromSeconds(Volatile.Read(ref _longest)), Interlocked.Read(ref _looks));
        var says = string.Create(CultureInfo.InvariantCulture, $"longest stall {longest.TotalMilliseconds:0} ms");
        return looks == 0
            ? new Testimony("the machine beneath the hosts does not stall", Judgement.Unknown, $"no reading from {ssh.Reach.Name}", 0, null)
            : new Testimony($"the machine beneath the hosts stalls for less than {Longest.TotalSeconds:0} s", longest < Longest ? Judgement.Met : Judgement.Unknown, says, looks,
                longest < Longest ? null : $"the machine beneath the hosts stood still for {longest.TotalSeconds:0.0} s: nothing measured on a starved machine means anything");
    }

    private void Take(string line)
    {
        if (line.Split(' ') is [var looks, var longest] && long.TryParse(looks, CultureInfo.InvariantCulture, out var count) && double.TryParse(longest, CultureInfo.InvariantCulture, out var stall))
        {
            Volatile.Write(ref _longest, stall);
            Interlocked.Exchange(ref _looks, count);
        }
    }
}
