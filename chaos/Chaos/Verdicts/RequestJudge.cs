using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Load;

namespace ChaosLab.Chaos.Verdicts;

/// <summary>Judges shares, latencies and counts of requests in one window.</summary>
internal static class RequestJudge
{
    public static ExpectationResult Of(Expectation line, string part, WindowName window, RunRecord record, long leastSamples)
    {
        var (step, limit) = line switch
        {
            Expectation.Share share => (share.Step, share.Limit),
            Expectation.Latency latency => (latency.Step, latency.Limit),
            Expectation.Number number => (number.Step, number.Limit),
            _ => throw new ArgumentException("not about requests", nameof(line)),
        };
        var samples = Figures.In(Stretches.Of(window, record.Stretches), record.Samples, step);
        var baselineSamples = Figures.In(Stretches.Of(WindowName.Baseline, record.Stretches), record.Samples, step);
        var baseline = window == WindowName.Baseline || baselineSamples.Count == 0 ? null : Say(line, baselineSamples);
        var where = Stretches.Word(window);
        // A minimum of requests needs none to be judged: none is too few.
        if (samples.Count == 0 && line is not Expectation.Number { IsFailures: false })
            return Judge.Answer(line, part, limit.Text, $"no {step} request", Judgement.Unknown, where, 0, null, baseline);

        var judgement = limit.IsMetBy(Value(line, samples)) ? Judgement.Met : Judgement.Violated;
        string? interval = null;
        if (line is Expectation.Share claim)
        {
            var (low, high) = Wilson.Interval(Hits(claim, samples), samples.Count);
            interval = string.Create(CultureInfo.InvariantCulture, $"{low * 100:0.###} % … {high * 100:0.###} %");
            if (samples.Count < leastSamples)
            {
                // Few requests can refute a claim, if even the far end of the interval does; they cannot support it.
                var farEnd = limit.Comparison is ">=" or ">" ? high : low;
                judgement = limit.IsMetBy(farEnd) ? Judgement.Unknown : Judgement.Violated;
            }
        }
        else if (samples.Count < leastSamples && judgement == Judgement.Met)
        {
            judgement = Judgement.Unknown;
        }

        var measured = Say(line, samples) + (judgement == Judgement.Unknown ? $" (needs {leastSamples} requests)" : "");
        return Judge.Answer(line, part, limit.Text, measured, judgement, where, samples.Count, interval, baseline);
    }

    private static double Value(Expectation line, IReadOnlyList<Sample> samples) => line switch
    {
        Expectation.Share share => (double)Hits(share, samples) / samples.Count,
        Expectation.Latency latency => Figures.Percentile(Figures.Sorted(samples, latency.IsService), latency.Quantile).TotalSeconds,
        Expectation.Number { IsFailures: true } => samples.Count(sample => !sample.IsOk),
        _ => samples.Count,
    };

    private static long Hits(Expectation.Share share, IReadOnlyList<Sample> samples) =>
        samples.Count(sample => share.Status is null ? sample.IsOk : sample.StatusCode == share.Status);

    private static string Say(Expectation line, IReadOnlyList<Sample> samples)
    {
        var value = Value(line, samples);
        return line switch
        {
            Expectation.Share share => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.###} % ({Hits(share, samples)} of {samples.Count})"),
            Expectation.Latency => string.Create(CultureInfo.InvariantCulture, $"{value * 1000:0.#} ms"),
            _ => value.ToString("0", CultureInfo.InvariantCulture),
        };
    }
}
