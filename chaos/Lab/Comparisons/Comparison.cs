using ChaosLab.Lab.Benchmarks;

namespace ChaosLab.Lab.Comparisons;

/// <summary>
/// Two builds side by side on this machine, in turns A B B A, so that whatever else happens here meets both alike. It goes on until
/// every figure is decided or the last block is done: noise makes it longer, and in the end unclear, but never red and hardly ever green.
/// </summary>
internal static class Comparison
{
    private const int FewestBlocks = 3, MostBlocks = 10;

    /// <summary>Measures and judges.</summary>
    /// <param name="baseline">What was good so far.</param>
    /// <param name="candidate">What is to be judged.</param>
    /// <param name="tolerance">How much worse is still good.</param>
    /// <param name="mustDetect">The change that must not pass unnoticed.</param>
    /// <param name="progress">Told after every block.</param>
    /// <param name="stop">Ends it early.</param>
    public static async Task<IReadOnlyList<ComparedFigure>> RunAsync(
        BuildUnderTest baseline, BuildUnderTest candidate, double tolerance, double mustDetect, Action<string> progress, CancellationToken stop)
    {
        await using var a = await RedirectServers.ShortenerAsync(baseline.Program, inline: true, socketThreads: 1, stop);
        await using var b = await RedirectServers.ShortenerAsync(candidate.Program, inline: true, socketThreads: 1, stop);
        await using var core = await OneCore.ShareAsync([a, b], stop);
        progress("warming up ...");
        foreach (var server in (Server[])[a, b, a, b]) await Turn.TakeAsync(server, stop); // compiled code, filled caches: uncounted

        var pairs = new List<(Turn Baseline, Turn Candidate)>();
        IReadOnlyList<ComparedFigure> figures = [];
        for (var block = 1; block <= MostBlocks; block++)
        {
            var first = await Turn.TakeAsync(a, stop);
            pairs.Add((first, await Turn.TakeAsync(b, stop)));
            var third = await Turn.TakeAsync(b, stop);
            pairs.Add((await Turn.TakeAsync(a, stop), third));
            if (block < FewestBlocks) continue;
            figures = Judge(pairs, tolerance, mustDetect);
            progress($"block {block} of at most {MostBlocks}: {string.Join(", ", figures.Select(static figure => $"{figure.Name} ×{figure.Ratio:F2} ({figure.Lowest:F2}–{figure.Highest:F2})"))}");
            if (figures.All(static figure => figure.Change != Change.Unclear)) break;
        }

        return figures;
    }

    private static IReadOnlyList<ComparedFigure> Judge(IReadOnlyList<(Turn Baseline, Turn Candidate)> pairs, double tolerance, double mustDetect)
    {
        return
        [
            Figure("redirect, processor time", "µs", static turn => turn.RedirectCpu),
            Figure("redirect, time", "ms", static turn => turn.RedirectTime),
            Figure("create, processor time", "µs", static turn => turn.CreateCpu),
            Figure("create, time", "ms", static turn => turn.CreateTime),
        ];
        ComparedFigure Figure(string name, string unit, Func<Turn, double> of) =>
            ComparedFigure.Of(name, unit, [.. pairs.Select(pair => (of(pair.Baseline), of(pair.Candidate)))], tolerance, mustDetect);
    }
}
