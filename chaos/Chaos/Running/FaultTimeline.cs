namespace ChaosLab.Chaos.Running;

/// <summary>Plays the planned faults at their times: all hosts of a fault at once, or one after the other where the fault says so.</summary>
internal sealed class FaultTimeline(IReadOnlyList<FaultLife> lives, SampleTap tap, TimeProvider time)
{
    /// <summary>Plays everything. Whatever stops it, every fault that was begun is healed before this returns.</summary>
    /// <param name="mayBegin">Asked once, before the first injection; false: the steady state does not hold, nothing is injected.</param>
    /// <param name="stop">Ends all holds at once.</param>
    public async Task PlayAsync(Func<Task<bool>> mayBegin, CancellationToken stop)
    {
        try
        {
            await WaitUntilAsync(lives.Min(life => life.Planned.At), stop);
            if (!await mayBegin())
                return;
            await Task.WhenAll(lives.GroupBy(life => life.Planned).Select(fault => OneFaultAsync([.. fault], stop)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped between faults; what was begun has been healed by its own task.
        }
    }

    private async Task OneFaultAsync(IReadOnlyList<FaultLife> hosts, CancellationToken stop)
    {
        var planned = hosts[0].Planned;
        await WaitUntilAsync(planned.At, stop);
        if (!planned.Fault.OneHostAtATime)
        {
            await Task.WhenAll(hosts.Select(host => OneHostAsync(host, stop)));
            return;
        }

        using var whole = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var limit = time.CreateTimer(_ => whole.Cancel(), null, planned.For, Timeout.InfiniteTimeSpan);
        foreach (var host in hosts)
        {
            await host.InjectAsync(whole.Token, stop);
            await host.HealAsync();
        }
    }

    private async Task OneHostAsync(FaultLife host, CancellationToken stop)
    {
        using var hold = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var end = time.CreateTimer(_ => hold.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await host.InjectAsync(hold.Token, stop, () => end.Change(host.Planned.For, Timeout.InfiniteTimeSpan));
        // One that failed before its time began has nothing to hold.
        if (host.Result is { Start: not null, Error: "" })
            await UntilEndAsync(hold.Token);
        await host.HealAsync();
    }

    private async Task WaitUntilAsync(TimeSpan at, CancellationToken stop)
    {
        var began = await tap.Started.WaitAsync(stop);
        if (at - time.GetElapsedTime(began) is { } wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, stop);
    }

    private async Task UntilEndAsync(CancellationToken hold)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, hold);
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }
}
