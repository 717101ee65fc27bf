using System.CommandLine;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>A version of the shortener on all app hosts.</summary>
internal static class DeployVerb
{
    public static Command Create()
    {
        var verb = new Verb("deploy",
            "Roll a version of the shortener out, one host at a time: drain, stop, replace, start, check, give back. A version that does not get healthy stops the rollout, and the old one goes on serving. " +
            "Exit code: 0 deployed, 1 the rollout was stopped, 2 the inventory or the version is wrong.",
            ("./lab deploy", "this checkout"),
            ("./lab deploy --version 12-ab34cd56", "a version that was built before"));
        var on = LabChoice.On(LabChoice.Docker);
        var version = Deployment.Version();
        verb.Add(on);
        verb.Add(version);
        verb.SetAction((asked, _) => HostsVerb.ObeyAsync(async (screen, stop) =>
        {
            var places = Places.Find();
            using var steps = new Steps(places, "deploy", screen, TimeProvider.System);
            var inventory = (await Inventory.ReadAsync(Inventory.PathOf(asked.GetValue(on)!, steps.AnsibleFolder), steps.AnsibleFolder, stop)).Path;
            var chosen = await Deployment.ArtefactAsync(steps, places, asked.GetValue(version), stop);
            var done = await steps.PlaybookAsync($"rollout of version {chosen}", inventory, "playbooks/deploy.yml", ["-e", $"shortener_version={chosen}"], TimeSpan.FromMinutes(15), stop);
            screen.Say($"  {done.Summary}");
            Console.Out.WriteLine($"deployed: {chosen}");
            return 0;
        }));
        return verb;
    }
}
