using System.CommandLine;
using System.Security.Cryptography;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Bottleneck;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Loads;
using ChaosLab.Lab.Sweeps;

namespace ChaosLab.Lab.Verbs;

/// <summary>The highest rate that meets the objectives, also under a fault.</summary>
internal static class CapacityVerb
{
    public static Command Create()
    {
        var verb = new Verb("capacity",
            "Find the highest rate of visitors at which the objectives hold: rates double until one misses twice, then the gap is halved to 10 %. Starts a lab and takes it away; hosts stay.\n\n" +
            "Exit code: 0 found, 2 a mistake in a flag, 3 no rate met the objectives or the fault was not seen to bite, 4 the lab did not start, 5 stopped.",
            ("./lab capacity", "redirect p99 < 100 ms and success >= 99 %"),
            ("./lab capacity --slo 'redirect p99 < 20 ms'", "a tighter objective"),
            ("./lab capacity --fault lose=1", "without and with one instance lost"),
            ("./lab capacity --on docker --fault lose=1", "the same on hosts"),
            ("./lab capacity --fault path=20ms --without cache", "without and with slow reads, nothing cached"));
        var slo = new Option<string[]>("--slo") { Description = "What must hold, as in experiment files; may be given several times. Default: 'redirect p99 < 100 ms' and 'redirect success >= 99 %'.", HelpName = "claim", DefaultValueFactory = _ => ["redirect p99 < 100 ms", "redirect success >= 99 %"] };
        var fault = new Option<string?>("--fault") { Description = $"Look again under this fault: {NamedFault.Forms}.", HelpName = "name=size" };
        var most = new Option<int>("--most") { Description = "Highest rate to try, 100 to 20000 per second.", DefaultValueFactory = _ => 4000, HelpName = "number" };
        var length = new Option<string?>("--for") { Description = "How long each rate is tried, 1s to 60s. Default 3s.", HelpName = "3s" };
        var seed = new Option<int?>("--seed") { Description = "Seed of the visitors. Default: chosen and printed.", HelpName = "number" };
        var without = CampaignFlags.Without();
        var on = LabChoice.On(LabChoice.Embedded);
        var json = CampaignFlags.Json();
        foreach (var option in (Option[])[slo, fault, most, length, seed, without, on, json]) verb.Add(option);
        verb.SetAction(async (asked, _) =>
        {
            List<string> problems = [];
            var objectives = asked.GetValue(slo)!.Select(text => LoadFlags.Claim("--slo", text, "follow-links", problems)).OfType<Expectation>().ToList();
            var named = asked.GetValue(fault) is { } name ? NamedFault.Read(name) : null;
            if (asked.GetValue(fault) is { } wrong && named is null) problems.Add($"--fault: '{wrong}' is none of {NamedFault.Forms}");
            if (asked.GetValue(most) is < 100 or > 20_000) problems.Add($"--most: {asked.GetValue(most)} is not from 100 to 20000");
            var during = asked.GetValue(length) is { } text ? Units.Duration(text) : TimeSpan.FromSeconds(3);
            if (during is null || during < TimeSpan.FromSeconds(1) || during > TimeSpan.FromSeconds(60)) problems.Add($"--for: '{asked.GetValue(length)}' is not a duration from 1 s to 60 s. For example 3s");
            if (asked.GetValue(without) is { Length: > 0 } && asked.GetValue(on) != LabChoice.Embedded) problems.Add("--without belongs to the embedded lab: safeguards of hosts stay on");
            if (problems.Count == 0 && Capacity.Lowest(objectives) is var lowest && lowest > asked.GetValue(most))
                problems.Add($"--slo: to show '{objectives.MaxBy(SampleNeed.Of)!.Text}' within a minute takes {lowest} requests per second, more than --most {asked.GetValue(most)}. Ask for less, such as a p99, or raise --most");
            foreach (var problem in problems) await Console.Error.WriteLineAsync($"lab: {problem}.");
            if (problems.Count > 0) return Verdicts.ExitCodeOfAMistake;
            var screen = new Screen();
            using var stopping = new Stopping(screen.Say);
            var plan = new CapacityPlan(objectives, named, asked.GetValue(most), during!.Value,
                [.. asked.GetValue(without)!.Select(word => Safeguards.Find(word)!.Value).Distinct()], asked.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1, 1_000_000), asked.GetValue(on)!);
            return await EndingWell.RunAsync(screen, stopping, () => new Capacity(Places.Find(), plan, screen, TimeProvider.System).RunAsync(asked.GetValue(json), stopping.Token));
        });
        return verb;
    }
}
