using ChaosLab.Load;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>What the users saw, kept so that any stretch of time can be looked at.</summary>
internal sealed class UserTap
{
    private readonly Lock gate = new();
    private readonly List<(TimeSpan Ended, TimeSpan Took, bool IsOk)> seen = [];
    private long start;

    /// <summary>Told of t = 0.</summary>
    public void OnStart(long timestamp) => Volatile.Write(ref start, timestamp);

    /// <summary>Told of every answer.</summary>
    public void OnSample(Sample sample)
    {
        lock (gate) seen.Add((sample.Ended, sample.ServiceTime, sample.IsOk));
    }

    /// <summary>Answers so far.</summary>
    public int Count
    {
        get { lock (gate) return seen.Count; }
    }

    /// <summary>Answers between two timestamps of the clock: how many, their mean time, and how many were wrong.</summary>
    public (int Count, double MeanSeconds, int Failures) Between(long from, long to, TimeProvider time)
    {
        var zero = Volatile.Read(ref start);
        var (first, last) = (time.GetElapsedTime(zero, from), time.GetElapsedTime(zero, to));
        var (count, failures, sum) = (0, 0, 0.0);
        lock (gate)
        {
            // They come nearly in order: what ended a second before the stretch is far enough back to stop.
            for (var i = seen.Count - 1; i >= 0 && seen[i].Ended > first - TimeSpan.FromSeconds(2); i--)
            {
                if (seen[i].Ended <= first || seen[i].Ended > last) continue;
                count++;
                sum += seen[i].Took.TotalSeconds;
                if (!seen[i].IsOk) failures++;
            }
        }

        return (count, count == 0 ? 0 : sum / count, failures);
    }
}
