using System.CommandLine;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Hosts;

/// <summary>The docker lab is gone.</summary>
internal static class DownVerb
{
    public static Command Create()
    {
        var verb = new Verb("down",
            "Remove the docker lab: hosts, network, keys and passwords; and the engine, if `lab up` started it. The image stays, it is a cache. Your own machines are never touched. Exit code: 0 nothing is left, 1 a step failed.",
            ("./lab down", "after work"));
        verb.SetAction((_, _) => HostsVerb.ObeyAsync(async (screen, stop) =>
        {
            var places = Places.Find();
            if (RunLock.TryTake(places.State) is not { } held)
                throw new LabRefusedException($"a run is at work (lab {RunLock.WhoHolds(places.State)?.Lab}): stop it first with `lab run --stop`");
            using (held)
            using (var steps = new Steps(places, "down", screen, TimeProvider.System))
            {
                // Without an engine there are no containers to remove, but one that died may have left some.
                await steps.ProgramAsync("engine", ["engine", "start"], TimeSpan.FromMinutes(10), stop);
                await steps.PlaybookAsync("hosts", Inventory.PathOf(LabChoice.Docker, steps.AnsibleFolder), "playbooks/hosts-down.yml", [], TimeSpan.FromMinutes(5), stop);
                await steps.ProgramAsync("engine", ["engine", "stop"], TimeSpan.FromMinutes(2), stop);
                foreach (var gone in HostsUndo.GoneWithTheirHosts(places.State))
                    screen.Say("  " + gone);
            }

            screen.Say("down: no host, no network, no key is left");
            return 0;
        }));
        return verb;
    }
}
