using ChaosLab.Shortener.Faults;

namespace ChaosLab.Shortener.Stations;

/// <summary>
/// The places on the way of a read to the store at which time can be spent in kind: outside of everything (path), on the processor,
/// while holding the one lock, while holding a connection. A dose ordered through <c>/chaos/faults</c> is spent here and measured.
/// </summary>
public sealed class StationSet
{
    /// <summary>Time that holds nothing: the network, a call to elsewhere.</summary>
    public const string PathName = "path";

    /// <summary>Time on the processor.</summary>
    public const string ProcessorName = "processor";

    /// <summary>A lock that all reads of this instance pass one after the other.</summary>
    public const string LockName = "lock";

    /// <summary>A connection to the store.</summary>
    public const string ConnectionName = "connection";

    /// <summary>The processor of whichever PostgreSQL server answers a look-up.</summary>
    public const string DatabaseName = "database";

    /// <summary>A row of the running total, from the moment its lock is had to the end of the transaction. PostgreSQL only.</summary>
    public const string RowName = "row";

    /// <summary>Look-ups at the primary, with everything they wait for there. PostgreSQL only.</summary>
    public const string PrimaryName = "primary";

    /// <summary>The same at the standby. A capacity below 0 sends them to the primary.</summary>
    public const string StandbyName = "standby";

    /// <summary>The instance itself: every redirect that has to ask the store, from its request to its answer. Takes no doses.</summary>
    public const string InstanceName = "instance";

    private static readonly string[] Names = [PathName, ProcessorName, LockName, ConnectionName, DatabaseName, RowName, StandbyName];
    private readonly FaultList _faults;
    private readonly TimeProvider _time;
    private readonly Station _path, _processor, _lock, _connection;
    private readonly Turnstile _lockTurn;

    /// <summary>Makes the stations.</summary>
    /// <param name="faults">The doses.</param>
    /// <param name="connections">Connections for reads, ≥ 1, without a dose.</param>
    /// <param name="time">The clock.</param>
    /// <param name="totalRows">Rows of the running total, without a dose; 0: there is none.</param>
    public StationSet(FaultList faults, int connections, TimeProvider time, int totalRows = 0)
    {
        (_faults, _time) = (faults, time);
        _path = new(PathName, static () => 0, time);
        _processor = new(ProcessorName, static () => 0, time);
        _lock = new(LockName, () => Math.Max(1, 1 + faults.Extra(LockName)), time);
        _connection = new(ConnectionName, () => Math.Max(1, connections + faults.Extra(ConnectionName)), time);
        Row = new(RowName, () => totalRows == 0 ? 0 : Math.Max(1, totalRows + faults.Extra(RowName)), time);
        Primary = new(PrimaryName, static () => 0, time);
        Standby = new(StandbyName, static () => 0, time);
        Instance = new(InstanceName, static () => 0, time);
        _lockTurn = new(_lock);
        Connections = new(_connection);
    }

    /// <summary>Limits the connections that reads hold at once.</summary>
    public Turnstile Connections { get; }

    /// <summary>Rows of the running total.</summary>
    public Station Row { get; }

    /// <summary>Look-ups at the primary.</summary>
    public Station Primary { get; }

    /// <summary>Look-ups at the standby.</summary>
    public Station Standby { get; }

    /// <summary>Redirects inside of this instance.</summary>
    public Station Instance { get; }

    /// <summary>True while any dose or change of a capacity may be active; only then does anybody take a turn.</summary>
    public bool IsDosed => _faults.MayDose;

    /// <summary>False while the standby is told to take no look-ups.</summary>
    public bool MayReadStandby => _faults.Extra(StandbyName) >= 0;

    /// <summary>Where doses can be put, by name.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>Everything counted so far.</summary>
    public IReadOnlyList<StationReport> Read() => [_path.Read(), _processor.Read(), _lock.Read(), _connection.Read(), Row.Read(), Primary.Read(), Standby.Read(), Instance.Read()];

    /// <summary>Passes path, processor and lock. Costs nothing while no dose is active.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="stop">Ends waiting and delaying.</param>
    public ValueTask PassAsync(string operation, CancellationToken stop) => _faults.MayDose ? PassDosedAsync(operation, stop) : ValueTask.CompletedTask;

    /// <summary>Spends what was ordered for a connection, on the thread that holds it.</summary>
    /// <param name="operation">The call.</param>
    public void HoldConnection(string operation)
    {
        if (!_faults.MayDose) return;
        using var spend = new Spending(_faults, FaultKind.Hold, ConnectionName, operation, _time);
        if (spend.Length > TimeSpan.Zero) Thread.Sleep(spend.Length);
    }

    /// <summary>Spends what was ordered for a connection or a row, while the caller holds it.</summary>
    /// <param name="station">Which of them.</param>
    /// <param name="operation">The call.</param>
    public async ValueTask HoldAsync(string station, string operation)
    {
        if (!_faults.MayDose) return;
        using var spend = new Spending(_faults, FaultKind.Hold, station, operation, _time);
        await FineDelay.WaitAsync(spend.Length, _time, CancellationToken.None);
    }

    /// <summary>What was ordered for the processor of the database; the caller makes the server spend it.</summary>
    /// <param name="operation">The call.</param>
    internal Spending BurnInDatabase(string operation) => new(_faults, FaultKind.Burn, DatabaseName, operation, _time);

    private async ValueTask PassDosedAsync(string operation, CancellationToken stop)
    {
        _path.Arrive();
        _path.Begin();
        try
        {
            using var spend = new Spending(_faults, FaultKind.Delay, PathName, operation, _time);
            await FineDelay.WaitAsync(spend.Length, _time, stop);
        }
        finally
        {
            _path.End();
        }

        Burn(operation);
        await _lockTurn.EnterAsync(stop);
        try
        {
            using var spend = new Spending(_faults, FaultKind.Hold, LockName, operation, _time);
            await FineDelay.WaitAsync(spend.Length, _time, stop);
        }
        finally
        {
            _lockTurn.Exit();
        }
    }

    private void Burn(string operation)
    {
        _processor.Arrive();
        _processor.Begin();
        var began = ThreadTime.Now;
        using (var spend = new Spending(_faults, FaultKind.Burn, ProcessorName, operation, _time, () => ThreadTime.Now - began))
        {
            // On the thread's own clock: a thread that waits for a core burns nothing.
            while (ThreadTime.Now - began < spend.Length) Thread.SpinWait(100);
        }

        _processor.End();
    }
}
