using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Embedded;

/// <summary>A host that is one child process on loopback.</summary>
public sealed class EmbeddedHost : Host
{
    private readonly EmbeddedService _service;

    internal EmbeddedHost(string role, Launch launch, TimeProvider time)
    {
        Role = role;
        _service = new EmbeddedService(launch, time);
    }

    /// <summary>How it is started; replaced when settings change.</summary>
    internal Launch Launch
    {
        get => _service.Launch;
        set => _service.Launch = value;
    }

    /// <inheritdoc/>
    public override string Name => Launch.Host;
    /// <inheritdoc/>
    public override string Role { get; }
    /// <inheritdoc/>
    public override Uri Public => Launch.Public;
    /// <inheritdoc/>
    public override Uri Admin => Launch.Admin;
    /// <inheritdoc/>
    public override string AdminToken => Launch.AdminToken;
    /// <inheritdoc/>
    public override ServiceControl Service => _service;
    /// <inheritdoc/>
    public override UndoAction UndoOfAppFaults(string tag) => new UndoAction.EndAppFaults(Launch.File, tag, Name);
}

/// <summary>The process of an embedded host, found by its marks at every call.</summary>
internal sealed class EmbeddedService(Launch launch, TimeProvider time) : ServiceControl
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    public Launch Launch { get; set; } = launch;

    public override UndoAction UndoOfDown => new UndoAction.StartService(Launch.File, Launch.Host);

    public override UndoAction UndoOfPause => new UndoAction.ResumeService(Launch.Lab, Launch.Host);

    public override Task<ServiceState> ReadAsync(CancellationToken stop) => Task.FromResult(new ServiceState(Sights()));

    public override async Task KillAsync(CancellationToken stop)
    {
        var victims = Sights();
        foreach (var victim in victims)
            Signals.Send(victim.Pid, Signals.Kill);
        await WaitForEndAsync(victims, stop);
    }

    public override async Task StopAsync(TimeSpan patience, CancellationToken stop)
    {
        var leaving = Sights();
        foreach (var process in leaving)
            Signals.Send(process.Pid, Signals.Terminate);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, patience, Timeout.InfiniteTimeSpan);
        try
        {
            await WaitForEndAsync(leaving, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException($"{Launch.Host} still runs {patience.TotalSeconds:0.#} s after SIGTERM");
        }
    }

    public override async Task PauseAsync(CancellationToken stop)
    {
        var processes = Sights();
        foreach (var process in processes)
            Signals.Send(process.Pid, Signals.Stop);
        // A process stops when it is next given a processor, which on a crowded machine may be an answer later.
        while (processes.Any(process => ProcessTable.Read(process.Pid) is { State: not ('T' or 't' or 'Z' or 'X') }))
            await Task.Delay(Poll, time, stop);
    }

    public override Task StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken stop)
    {
        Launch.StartUnlessRunning(settings);
        return Task.CompletedTask;
    }

    private IReadOnlyList<ProcessSight> Sights() => [.. MarkedProcesses.Find(Launch.Lab, Launch.Host).Select(process => process.Sight)];

    // By pid and start time rather than by mark: a dying process loses its environment before its sockets, and its
    // successor needs the port.
    private async Task WaitForEndAsync(IReadOnlyList<ProcessSight> processes, CancellationToken stop)
    {
        while (processes.Any(process => ProcessTable.Lives(process.Pid, process.StartTicks)))
            await Task.Delay(Poll, time, stop);
    }
}
