using System.CommandLine;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;

namespace ChaosLab.Lab.Verbs;

/// <summary>Every shipped experiment in a row, under load, on one lab.</summary>
internal static class GameDayVerb
{
    public static Command Create()
    {
        var verb = new Verb("gameday",
            "Run every shipped experiment in a row: start a lab, put load on it, hurt it, heal it, and say what held. An experiment that says nothing is repeated once.\n\n" +
            "Exit code: 0 all held, 1 a weakness, 2 a mistake in a file or flag, 3 inconclusive, 4 not run, 5 stopped and healed, 6 something could not be healed; the most serious of 6, 5, 1, 3, 4, 0.",
            ("./lab gameday", "all of them"),
            ("./lab gameday --only lose-one-instance,hot-link-keeps-exact-click-totals", "some of them (`./lab list` names them)"),
            ("./lab gameday --json | jq .verdict", "for a program"),
            ("./lab gameday --without retry", "see which experiments rely on the balancer's retries"));
        var only = new Option<string[]>("--only")
        {
            Description = "Only these experiments, by name, separated by commas.",
            HelpName = "names",
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            DefaultValueFactory = _ => [],
        };
        var flags = new CampaignFlags(usualAttempts: 2);
        verb.Add(only);
        flags.AddTo(verb);
        verb.SetAction(async (asked, _) =>
        {
            var places = Places.Find();
            var files = places.ShippedExperiments(flags.OnOf(asked));
            var wanted = asked.GetValue(only)!;
            var names = files.Select(file => Path.GetFileNameWithoutExtension(file)).ToList();
            var unknown = wanted.Except(names).ToList();
            if (unknown.Count > 0)
            {
                foreach (var name in unknown) await Console.Error.WriteLineAsync($"lab: --only: there is no experiment '{name}'. There are: {string.Join(", ", names)}.");
                return Verdicts.ExitCodeOfAMistake;
            }

            var chosen = wanted.Length == 0 ? files : [.. files.Where(file => wanted.Contains(Path.GetFileNameWithoutExtension(file)))];
            return await flags.ObeyAsync(asked, "gameday", chosen, places);
        });
        return verb;
    }
}
