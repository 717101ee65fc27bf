using System.Net;
using ChaosLab.Load.Running;
using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Raw;

/// <summary>A scenario of declared requests, driven by loop threads of its own.</summary>
internal sealed class RawLane : Lane
{
    private readonly Plan _plan;
    private readonly RawShard[] _shards;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _started;
    private long _iterations;

    public RawLane(Plan plan, ScenarioRun run, RawRequests requests, int seed, int maxConnections)
    {
        (_plan, Run, Requests) = (plan, run, requests);
        IsOpen = run.Props.LoadSimulations.All(s => s.IsOpen);
        var connections = IsOpen ? maxConnections : plan.Phases.Max(p => Math.Max(p.FromCopies, p.ToCopies));
        Shards = Math.Min(requests.Shards, connections);
        Address = new IPEndPoint(AddressOf(requests.Target.DnsSafeHost), requests.Target.Port);
        Picker = new RequestPicker(requests, seed);
        _shards = [.. Enumerable.Range(0, Shards).Select(i => new RawShard(this, i, (connections + Shards - 1 - i) / Shards))];
    }

    public ScenarioRun Run { get; }
    public RawRequests Requests { get; }
    public Plan Plan => _plan;
    public IPEndPoint Address { get; }
    public RequestPicker Picker { get; }
    public bool IsOpen { get; }
    public int Shards { get; }
    /// <summary>No more new requests; set when the load is over or to be dropped.</summary>
    public volatile bool Closing;
    public volatile bool Dropping;
    public override long EndedNs => IterationsDone ? Volatile.Read(ref _endedNs) : long.MaxValue;
    private long _endedNs = long.MaxValue;

    /// <summary>Number of the next iteration of the closed model; −1 when all are done.</summary>
    public long NextIteration()
    {
        var next = Interlocked.Increment(ref _iterations) - 1;
        return _plan.ClosedIterations is { } limit && next >= limit ? -1 : next;
    }

    public override long Release(long nowNs)
    {
        if (!_started)
        {
            _started = true;
            _running = _shards.Length;
            foreach (var shard in _shards)
                shard.Start();
        }
        if (nowNs < _plan.EndNs && !Run.Stopping && !IterationsDone)
            return _plan.ClosedIterations is null ? _plan.EndNs : nowNs + 2_000_000;
        Volatile.Write(ref _endedNs, Math.Min(_endedNs, nowNs));
        return long.MaxValue;
    }

    public override Task CloseAsync(bool drop)
    {
        Dropping |= drop;
        Closing = true;
        if (!_started)
            _ended.TrySetResult();
        return _ended.Task;
    }

    /// <summary>Called by each shard as its last act.</summary>
    public void ShardEnded(Exception? failure)
    {
        if (failure is not null)
            Run.Stage.Stop($"the raw engine failed: {failure.Message}");
        if (Interlocked.Decrement(ref _running) == 0)
            _ended.TrySetResult();
    }

    public override void Abandon() => Dropping = true; // the shards see the stage's token and give up by themselves

    public override LoadSimulationStats LoadAt(long nowNs) => LoadNames.At(_plan, nowNs);

    public override ArrivalCounts CountsOf(ScenarioRun run) => IsOpen
        ? new ArrivalCounts(_shards.Sum(s => s.Planned), _shards.Sum(s => s.Delivered), _shards.Sum(s => s.Undelivered), _shards.Sum(s => s.InFlight), 0)
        : new ArrivalCounts(0, 0, 0, _shards.Sum(s => s.InFlight), 0);

    private bool IterationsDone => _plan.ClosedIterations is { } limit && Interlocked.Read(ref _iterations) >= limit;

    private static IPAddress AddressOf(string host) =>
        IPAddress.TryParse(host, out var address) ? address : Dns.GetHostAddresses(host) is [var first, ..] ? first : throw new ArgumentException($"The host \"{host}\" has no address.");
}
