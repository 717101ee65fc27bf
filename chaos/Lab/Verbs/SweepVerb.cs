using System.CommandLine;
using System.Security.Cryptography;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Bottleneck;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Sweeps;

namespace ChaosLab.Lab.Verbs;

/// <summary>Throughput over users or instances, with the law that fits.</summary>
internal static class SweepVerb
{
    public static Command Create()
    {
        var kinds = string.Join(", ", Plant.All.Select(one => one.Word));
        var verb = new Verb("sweep",
            "Measure throughput over users or over instances, fit the rival laws of scaling and choose one. Starts a lab and takes it away.\n\n" +
            "Exit code: 0 measured, 2 a mistake in a flag, 3 too few points could be measured, or their upper end says nothing about the service, 4 the lab did not start, 5 stopped.",
            ("./lab sweep users", "1 to 32 users in a closed loop"),
            ("./lab sweep instances --most 4", "1 to 4 instances, eight users each"),
            ("./lab sweep users --plant lock", "what a serial lock looks like"),
            ("./lab sweep users --on docker", "users of the hosts of the docker lab"));
        var over = new Argument<string>("OVER") { Description = "users or instances." };
        var most = new Option<int?>("--most") { Description = "Most users (8 to 64, default 32) or instances (4 to 6, default 4).", HelpName = "number" };
        var repeats = new Option<int>("--repeats") { Description = "How often each number is measured, in random order, 2 to 10.", DefaultValueFactory = _ => 3, HelpName = "number" };
        var plant = new Option<string?>("--plant") { Description = $"A bottleneck to plant: {kinds}. Default: none, the lab as it is.", HelpName = "kind" };
        var seed = new Option<int?>("--seed") { Description = "Seed of orders and visitors. Default: chosen and printed.", HelpName = "number" };
        var on = LabChoice.On(LabChoice.Embedded);
        var json = CampaignFlags.Json();
        verb.Add(over);
        foreach (var option in (Option[])[most, repeats, plant, seed, on, json]) verb.Add(option);
        verb.SetAction(async (asked, _) =>
        {
            List<string> problems = [];
            var what = asked.GetValue(over)!;
            var number = asked.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1, 1_000_000);
            if (what is not ("users" or "instances")) problems.Add($"a sweep goes over users or instances, not over '{what}'");
            var (least, usual, highest) = what == "instances" ? (4, 4, 6) : (8, 32, 64);
            var end = asked.GetValue(most) ?? usual;
            if (end < least || end > highest) problems.Add($"--most: {end} is not from {least} to {highest}");
            if (asked.GetValue(repeats) is < 2 or > 10) problems.Add($"--repeats: {asked.GetValue(repeats)} is not from 2 to 10");
            var planted = asked.GetValue(plant) is { } word ? Plant.Find(word, number) : null;
            if (asked.GetValue(plant) is { } unknown && planted is null) problems.Add($"--plant: there is no '{unknown}'. There are: {kinds}");
            foreach (var problem in problems) await Console.Error.WriteLineAsync($"lab: {problem}.");
            if (problems.Count > 0) return Verdicts.ExitCodeOfAMistake;
            var where = asked.GetValue(on)!;
            if (where != LabChoice.Embedded && (where != LabChoice.Docker || what == "instances"))
            {
                await Console.Error.WriteLineAsync(where == LabChoice.Docker
                    ? "lab: --on: instances are swept on the embedded lab only, which starts as many as it takes. Leave --on away, or sweep users."
                    : "lab: --on: processor time is read from this machine, so hosts elsewhere cannot be measured. Leave --on away, or say --on docker.");
                return Verdict.NotRun.ExitCode();
            }

            var screen = new Screen();
            using var stopping = new Stopping(screen.Say);
            return await EndingWell.RunAsync(screen, stopping, () =>
                planted?.Refusal(where) is { } refusal
                    ? throw new LabRefusedException(refusal)
                    : new Sweep(Places.Find(), new SweepPlan(what == "instances", planted, end, asked.GetValue(repeats), number, where), screen, TimeProvider.System).RunAsync(asked.GetValue(json), stopping.Token));
        });
        return verb;
    }
}
