using MathNet.Numerics.Distributions;

namespace ChaosLab.Lab.Comparisons;

/// <summary>What a comparison came to.</summary>
internal enum Change
{
    /// <summary>The candidate is worse by more than the tolerance, and chance is no explanation.</summary>
    Worse,

    /// <summary>It is not, and a change of the size that matters would have been noticed.</summary>
    NotWorse,

    /// <summary>The measurement is too noisy to say either.</summary>
    Unclear,
}

/// <summary>
/// One figure of two builds, measured in neighbouring turns: the ratio candidate ÷ baseline with its interval of confidence.
/// Ratios of durations multiply, so logarithms are averaged; the interval is Student's, over the pairs.
/// </summary>
/// <param name="Name">What was measured; more is worse.</param>
/// <param name="Unit">Unit of both medians.</param>
/// <param name="Baseline">Median of the baseline.</param>
/// <param name="Candidate">Median of the candidate.</param>
/// <param name="Ratio">Candidate ÷ baseline, geometric mean over the pairs.</param>
/// <param name="Lowest">Lower end of the interval.</param>
/// <param name="Highest">Upper end of the interval.</param>
/// <param name="Detectable">Smallest ratio that this measurement would have called worse nearly always.</param>
/// <param name="Change">What that means.</param>
internal sealed record ComparedFigure(string Name, string Unit, double Baseline, double Candidate, double Ratio, double Lowest, double Highest, double Detectable, Change Change)
{
    // Four figures are judged at once: 1 % each leaves 4 % for all.
    private const double Confidence = 0.99;

    /// <summary>Judges pairs of measurements.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="pairs">Baseline and candidate of neighbouring turns, all above 0, at least 3.</param>
    /// <param name="tolerance">How much worse is still good, 0 … 1.</param>
    /// <param name="mustDetect">The change that must not pass unnoticed, above the tolerance.</param>
    public static ComparedFigure Of(string name, string unit, IReadOnlyList<(double Baseline, double Candidate)> pairs, double tolerance, double mustDetect)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs.Count, 3);
        var logs = pairs.Select(static pair => Math.Log(pair.Candidate / pair.Baseline)).ToList();
        var mean = logs.Average();
        var error = Math.Sqrt(logs.Sum(log => (log - mean) * (log - mean)) / (logs.Count - 1) / logs.Count);
        var reach = StudentT.InvCDF(0, 1, logs.Count - 1, (1 + Confidence) / 2) * error;
        var lowest = Math.Exp(mean - reach);
        var highest = Math.Exp(mean + reach);
        var detectable = (1 + tolerance) * Math.Exp(2 * reach);
        var change = lowest > 1 + tolerance ? Change.Worse : detectable <= 1 + mustDetect || highest <= 1 + tolerance ? Change.NotWorse : Change.Unclear;
        return new ComparedFigure(name, unit, Median(pairs.Select(static pair => pair.Baseline)), Median(pairs.Select(static pair => pair.Candidate)), Math.Exp(mean), lowest, highest, detectable, change);
    }

    private static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered.Count % 2 == 1 ? ordered[ordered.Count / 2] : (ordered[(ordered.Count / 2) - 1] + ordered[ordered.Count / 2]) / 2;
    }
}
