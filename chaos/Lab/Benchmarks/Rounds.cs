namespace ChaosLab.Lab.Benchmarks;

/// <summary>
/// Interleaved runs on a noisy machine: every round runs each contestant once, in an order that rotates, and ratios are taken
/// within a round, so that a disturbance meets all alike. The first contestant is the yardstick.
/// </summary>
internal static class Rounds
{
    /// <summary>What every contestant does before it counts. .NET compiles hot code a second time, with what it learned, after the first tens of thousands of requests.</summary>
    public static TimeSpan WarmUp { get; } = TimeSpan.FromSeconds(6);

    public static async Task<IReadOnlyList<Standing>> RunAsync(
        IReadOnlyList<Contestant> contestants, int rounds, TimeSpan length, Action<string> progress, CancellationToken stop)
    {
        var figures = new Figures[contestants.Count, rounds];
        for (var round = 0; round < rounds; round++)
            for (var turn = 0; turn < contestants.Count; turn++)
            {
                var who = (turn + round) % contestants.Count;
                var measured = await contestants[who].Run(length, stop);
                figures[who, round] = measured;
                progress($"round {round + 1} of {rounds}: {contestants[who].Name}: {measured.RequestsPerSecond:N0} requests/s, {measured.CpuMicrosecondsPerRequest:F2} µs of CPU each");
            }
        return Enumerable.Range(0, contestants.Count).Select(who => Stand(contestants[who].Name, who, figures, rounds)).ToList();
    }

    private static Standing Stand(string name, int who, Figures[,] figures, int rounds)
    {
        var mine = Enumerable.Range(0, rounds).Select(r => figures[who, r]).ToList();
        var cpu = Enumerable.Range(0, rounds).Select(r => figures[who, r].CpuMicrosecondsPerRequest / figures[0, r].CpuMicrosecondsPerRequest).Order().ToList();
        var rate = Enumerable.Range(0, rounds).Select(r => figures[who, r].RequestsPerSecond / figures[0, r].RequestsPerSecond).Order().ToList();
        return new Standing(
            name,
            new Figures(Middle(mine.Select(f => f.RequestsPerSecond).Order().ToList()), Middle(mine.Select(f => f.CpuMicrosecondsPerRequest).Order().ToList())),
            Middle(rate), Middle(cpu), cpu[0], cpu[^1]);
    }

    private static double Middle(List<double> ordered) =>
        ordered.Count % 2 == 1 ? ordered[ordered.Count / 2] : (ordered[(ordered.Count / 2) - 1] + ordered[ordered.Count / 2]) / 2;
}
