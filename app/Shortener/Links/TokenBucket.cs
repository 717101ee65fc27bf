using ChaosLab.Shortener.Configuration;

namespace ChaosLab.Shortener.Links;

/// <summary>A token bucket: fills at a steady rate up to its size, each create takes one.</summary>
/// <param name="settings">Rate and size.</param>
/// <param name="time">The clock.</param>
public sealed class TokenBucket(RateLimitSettings settings, TimeProvider time)
{
    private readonly double _size = settings.Burst > 0 ? settings.Burst : Math.Max(1, Math.Ceiling(settings.CreatesPerSecond));
    private readonly Lock _gate = new();
    private double _tokens = settings.Burst > 0 ? settings.Burst : Math.Max(1, Math.Ceiling(settings.CreatesPerSecond));
    private long _last = time.GetTimestamp();

    /// <summary>Takes a token.</summary>
    /// <param name="retryAfter">When the next one will be there.</param>
    /// <returns>False when the bucket is empty.</returns>
    public bool TryTake(out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (settings.CreatesPerSecond <= 0) return true;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(_size, _tokens + time.GetElapsedTime(_last, now).TotalSeconds * settings.CreatesPerSecond);
            _last = now;
            if (_tokens >= 1)
            {
                _tokens--;
                return true;
            }

            retryAfter = TimeSpan.FromSeconds((1 - _tokens) / settings.CreatesPerSecond);
            return false;
        }
    }
}
