using System.Globalization;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Lab.Benchmarks;

namespace ChaosLab.Lab.Comparisons;

/// <summary>
/// One core for server and load generator together, for the length of a comparison (sched_setaffinity(2), by util-linux' taskset). Then they take
/// turns: the generator sends on every connection, the server answers them all. On two cores it depends on who happens to be a little faster
/// whether the server is woken for each request or for sixteen, which doubles what a request costs from one second to the next.
/// Does nothing where there is one core or no taskset.
/// </summary>
internal sealed class OneCore : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly string all;

    private OneCore(string all) => this.all = all;

    /// <summary>Puts servers and this process on the last core; disposing gives this process all again.</summary>
    public static async Task<OneCore?> ShareAsync(IReadOnlyList<Server> servers, CancellationToken stop)
    {
        var allowed = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))?.Split('\t')[^1].Trim() ?? "";
        var cores = Cores(allowed);
        if (cores.Count < 2) return null;
        try
        {
            var one = new OneCore(allowed);
            foreach (var process in servers.Select(server => server.ProcessId).Append(Environment.ProcessId)) await PinAsync(process, Text(cores[^1]), stop);
            return one;
        }
        catch (CommandMissingException)
        {
            return null;
        }
    }

    /// <summary>Numbers in a list of the kernel's, such as <c>0-2,5</c>.</summary>
    public static IReadOnlyList<int> Cores(string list) =>
    [
        .. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('-')).SelectMany(ends =>
            Enumerable.Range(Number(ends[0]), Number(ends[^1]) - Number(ends[0]) + 1)),
    ];

    public async ValueTask DisposeAsync() => await PinAsync(Environment.ProcessId, all, CancellationToken.None);

    // All threads there are; those to come have it from the one that makes them.
    private static async Task PinAsync(int process, string cores, CancellationToken stop) =>
        await LocalCommand.RunAsync(["taskset", "--all-tasks", "--cpu-list", "--pid", cores, Text(process)], null, null, Limit, null, stop);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
