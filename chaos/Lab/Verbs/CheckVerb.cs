using System.CommandLine;
using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Hosts;

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
            ("./lab check my.yaml --on docker", "and whether the docker lab can run it"),
            ("./lab check my.yaml --json", "for an editor"));
        var files = RunVerb.Files("Experiment files, or names of shipped experiments. Default: every shipped one.");
        var json = CampaignFlags.Json();
        verb.Add(files);
        var on = LabChoice.Only("Also tell which of them this lab cannot run. Without files: the shipped ones for it.");
        verb.Add(on);
        verb.Add(json);
        verb.SetAction(asked =>
        {
            var places = Places.Find();
            var topology = asked.GetValue(on) is { } lab ? LabChoice.TopologyOf(lab) : null;
            var given = asked.GetValue(files)!;
            var chosen = given.Length == 0 ? topology is null ? places.ShippedExperiments() : places.ShippedExperiments(topology) : RunVerb.Resolve(given, places);
            var read = chosen.Select(file => (File: file, Read: ExperimentFile.Load(file))).ToList();
            List<Problem> problems =
            [
                .. read.SelectMany(one => one.Read.Problems),
                .. read.Where(one => topology is not null && one.Read.Experiment?.CanRunOn(topology) == false)
                    .Select(one => new Problem(one.File, 0, $"it needs {string.Join(" or ", one.Read.Experiment!.Topologies)}, and {topology} was asked for", $"Add {topology} to its `needs`, if it can run there")),
            ];
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
