using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A whole host is off, without a word: the plug is pulled, and put back at the undo.</summary>
public sealed record HostOff : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("host-off", "Pulls the plug of a host; it boots when the fault ends (docker lab)", Services.Roles, [])
    {
        Read = (_, _) => new HostOff(),
    };

    /// <inheritdoc/>
    public override string Kind => "host-off";

    /// <inheritdoc/>
    public override string Dose => "SIGKILL to everything on it, off until the undo";

    private protected override Injection On(HostSite site) => new ContainerInjection(site, "kill", "start", "boot", state => state is "exited");
}

/// <summary>A whole host stands still: nothing on it runs, and nothing on it knows.</summary>
public sealed record HostPause : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("host-pause", "Freezes a whole host (docker lab)", Services.Roles, [])
    {
        Read = (_, _) => new HostPause(),
    };

    /// <inheritdoc/>
    public override string Kind => "host-pause";

    /// <inheritdoc/>
    public override string Dose => "every process of it frozen until the undo";

    private protected override Injection On(HostSite site) => new ContainerInjection(site, "pause", "unpause", "let it go on", state => state is "paused");
}

/// <summary>
/// What is done to a host from outside. A host that is off cannot heal itself: its switch is the guardian, which holds
/// the undo, and after it <c>lab restore</c>.
/// </summary>
internal class ContainerInjection(HostSite site, string verb, string undoVerb, string undoWords, Func<string, bool> bites) : Injection
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private readonly string _container = "chaoslab-" + site.Host.Name;

    /// <summary>Name of the host's container.</summary>
    protected string Container => _container;

    // Unpausing what runs and starting what runs: the first is an error of docker, the second is none.
    public override UndoAction Undo => new UndoAction.OnThisMachine(undoVerb == "start"
            ? ["docker", "start", _container]
            : ["/bin/sh", "-c", "[ \"$(docker inspect --format '{{.State.Paused}}' \"$1\")\" != true ] || docker unpause \"$1\"", "sh", _container],
        new Dictionary<string, string?>(), 30, $"{undoWords}: {site.Host.Name} (docker {undoVerb} {_container})");

    public override async Task<string?> RefusalAsync(CancellationToken stop)
    {
        if (site.Lab.Topology != "docker")
            return "a machine that was switched off cannot be switched on from here: only the docker lab's hosts can";
        // Only what the lab made, and only if it is the host that is meant.
        var seen = await DockerAsync(["inspect", "--format", "{{index .Config.Labels \"chaoslab\"}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", _container], stop);
        return seen.ExitCode == 0 && seen.Output.Split(' ', '\n') is ["host", var address, ..] && address == site.Host.Reach.Address
            ? null
            : $"{_container} is not the lab's container of {site.Host.Name} ({(seen.ExitCode == 0 ? seen.Output.Trim() : seen.LastWords)})";
    }

    public override async Task InjectAsync(CancellationToken stop)
    {
        var answer = await DockerAsync([verb, _container], stop);
        if (answer.ExitCode != 0)
            throw new InvalidOperationException($"docker {verb} {_container}: {answer.LastWords}");
    }

    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        var state = (await DockerAsync(["inspect", "--format", "{{.State.Status}}", _container], stop)).Output.Trim();
        return new Sight(bites(state), $"{_container} is {state}");
    }

    /// <summary>Asks the engine.</summary>
    protected static Task<CommandAnswer> DockerAsync(IReadOnlyList<string> words, CancellationToken stop) => LocalCommand.RunAsync(["docker", .. words], null, null, Limit, null, stop);
}
