using ChaosLab.Load;

namespace ChaosLab.Chaos.Running;

/// <summary>
/// When a stream of requests came back. Arithmetic on samples; no clock. A single good answer is no recovery: it must be
/// the first of three in a row and of <see cref="SustainedFor"/> in which the stream meets its objective.
/// </summary>
public static class Recovery
{
    /// <summary>How long a stream must stay good to count as recovered. Short enough for experiments of a quarter of a minute.</summary>
    public static TimeSpan SustainedFor { get; } = TimeSpan.FromSeconds(2);

    private const int InARow = 3;

    /// <summary>Recovery of one stream.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="samples">Its samples, ordered by intended start.</param>
    /// <param name="firstInjection">Start of the first fault.</param>
    /// <param name="lastUndo">End of the last fault.</param>
    /// <param name="end">End of the load: a stretch that reaches beyond was not wholly seen.</param>
    /// <param name="objective">Share of good answers that counts as good, 0 to 1.</param>
    public static RecoveryResult Of(string step, IReadOnlyList<Sample> samples, TimeSpan firstInjection, TimeSpan lastUndo, TimeSpan end, double objective)
    {
        var since = samples.Where(sample => sample.Intended >= firstInjection).ToList();
        var after = samples.Where(sample => sample.Intended >= lastUndo).ToList();
        var firstFailure = since.FindIndex(sample => !sample.IsOk);
        TimeSpan? lastGoodBefore = null, outage = TimeSpan.Zero;
        if (firstFailure >= 0)
        {
            var failedAt = since[firstFailure].Intended;
            lastGoodBefore = samples.LastOrDefault(sample => sample.IsOk && sample.Intended < failedAt) is { Step: not null } good ? good.Intended : null;
            outage = Sustained(since, firstFailure, end, objective) is { } back ? since[back].Intended - (lastGoodBefore ?? failedAt) : null;
        }

        var firstGood = after.FindIndex(sample => sample.IsOk);
        var sustained = Sustained(after, 0, end, objective);
        var baseline = samples.Where(sample => sample.Intended < firstInjection).ToList();
        return new RecoveryResult(step, since.Count(sample => !sample.IsOk), lastGoodBefore,
            firstGood >= 0 ? after[firstGood].Ended - lastUndo : null,
            sustained is { } index ? (index == 0 ? TimeSpan.Zero : after[index].Intended - lastUndo) : null,
            outage,
            Ratio(PeakRate(after, lastUndo, end), baseline.Count == 0 ? 0 : baseline.Count / firstInjection.TotalSeconds),
            Ratio(P99(after), P99(baseline)));
    }

    // Index of the first sample that begins a good stretch; null when none is seen whole.
    private static int? Sustained(List<Sample> samples, int from, TimeSpan end, double objective)
    {
        var (tail, good) = (from, 0);
        for (var head = from; head < samples.Count; head++)
        {
            if (tail < head)
                (tail, good) = (head, 0);
            var until = samples[head].Intended + SustainedFor;
            if (until > end)
                return null;
            for (; tail < samples.Count && samples[tail].Intended < until; tail++)
                good += samples[tail].IsOk ? 1 : 0;
            var begins = head + InARow <= samples.Count && samples.Skip(head).Take(InARow).All(sample => sample.IsOk);
            if (begins && good >= objective * (tail - head))
                return head;
            good -= samples[head].IsOk ? 1 : 0;
        }

        return null;
    }

    private static double PeakRate(List<Sample> samples, TimeSpan from, TimeSpan end) =>
        end - from < TimeSpan.FromSeconds(1) || samples.Count == 0
            ? 0
            : samples.GroupBy(sample => (int)(sample.Started - from).TotalSeconds).Max(second => second.Count());

    private static double P99(List<Sample> samples) => Figures.Percentile(Figures.Sorted(samples, isService: false), 99).TotalSeconds;

    private static double? Ratio(double after, double before) => after > 0 && before > 0 ? after / before : null;
}
