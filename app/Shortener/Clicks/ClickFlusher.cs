using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Resilience;

namespace ChaosLab.Shortener.Clicks;

/// <summary>
/// Carries clicks to the store, one numbered batch at a time. A batch whose fate is unknown is sent again under the same number
/// until it is known to be stored, so that nothing is lost and nothing counted twice. The last flush happens after the last request.
/// </summary>
/// <param name="counter">Where clicks wait.</param>
/// <param name="store">Where they go.</param>
/// <param name="settings">How often, and how long the end may take.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed partial class ClickFlusher(ClickCounter counter, ResilientStore store, Settings settings, TimeProvider time, ILogger<ClickFlusher> log) : IHostedService, IDisposable
{
    private readonly string _writer = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _gate = new(1);
    private ClickBatch? _open;
    private long _number;
    private Task _loop = Task.CompletedTask;

    /// <summary>Clicks counted but not known to be stored.</summary>
    public long Queued => counter.Waiting + (_open?.Clicks.Sum(static code => code.Value) ?? 0);

    /// <summary>Stores every click counted so far.</summary>
    /// <param name="stop">Ends the waiting for an earlier flush.</param>
    /// <exception cref="StoreUnavailableException">The store could not take them; they are kept.</exception>
    public async Task FlushAsync(CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_open is not null) await SendAsync(_open);
            if (counter.Take() is { Count: > 0 } clicks) await SendAsync(_open = new(_writer, ++_number, clicks));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = FlushOftenAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _loop;
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await FlushAsync(CancellationToken.None);
                return;
            }
            catch (StoreUnavailableException e) when (time.GetElapsedTime(started) >= settings.Shutdown.Timeout)
            {
                Lost(log, e, Queued);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, CancellationToken.None);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _gate.Dispose();
    }

    private async Task SendAsync(ClickBatch batch)
    {
        await store.AddClicksAsync(batch);
        _open = null;
    }

    private async Task FlushOftenAsync()
    {
        using var timer = new PeriodicTimer(settings.Clicks.FlushInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await FlushAsync(_stop.Token);
                }
                catch (StoreUnavailableException)
                {
                    // Kept for the next tick; the breaker's metrics tell the story.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: StopAsync flushes what is left.
        }
    }

    [LoggerMessage(LogLevel.Error, "{Clicks} clicks could not be stored before the end")]
    private static partial void Lost(ILogger log, Exception cause, long clicks);
}
