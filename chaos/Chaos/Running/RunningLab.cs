using System.Security.Cryptography.X509Certificates;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Running;

/// <summary>A running set of hosts with an entry address. Taking it away is disposing it.</summary>
public abstract class RunningLab : IAsyncDisposable
{
    /// <summary>Unique name; the value of <c>CHAOSLAB_LAB</c> in every process of an embedded lab.</summary>
    public abstract string Id { get; }

    /// <summary><c>embedded</c>, <c>docker</c> or the name of an inventory.</summary>
    public abstract string Topology { get; }

    /// <summary>Where visitors go: the balancer.</summary>
    public abstract Uri Entry { get; }

    /// <summary>Every host, in a fixed order.</summary>
    public abstract IReadOnlyList<Host> Hosts { get; }

    /// <summary>Folder that holds the undo log.</summary>
    public abstract string StateRoot { get; }

    /// <summary>Safeguards that are switched off.</summary>
    public abstract IReadOnlyCollection<Safeguard> Without { get; }

    /// <summary>
    /// Cancelled when the dead man's switch itself is lost. No fault may be injected after that:
    /// nothing would heal it if this process died too.
    /// </summary>
    public abstract CancellationToken GuardianLost { get; }

    /// <summary>Makes the settings true, restarting what reads them; returns once every host is ready. An empty list restores the defaults.</summary>
    public abstract Task ApplyAsync(IReadOnlyList<LabSetting> settings, CancellationToken stop);

    /// <summary>The authority that signed the entry's certificate; null: the machine's own authorities, or no TLS.</summary>
    public virtual X509Certificate2? Authority => null;

    /// <summary>How long a host may take to be as before after an undo; a service may have to start first.</summary>
    public virtual TimeSpan AttestLimit => TimeSpan.FromSeconds(40);

    /// <summary>Pause between two looks for evidence, or at a host that heals.</summary>
    public virtual TimeSpan LookEvery => TimeSpan.FromMilliseconds(50);

    /// <summary>The hosts that hold something just now, such as the database's primary; empty where this lab has no such thing.</summary>
    public virtual Task<IReadOnlyList<Host>> HoldersAsync(Target.Holder holder, CancellationToken stop) => Task.FromResult<IReadOnlyList<Host>>([]);

    /// <summary>
    /// What a fault on the host must leave as it was, as text: equal before the injection and after the undo. Holds
    /// <c>ready: 200</c> when the host is well.
    /// </summary>
    public virtual Task<string> FingerprintAsync(Host host, CancellationToken stop) => HostView.FingerprintAsync(host, this, stop);

    /// <summary>Arms the dead man's switch at the target, where it is not the guardian: after <paramref name="after"/> the undo happens there by itself.</summary>
    public virtual Task ArmAsync(UndoAction undo, TimeSpan after, CancellationToken stop) => Task.CompletedTask;

    /// <summary>What looks at the lab through a whole run besides the visitors.</summary>
    public virtual IReadOnlyList<Witness> Witnesses(Experiment experiment) => [];

    /// <summary>What the balancer says of its backends; null when it cannot be read just now.</summary>
    internal virtual async Task<BalancerState?> ReadBalancerAsync(CancellationToken stop)
    {
        using var view = new BalancerView(OfRole("lb")[0]);
        return await view.ReadAsync(stop);
    }

    /// <summary>Hosts of a role: <c>lb</c>, <c>app</c>, <c>db</c>, <c>obs</c>.</summary>
    public IReadOnlyList<Host> OfRole(string role) => [.. Hosts.Where(host => host.Role == role)];

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>One host: addresses, a role, and a way to act on its service.</summary>
public abstract class Host
{
    /// <summary>Name within the lab, such as <c>app1</c>.</summary>
    public abstract string Name { get; }

    /// <summary><c>lb</c>, <c>app</c>, <c>db</c> or <c>obs</c>.</summary>
    public abstract string Role { get; }

    /// <summary>Its own public address, past the balancer.</summary>
    public abstract Uri Public { get; }

    /// <summary>Its admin address.</summary>
    public abstract Uri Admin { get; }

    /// <summary>Bearer token of the admin address. A secret: never journalled.</summary>
    public abstract string AdminToken { get; }

    /// <summary>The service of this host as something to be started and stopped.</summary>
    public abstract ServiceControl Service { get; }

    /// <summary>Undo that ends the in-app faults tagged <paramref name="tag"/> on this host, and no others.</summary>
    public abstract Safety.UndoAction UndoOfAppFaults(string tag);
}

/// <summary>What can be done to the process of a service. Every method is safe to call twice.</summary>
public abstract class ServiceControl
{
    /// <summary>What runs now; read from the system at every call, never remembered.</summary>
    public abstract Task<ServiceState> ReadAsync(CancellationToken stop);

    /// <summary>SIGKILL to every process of the service; returns when none is left.</summary>
    public abstract Task KillAsync(CancellationToken stop);

    /// <summary>SIGTERM; returns when the process has gone. Throws <see cref="TimeoutException"/> when it stays longer than <paramref name="patience"/>.</summary>
    public abstract Task StopAsync(TimeSpan patience, CancellationToken stop);

    /// <summary>SIGSTOP to every process of the service.</summary>
    public abstract Task PauseAsync(CancellationToken stop);

    /// <summary>Starts it unless it runs. <paramref name="settings"/> are added to its environment for this start only.</summary>
    public abstract Task StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken stop);

    /// <summary>Undo that makes it run again whatever happened: start, or nothing when it runs.</summary>
    public abstract Safety.UndoAction UndoOfDown { get; }

    /// <summary>Undo that makes stopped processes go on.</summary>
    public abstract Safety.UndoAction UndoOfPause { get; }
}

/// <summary>What a service is doing.</summary>
/// <param name="Processes">Its live processes; empty when it is down.</param>
public sealed record ServiceState(IReadOnlyList<ProcessSight> Processes)
{
    /// <summary>Whether any process lives.</summary>
    public bool IsRunning => Processes.Count > 0;

    /// <summary>Whether a process is stopped by SIGSTOP (state T).</summary>
    public bool IsPaused => Processes.Any(process => process.State == 'T');
}

/// <summary>One process as /proc shows it. Pid and start time together name it: pids are used again.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTicks">Start time in clock ticks since boot (field 22 of /proc/pid/stat).</param>
/// <param name="State">R, S, D, T, Z … (field 3).</param>
public sealed record ProcessSight(int Pid, long StartTicks, char State);
