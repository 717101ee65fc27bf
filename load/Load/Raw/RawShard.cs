using System.Globalization;
using System.Text;
using ChaosLab.Load.Measuring;
using ChaosLab.Load.Running;

namespace ChaosLab.Load.Raw;

/// <summary>One thread, one epoll set, its share of the connections and of the arrivals (number k belongs to shard k mod
/// shards). It sleeps in the kernel until a socket speaks or an arrival is due.</summary>
internal sealed class RawShard
{
    private const long LongestWaitNs = 20_000_000, PauseAfterRefusalNs = 10_000_000;
    private static readonly string[] Codes = [.. Enumerable.Range(0, 1000).Select(i => i.ToString(CultureInfo.InvariantCulture))];
    private static readonly string[] WrongLocation = [.. Codes.Select(code => code + "-wrong-location")];

    private readonly RawLane _lane;
    private readonly int _number;
    private readonly ScenarioRun _run;
    private readonly StageClock _clock;
    private readonly RenderedRequest[] _requests;
    private readonly RawConnection[] _connections;
    private readonly Stack<RawConnection> _free;
    private readonly BusyList _busy = new();
    private readonly Queue<(long Ns, RawConnection Connection)> _paused = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private readonly byte[] _address;
    private readonly long _timeoutNs;
    private long _next, _freedNs, _adjustNs;
    private long _planned, _delivered, _undelivered;
    private int _wanted, _inFlight;
    private bool _blocked;

    public RawShard(RawLane lane, int number, int connections)
    {
        (_lane, _number, _run, _clock, _next) = (lane, number, lane.Run, lane.Run.Stage.Clock, number);
        _requests = [.. lane.Requests.Requests.Select(r => new RenderedRequest(r, lane.Requests.Target.Authority, lane.Requests.Traced))];
        _connections = [.. Enumerable.Range(0, connections).Select(i => new RawConnection(i))];
        _free = new Stack<RawConnection>(_connections.Reverse());
        var address = lane.Address.Serialize();
        _address = address.Buffer.Span[..address.Size].ToArray();
        _timeoutNs = Schedules.Plan.Ns(lane.Requests.Timeout);
    }

    public long Planned => Volatile.Read(ref _planned);
    public long Delivered => Volatile.Read(ref _delivered);
    public long Undelivered => Volatile.Read(ref _undelivered);
    public int InFlight => Volatile.Read(ref _inFlight);

    public void Start() => new Thread(() =>
    {
        Exception? failure = null;
        try
        {
            KernelWait.SharpenThisThread();
            using var epoll = new Epoll();
            Loop(epoll);
        }
        catch (Exception e) // a thread must not die silently
        {
            failure = e;
        }
        finally
        {
            foreach (var connection in _connections)
                CloseSocket(connection);
            _lane.ShardEnded(failure);
        }
    })
    { IsBackground = true, Name = $"load-raw-{_number}", Priority = ThreadPriority.AboveNormal }.Start();

    private void Loop(Epoll epoll)
    {
        while (true)
        {
            var nowNs = _clock.NowNs;
            var next = _lane.IsOpen ? ReleaseDue(epoll, nowNs) : AdjustCopies(epoll, nowNs);
            if (_run.Stage.Abandoned.IsCancellationRequested)
            {
                GiveUp();
                return;
            }
            if (next == long.MaxValue && _busy.Count == 0)
                return;
            next = Math.Min(next, ExpireTimeouts(epoll, nowNs));
            Volatile.Write(ref _inFlight, _busy.Count);
            var ready = epoll.Wait(Math.Clamp(next - _clock.NowNs, 0, LongestWaitNs));
            for (var i = 0; i < ready; i++)
            {
                var (events, connection) = epoll.Event(i);
                Handle(epoll, _connections[connection], events);
            }
        }
    }

    private bool Over => _run.Stopping || _lane.Dropping;

    // Open model.
    private long ReleaseDue(Epoll epoll, long nowNs)
    {
        while (_next < _lane.Plan.Count)
        {
            var dueNs = _lane.Plan.Due(_next);
            if (dueNs > nowNs)
                return Over ? long.MaxValue : dueNs;
            if (Over || nowNs - dueNs > _run.Stage.MaxLatenessNs)
            {
                Count(ref _planned);
                Count(ref _undelivered);
                _next += _lane.Shards;
                continue;
            }
            if (!_free.TryPop(out var connection))
            {
                _blocked = true; // its clock runs; events will free a connection
                return nowNs + LongestWaitNs;
            }
            Count(ref _planned);
            Count(ref _delivered);
            var couldStartNs = Math.Max(dueNs, _freedNs);
            if (_run.Stage.Counts)
                _run.Recorder.RecordStart(nowNs - couldStartNs, couldStartNs - dueNs);
            Begin(epoll, connection, _next, dueNs, nowNs);
            _next += _lane.Shards;
            nowNs = _clock.NowNs;
        }
        return _lane.Closing || Over ? long.MaxValue : _lane.Plan.EndNs > nowNs ? _lane.Plan.EndNs : long.MaxValue;
    }

