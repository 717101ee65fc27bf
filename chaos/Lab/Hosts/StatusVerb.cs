using System.CommandLine;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Lab.Campaigns;

namespace ChaosLab.Lab.Hosts;

/// <summary>How the hosts are.</summary>
internal static class StatusVerb
{
    public static Command Create()
    {
        var verb = new Verb("status", "Show the hosts in one table: role, primary, who holds the shared address, versions, services, health. Exit code: 0 all healthy, 1 not all, 2 could not look.",
            ("./lab status", "the docker lab"),
            ("./lab status --json | jq -r .primaries[0]", "for a program"));
        var on = LabChoice.On(LabChoice.Docker);
        var json = CampaignFlags.Json();
        verb.Add(on);
        verb.Add(json);
        verb.SetAction((asked, _) => HostsVerb.ObeyAsync(async (screen, stop) =>
        {
            var places = Places.Find();
            var ansible = Path.Combine(places.Root, "ansible");
            var inventory = await Inventory.ReadAsync(Inventory.PathOf(asked.GetValue(on)!, ansible), ansible, stop);
            var status = await LabStatus.ReadAsync(ansible, inventory.Path, places.State, stop);
            if (asked.GetValue(json)) Console.Out.Write(status.Json);
            else status.Print(Screen.Answer());
            return status.Healthy ? 0 : HostsVerb.Failed;
        }));
        return verb;
    }
}
