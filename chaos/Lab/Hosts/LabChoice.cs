using System.CommandLine;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>Which lab a verb is about: <c>--on</c>.</summary>
internal static class LabChoice
{
    public const string Embedded = "embedded";
    public const string Docker = "docker";

    /// <summary>The flag. <paramref name="usual"/> is what it means when it is left away.</summary>
    public static Option<string> On(string usual) => new("--on")
    {
        Description = (usual == Embedded ? "embedded: processes of this machine; " : "") + "docker: the hosts that `lab up` makes here; or an Ansible inventory of your own machines, by path or by its name below ansible/inventories.",
        DefaultValueFactory = _ => usual,
        HelpName = usual == Embedded ? "embedded|docker|inventory" : "docker|inventory",
    };

    /// <summary>The same flag where leaving it away means every lab.</summary>
    public static Option<string?> Only(string description) => new("--on") { Description = description, HelpName = "embedded|docker|inventory" };

    /// <summary>The word by which experiments say what they need: <c>embedded</c>, <c>docker</c> or <c>inventory</c>.</summary>
    public static string TopologyOf(string on) => on is Embedded or Docker ? on : "inventory";

    /// <summary>Takes hosts up for a run. The program <c>lab</c> has seen to it that this one is before them in the queue for the processor.</summary>
    public static Task<HostsLab> StartAsync(Places places, string on, TimeProvider time, IProgress<string> progress, CancellationToken stop)
    {
        if (!OwnPriority.IsRaised) progress.Report("priority of the load generator as it was: only root may raise it");
        return HostsLab.StartAsync(Options(places, on, time), progress, stop);
    }

    /// <summary>An embedded lab of this build's programs, with every safeguard; its logs are copied to <c>logs</c> in the folder of the run.</summary>
    public static EmbeddedOptions EmbeddedOptions(Places places, string folder, TimeProvider time) => new()
    {
        StateRoot = places.State,
        LabCommand = [places.LabProgram],
        ShortenerCommand = [places.ShortenerProgram],
        LogFolder = Path.Combine(folder, "logs"),
        Time = time,
    };

    /// <summary>How the hosts are found.</summary>
    public static HostsOptions Options(Places places, string on, TimeProvider time) => new()
    {
        StateRoot = places.State,
        LabCommand = [places.LabProgram],
        On = on,
        AnsibleFolder = Path.Combine(places.Root, "ansible"),
        Time = time,
    };
}
