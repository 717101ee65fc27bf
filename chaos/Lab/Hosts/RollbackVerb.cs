using System.CommandLine;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>Back to the release before.</summary>
internal static class RollbackVerb
{
    public static Command Create()
    {
        var verb = new Verb("rollback",
            "Go back to the release before, build and configuration together, one host at a time. Exit code: 0 done, 1 a host did not get healthy or there is nothing to go back to, 2 the inventory is wrong.",
            ("./lab rollback", "undo the last deploy"));
        var on = LabChoice.On(LabChoice.Docker);
        verb.Add(on);
        verb.SetAction((asked, _) => HostsVerb.ObeyAsync(async (screen, stop) =>
        {
            var places = Places.Find();
            using var steps = new Steps(places, "rollback", screen, TimeProvider.System);
            var inventory = (await Inventory.ReadAsync(Inventory.PathOf(asked.GetValue(on)!, steps.AnsibleFolder), steps.AnsibleFolder, stop)).Path;
            var done = await steps.PlaybookAsync("rollback", inventory, "playbooks/rollback.yml", [], TimeSpan.FromMinutes(15), stop);
            screen.Say($"  {done.Summary}");
            return 0;
        }));
        return verb;
    }
}
