using System.CommandLine;
using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;

namespace ChaosLab.Lab.Verbs;

/// <summary>Reads experiment files and tells every mistake; runs nothing.</summary>
internal static class CheckVerb
{
    public static Command Create()
    {
        var verb = new Verb("check",
            "Read experiment files and tell every mistake at once as file:line: what is wrong. What would be right. Runs nothing. Exit code 0, or 2 when there are mistakes.",
            ("./lab check chaos/experiments/*.yaml", "some files"),
            ("./lab check", "every shipped experiment"),
            ("./lab check my.yaml --json", "for an editor"));
        var files = RunVerb.Files("Experiment files, or names of shipped experiments. Default: every shipped one.");
        var json = CampaignFlags.Json();
        verb.Add(files);
        verb.Add(json);
        verb.SetAction(asked =>
        {
            var places = Places.Find();
            var given = asked.GetValue(files)!;
            var chosen = given.Length == 0 ? places.ShippedExperiments() : RunVerb.Resolve(given, places);
            var read = chosen.Select(file => (File: file, Read: ExperimentFile.Load(file))).ToList();
            var problems = read.SelectMany(one => one.Read.Problems).ToList();
            if (asked.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(new
                {
                    ok = problems.Count == 0,
                    files = read.Select(one => new { file = one.File, name = one.Read.Experiment?.Id, title = one.Read.Experiment?.Title, problems = one.Read.Problems }),
                }, ResultJson.Options));
            }
            else
            {
                foreach (var problem in problems) Console.Out.WriteLine(problem);
                foreach (var (file, one) in read)
                {
                    if (one.Experiment is { } good) Console.Out.WriteLine($"{file}: good ({good.Title})");
                }
            }

            return problems.Count == 0 ? 0 : Verdicts.ExitCodeOfAMistake;
        });
        return verb;
    }
}
