using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Load;

namespace ChaosLab.Chaos.Verdicts;

/// <summary>Judges how long visitors went without a good answer.</summary>
internal static class OutageJudge
{
    private const int LeastGood = 10;

    public static ExpectationResult Of(Expectation.TimeWithout line, string part, RunRecord record)
    {
        var samples = record.Samples.Where(sample => sample.Step == line.Step).ToList();
        if (record.Faults.Min(fault => fault.Start) is not { } first)
            return Judge.Answer(line, part, line.Limit.Text, "nothing was injected", Judgement.Unknown, "since fault", 0);
        if (samples.Count(sample => sample.IsOk) < LeastGood)
            return Judge.Answer(line, part, line.Limit.Text, $"fewer than {LeastGood} good answers in the whole run", Judgement.Unknown, "since fault", samples.Count);
        var longest = Longest(samples, first, record.End);
        var since = samples.Count(sample => sample.Intended >= first);
        return Judge.Answer(line, part, line.Limit.Text, Units.Say(longest), line.Limit.IsMetBy(longest.TotalSeconds) ? Judgement.Met : Judgement.Violated, "since fault", since);
    }

    /// <summary>
    /// The longest time between two good answers next to each other, of those that reach beyond the first injection;
    /// from the last one to the end counts too. Answers count when they arrived, not when they were asked for.
    /// </summary>
    public static TimeSpan Longest(IEnumerable<Sample> samples, TimeSpan firstInjection, TimeSpan end)
    {
        var (last, longest) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var arrived in samples.Where(sample => sample.IsOk).Select(sample => sample.Ended).Order().Append(end))
        {
            if (arrived > firstInjection && arrived - last > longest)
                longest = arrived - last;
            last = arrived > last ? arrived : last;
        }

        return longest;
    }
}