    // Closed model: copies are connections.
    private long AdjustCopies(Epoll epoll, long nowNs)
    {
        if (Over || _lane.Closing || _lane.Plan.At(nowNs) is not { } phase)
        {
            _wanted = 0;
            return long.MaxValue;
        }
        if (nowNs >= _adjustNs)
        {
            _wanted = (phase.CopiesAt(nowNs) + _lane.Shards - 1 - _number) / _lane.Shards;
            foreach (var connection in _connections)
                if (connection.Number < _wanted && connection.Request is null && !_paused.Any(p => p.Connection == connection))
                    BeginIteration(epoll, connection, nowNs);
            _adjustNs = Math.Min(phase.EndNs, nowNs + 100_000_000);
        }
        while (_paused.TryPeek(out var paused) && paused.Ns <= nowNs)
        {
            _paused.Dequeue();
            if (paused.Connection.Number < _wanted)
                BeginIteration(epoll, paused.Connection, nowNs);
        }
        return _paused.TryPeek(out var first) ? Math.Min(_adjustNs, first.Ns) : _adjustNs;
    }

    private void BeginIteration(Epoll epoll, RawConnection connection, long nowNs)
    {
        if (_lane.NextIteration() is >= 0 and var iteration)
            Begin(epoll, connection, iteration, nowNs, nowNs);
    }

    private void Begin(Epoll epoll, RawConnection connection, long arrival, long dueNs, long nowNs)
    {
        var request = _requests[_lane.Picker.Pick(arrival)];
        request.Number(arrival);
        connection.Trace = _lane.Requests.Traced ? Traced(request, arrival) : default;
        (connection.Request, connection.DueNs, connection.StartedNs) = (request, dueNs, nowNs);
        connection.Parser.Expect(request.IsHead);
        _busy.Add(connection);
        if (connection.Socket >= 0)
        {
            Send(epoll, connection, request.Bytes);
            return;
        }
        var isConnected = Epoll.Connect(_address, _lane.Address.AddressFamily, out var socket, out var error);
        connection.Socket = socket;
        if (error != 0)
        {
            Fail(epoll, connection, EngineStatus.Exception, $"connect: {Epoll.Describe(error)}");
            return;
        }
        connection.Connecting = !isConnected;
        epoll.Watch(socket, connection.Number, isNew: true, isConnected ? Epoll.In : Epoll.Out);
        if (isConnected)
            Send(epoll, connection, request.Bytes);
        else
            connection.Unsent = request.HasSlots ? [.. request.Bytes] : request.Bytes; // another arrival may number it anew
    }

    private TraceId Traced(RenderedRequest request, long arrival)
    {
        var trace = _run.Stage.Traces.Of(_run.Salt, arrival, 1);
        request.Trace(trace, _run.Stage.Traces.IsSampled(trace));
        return trace;
    }

    private void Send(Epoll epoll, RawConnection connection, byte[] bytes)
    {
        var sent = Epoll.Send(connection.Socket, bytes, out var error);
        if (sent < 0)
        {
            Fail(epoll, connection, EngineStatus.Exception, $"send: {Epoll.Describe(error)}");
            return;
        }
        var hadMore = connection.Unsent is not null;
        connection.Unsent = sent == bytes.Length ? null : bytes[sent..];
        if (connection.Unsent is not null)
            epoll.Watch(connection.Socket, connection.Number, isNew: false, Epoll.In | Epoll.Out);
        else if (hadMore)
            epoll.Watch(connection.Socket, connection.Number, isNew: false, Epoll.In);
    }

    private void Handle(Epoll epoll, RawConnection connection, uint events)
    {
        if (connection.Socket < 0)
            return; // closed while handling an earlier event of the same wake-up
        if (connection.Connecting)
        {
            connection.Connecting = false;
            if (Epoll.ConnectResult(connection.Socket) is not 0 and var error)
                Fail(epoll, connection, EngineStatus.Exception, $"connect: {Epoll.Describe(error)}");
            else
                Send(epoll, connection, connection.Unsent!);
            return;
        }
        if ((events & Epoll.Out) != 0 && connection.Unsent is { } unsent)
            Send(epoll, connection, unsent);
        if ((events & (Epoll.In | Epoll.HangUp | Epoll.Error)) != 0 && connection.Socket >= 0)
            Receive(epoll, connection);
    }

