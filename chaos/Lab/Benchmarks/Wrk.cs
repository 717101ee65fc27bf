using System.Globalization;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace ChaosLab.Lab.Benchmarks;

/// <summary>The load generator wrk (Debian's package of that name), run with one thread on one address of this machine.</summary>
internal static partial class Wrk
{
    /// <summary>One run; its own processor time comes from the shell's <c>times</c>, since wrk does not tell.</summary>
    /// <exception cref="InvalidOperationException">wrk failed, or its answers were not redirects.</exception>
    public static async Task<(long Requests, double Seconds, double CpuSeconds)> RunAsync(Uri address, int connections, TimeSpan length, CancellationToken stop)
    {
        var command = FormattableString.Invariant($"wrk -t1 -c{connections} -d{Math.Max(1, (int)length.TotalSeconds)}s '{address}' && times");
        var result = await Cli.Wrap("bash").WithArguments(["-c", command]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(stop);
        var said = result.StandardOutput;
        var total = Total().Match(said);
        var times = Times().Matches(said);
        if (result.ExitCode != 0 || !total.Success || times.Count == 0)
            throw new InvalidOperationException($"wrk failed: {said} {result.StandardError}");
        if (said.Contains("Non-2xx or 3xx", StringComparison.Ordinal))
            throw new InvalidOperationException($"{address} did not answer with redirects: {said}");
        var own = times[^1]; // the second line of `times` is that of the children
        var cpu = Seconds(own.Groups[1].Value, own.Groups[2].Value) + Seconds(own.Groups[3].Value, own.Groups[4].Value);
        var seconds = double.Parse(total.Groups[2].Value, CultureInfo.InvariantCulture) * (total.Groups[3].Value == "m" ? 60 : 1);
        return (long.Parse(total.Groups[1].Value, CultureInfo.InvariantCulture), seconds, cpu);
    }

    private static double Seconds(string minutes, string seconds) =>
        (double.Parse(minutes, CultureInfo.InvariantCulture) * 60) + double.Parse(seconds, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) requests in ([\d.]+)(s|m)")] private static partial Regex Total();

    [GeneratedRegex(@"(\d+)m([\d.]+)s (\d+)m([\d.]+)s")] private static partial Regex Times();
}
