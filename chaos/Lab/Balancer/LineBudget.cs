namespace ChaosLab.Lab.Balancer;

/// <summary>So many log lines a second and no more; what was not said is counted.</summary>
/// <param name="most">Lines a second, ≥ 1.</param>
/// <param name="time">The clock.</param>
internal sealed class LineBudget(int most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private int _spent, _unsaid;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="unsaid">How many were not, since the last one that was.</param>
    public bool MaySpend(out int unsaid)
    {
        lock (_gate)
        {
            unsaid = 0;
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_since, now) >= TimeSpan.FromSeconds(1)) (_since, _spent) = (now, 0);
            if (_spent >= most)
            {
                _unsaid++;
                return false;
            }

            _spent++;
            (unsaid, _unsaid) = (_unsaid, 0);
            return true;
        }
    }
}