    private void Receive(Epoll epoll, RawConnection connection)
    {
        var got = Epoll.Receive(connection.Socket, _buffer, out var error);
        if (got == -2)
            return;
        if (connection.Request is not { } request)
        {
            CloseSocket(connection); // the server ended an idle connection, or speaks out of turn
            return;
        }
        if (got < 0)
        {
            Fail(epoll, connection, EngineStatus.Exception, $"receive: {Epoll.Describe(error)}");
            return;
        }
        var consumed = 0;
        var state = got == 0 ? connection.Parser.Close() : connection.Parser.Feed(_buffer.AsSpan(0, got), out consumed);
        if (state == ParseState.Broken)
            Fail(epoll, connection, EngineStatus.Exception, connection.Parser.Error!);
        else if (state == ParseState.Complete && consumed < got)
            Fail(epoll, connection, EngineStatus.Exception, "bytes after the end of the answer");
        else if (state == ParseState.Complete)
            Finish(epoll, connection, request);
    }

    private void Finish(Epoll epoll, RawConnection connection, RenderedRequest request)
    {
        var parser = connection.Parser;
        var isRight = parser.Status == request.ExpectedStatus;
        var (code, message) = (Codes[parser.Status], "");
        if (isRight && request.ExpectedLocation is { } location && !(parser.HasLocation && parser.Location.SequenceEqual(location)))
        {
            (isRight, code) = (false, WrongLocation[parser.Status]);
            message = $"Location is {Encoding.UTF8.GetString(parser.Location)}, not {Encoding.UTF8.GetString(location)}";
        }
        Record(connection, request, new Outcome(!isRight, code, message, parser.SizeBytes));
        if (!parser.KeepAlive || connection.Unsent is not null)
            CloseSocket(connection);
        Free(epoll, connection, pause: false);
    }

    private void Fail(Epoll epoll, RawConnection connection, string code, string message)
    {
        Record(connection, connection.Request!, new Outcome(true, code, message, 0));
        CloseSocket(connection);
        Free(epoll, connection, pause: code == EngineStatus.Exception);
    }

    private void Record(RawConnection connection, RenderedRequest request, Outcome outcome)
    {
        var endedNs = _clock.NowNs;
        _busy.Remove(connection);
        connection.Request = null;
        var sent = new Sent(request.Path, connection.Trace);
        _run.FinishStep(request.Step, connection.DueNs, connection.StartedNs, endedNs, outcome, sent);
        _run.Finish(connection.DueNs, connection.StartedNs, endedNs, outcome, hadSteps: true, ownCode: false, outcome.Bytes, sent);
    }

    private void Free(Epoll epoll, RawConnection connection, bool pause)
    {
        if (_lane.IsOpen)
        {
            if (_blocked)
                (_blocked, _freedNs) = (false, _clock.NowNs);
            _free.Push(connection);
        }
        else if (connection.Number >= _wanted || Over || _lane.Closing)
        {
            return;
        }
        else if (pause)
        {
            _paused.Enqueue((_clock.NowNs + PauseAfterRefusalNs, connection)); // a dead server must not turn the loop into a hammer
        }
        else
        {
            BeginIteration(epoll, connection, _clock.NowNs);
        }
    }

    private long ExpireTimeouts(Epoll epoll, long nowNs)
    {
        while (_busy.Oldest is { } oldest)
        {
            if (oldest.StartedNs + _timeoutNs > nowNs)
                return oldest.StartedNs + _timeoutNs;
            Fail(epoll, oldest, EngineStatus.Timeout, "no complete answer in time");
        }
        return long.MaxValue;
    }

    private void GiveUp()
    {
        for (; _next < _lane.Plan.Count && _lane.Plan.Due(_next) <= _clock.NowNs; _next += _lane.Shards)
        {
            Count(ref _planned);
            Count(ref _undelivered);
        }
        while (_busy.Oldest is { } oldest)
        {
            Record(oldest, oldest.Request!, new Outcome(true, EngineStatus.Timeout, "not finished when the run ended", 0));
            _run.CountUnfinished();
        }
    }

    private static void CloseSocket(RawConnection connection)
    {
        if (connection.Socket >= 0)
            Epoll.Close(connection.Socket);
        (connection.Socket, connection.Connecting, connection.Unsent) = (-1, false, null);
    }

    private static void Count(ref long counter) => Volatile.Write(ref counter, counter + 1);
}
