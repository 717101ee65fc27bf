using System.Collections.Concurrent;
using ChaosLab.Shortener.Stations;

namespace ChaosLab.Shortener.Stores;

/// <summary>
/// The connections that reads share: each is a <see cref="SqliteLane"/>, taken for one call and given back. One line for all, so that
/// nobody waits behind a slow call while another connection is free. A lane is opened when it is first needed.
/// </summary>
internal sealed class SqliteReaders : IDisposable
{
    private readonly ConcurrentBag<SqliteLane> _free = [];
    private readonly ConcurrentBag<SqliteLane> _all = [];
    private readonly Func<SqliteSession> _open;
    private readonly StationSet? _stations;
    private readonly Turnstile _turnstile;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="count">Connections at most, ≥ 1.</param>
    /// <param name="open">Opens a session.</param>
    /// <param name="stations">Doses and counts; null without chaos.</param>
    /// <param name="time">The clock.</param>
    public SqliteReaders(int count, Func<SqliteSession> open, StationSet? stations, TimeProvider time)
    {
        (_open, _stations) = (open, stations);
        _turnstile = stations?.Connections ?? new Turnstile(new Station(StationSet.ConnectionName, () => count, time));
    }

    /// <summary>Runs work on a connection.</summary>
    /// <typeparam name="T">What the work yields.</typeparam>
    /// <param name="operation">The call.</param>
    /// <param name="work">The work.</param>
    /// <param name="stop">Ends the waiting; work not yet begun is skipped.</param>
    public async Task<T> RunAsync<T>(string operation, Func<SqliteSession, T> work, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        await _turnstile.EnterAsync(stop);
        if (!_free.TryTake(out var lane))
        {
            lane = new SqliteLane("sqlite-read", _open);
            _all.Add(lane);
        }

        // Whoever stops waiting leaves the connection at work: it is free only when the work has ended.
        var working = lane.RunAsync(session =>
        {
            _stations?.HoldConnection(operation);
            return work(session);
        }, CancellationToken.None);
        _ = GiveBackAsync(lane, working);
        return await working.WaitAsync(stop);
    }

    /// <summary>Finishes what is queued and closes the connections.</summary>
    public void Dispose()
    {
        foreach (var lane in _all) lane.Dispose();
    }

    private async Task GiveBackAsync(SqliteLane lane, Task working)
    {
        await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _free.Add(lane);
        _turnstile.Exit();
    }
}
