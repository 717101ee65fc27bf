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

    // A host without power falls silent. Its kernel must not live on to refuse connections for it while its processes
    // die one by one, so the cable goes first: visitors' packets are lost, and sent again to whoever has the address then.
    private const string Off = ContainerInjection.Port + """
        port=$(port "$1")
        [ -n "$port" ] || { echo "no cable of $1 found" >&2; exit 1; }
        ip link set "$port" down
        docker kill "$1" || { ip link set "$port" up; exit 1; }
        """;

    private protected override Injection On(HostSite site) => new ContainerInjection(site, Off, ContainerInjection.Boot, "boot", state => state is "exited");
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

    // Unpausing what runs is an error of docker.
    private const string GoOn = """[ "$(docker inspect --format '{{.State.Paused}}' "$1")" != true ] || docker unpause "$1" """;

    private protected override Injection On(HostSite site) => new ContainerInjection(site, "docker pause \"$1\"", GoOn, "let it go on", state => state is "paused");
}

/// <summary>
/// What is done to a host from outside. A host that is off cannot heal itself: its switch is the guardian, which holds
/// the undo, and after it <c>lab restore</c>.
/// </summary>
/// <param name="site">The host.</param>
/// <param name="script">What hurts it; its first word is the container's name.</param>
/// <param name="undo">What heals it, the same way; may run when there is nothing to heal.</param>
/// <param name="undoWords">What the undo does, in two or three words.</param>
/// <param name="bites">Whether a state of the container is the fault's.</param>
internal class ContainerInjection(HostSite site, string script, string undo, string undoWords, Func<string, bool> bites) : Injection
{
    /// <summary>Shell function: this machine's end of a running container's cable; empty when there is none.</summary>
    internal const string Port = """
        port() {
          pid=$(docker inspect --format '{{.State.Pid}}' "$1") && [ "$pid" != 0 ] || return 0
          far=$(nsenter --target "$pid" --net ip -oneline link show eth0 | sed -n 's/^[0-9]*: eth0@if\([0-9]*\):.*/\1/p')
          [ -z "$far" ] || ip -oneline link | sed -n "s/^$far: \([^@:]*\)[@:].*/\1/p"
        }

        """;

    /// <summary>Script: boots a container that is off, and puts the cable back should it be on without one.</summary>
    internal const string Boot = Port + """
        docker start "$1"
        port=$(port "$1")
        [ -z "$port" ] || ip link set "$port" up
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private readonly string _container = "chaoslab-" + site.Host.Name;

    /// <summary>Name of the host's container.</summary>
    protected string Container => _container;

    public override UndoAction Undo => new UndoAction.OnThisMachine(Words(undo), new Dictionary<string, string?>(), 30, $"{undoWords}: {site.Host.Name} (container {_container})");

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
        var answer = await LocalCommand.RunAsync(Words(script), null, null, Limit, null, stop);
        if (answer.ExitCode != 0)
            throw new InvalidOperationException($"{_container}: {answer.LastWords}");
    }

    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        var state = (await DockerAsync(["inspect", "--format", "{{.State.Status}}", _container], stop)).Output.Trim();
        return new Sight(bites(state), $"{_container} is {state}");
    }

    private string[] Words(string what) => ["/bin/sh", "-ec", what, "sh", _container];

    /// <summary>Asks the engine.</summary>
    protected static Task<CommandAnswer> DockerAsync(IReadOnlyList<string> words, CancellationToken stop) => LocalCommand.RunAsync(["docker", .. words], null, null, Limit, null, stop);
}
