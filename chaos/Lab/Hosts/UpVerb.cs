using System.CommandLine;
using System.Globalization;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>From nothing to a working lab on hosts.</summary>
internal static class UpVerb
{
    public static Command Create()
    {
        var verb = new Verb("up",
            "Make the hosts of the docker lab and deploy everything on them: engine, image, nine hosts, then Ansible's site.yml. What is there already stays; after a crash or a reboot the same command goes on. " +
            "On machines of your own (--on INVENTORY) it only deploys.\n\nExit code: 0 the lab is up and healthy, 1 a step failed, 2 something is missing or the inventory is wrong, 5 stopped.",
            ("./lab up", "the docker lab on this machine, as root"),
            ("./lab up --on my/inventory", "deploy to your own machines"),
            ("./lab up --version 12-ab34cd56", "with a version that was built before"));
        var on = LabChoice.On(LabChoice.Docker);
        var version = Deployment.Version();
        verb.Add(on);
        verb.Add(version);
        verb.SetAction((asked, _) => HostsVerb.ObeyAsync(async (screen, stop) =>
        {
            var places = Places.Find();
            var time = TimeProvider.System;
            var began = time.GetTimestamp();
            var choice = asked.GetValue(on)!;
            using var steps = new Steps(places, "up", screen, time);
            if (choice == LabChoice.Docker)
            {
                await steps.ProgramAsync("engine", ["engine", "start"], TimeSpan.FromMinutes(10), stop);
                await steps.ProgramAsync("image of the hosts (made once)", ["image/build"], TimeSpan.FromMinutes(15), stop);
            }

            var inventory = (await Inventory.ReadAsync(Inventory.PathOf(choice, steps.AnsibleFolder), steps.AnsibleFolder, stop)).Path;
            var chosen = await Deployment.ArtefactAsync(steps, places, asked.GetValue(version), stop);
            if (choice == LabChoice.Docker)
                await steps.PlaybookAsync("hosts", inventory, "playbooks/hosts-up.yml", [], TimeSpan.FromMinutes(15), stop);
            var site = await steps.PlaybookAsync($"deployment of version {chosen}", inventory, "playbooks/site.yml", ["-e", $"shortener_version={chosen}"], TimeSpan.FromMinutes(15), stop);
            screen.Say("  " + site.Summary);
            var status = await LabStatus.ReadAsync(steps.AnsibleFolder, inventory, places.State, stop);
            // A standby that was just made may not follow yet.
            for (var look = time.GetTimestamp(); !status.Healthy && time.GetElapsedTime(look) < TimeSpan.FromSeconds(20);)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, stop);
                status = await LabStatus.ReadAsync(steps.AnsibleFolder, inventory, places.State, stop);
            }

            status.Print(Screen.Answer());
            screen.Say(string.Create(CultureInfo.InvariantCulture, $"up in {time.GetElapsedTime(began).TotalSeconds:0} s; log: {Places.Shown(steps.LogFile)}"));
            return status.Healthy ? 0 : HostsVerb.Failed;
        }));
        return verb;
    }
}
