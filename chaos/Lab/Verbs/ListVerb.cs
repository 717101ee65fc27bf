using System.CommandLine;
using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Journals;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Hosts;
using ChaosLab.Load.Scenarios;
using Spectre.Console;

namespace ChaosLab.Lab.Verbs;

/// <summary>What there is: experiments, faults, scenarios of visitors, safeguards.</summary>
internal static class ListVerb
{
    public static Command Create()
    {
        var verb = new Verb("list", "Show the shipped experiments, the faults that files may ask for, the visitors, and the safeguards that can be switched off.",
            ("./lab list", "everything"),
            ("./lab list --on docker", "the experiments that the docker lab can run"),
            ("./lab list --json | jq -r '.experiments[].name'", "names of the experiments"));
        var json = CampaignFlags.Json();
        var on = LabChoice.Only("Only the experiments that this lab can run. Default: all of them.");
        verb.Add(on);
        verb.Add(json);
        verb.SetAction(asked =>
        {
            var topology = asked.GetValue(on) is { } lab ? LabChoice.TopologyOf(lab) : null;
            var places = Places.Find();
            var experiments = (topology is null ? places.ShippedExperiments() : places.ShippedExperiments(topology))
                .Select(file => (File: file, Read: ExperimentFile.Load(file)))
                .Where(one => topology is null || one.Read.Experiment?.CanRunOn(topology) != false).ToList();
            if (asked.GetValue(json)) Console.Out.WriteLine(ToJson(experiments));
            else Print(experiments, Screen.Answer());
            return 0;
        });
        return verb;
    }

    private static string ToJson(List<(string File, (Experiment? Experiment, IReadOnlyList<Problem> Problems) Read)> experiments) => JsonSerializer.Serialize(new
    {
        experiments = experiments.Select(one => new
        {
            name = Path.GetFileNameWithoutExtension(one.File),
            file = one.File,
            title = one.Read.Experiment?.Title,
            tags = one.Read.Experiment?.Tags,
            faults = one.Read.Experiment?.Faults.Select(fault => fault.Fault.Kind).Distinct(),
            reliesOn = one.Read.Experiment?.ReliesOn.Select(safeguard => safeguard.Word()),
            problems = one.Read.Problems.Count,
        }),
        faults = FaultCatalogue.All.Select(kind => new { name = kind.Name, summary = kind.Summary, doses = kind.Doses }),
        scenarios = VisitorScenarios.All.Select(scenario => new { name = scenario.Name, summary = scenario.Summary }),
        safeguards = Safeguards.Words,
    }, ResultJson.Options);

    private static void Print(List<(string File, (Experiment? Experiment, IReadOnlyList<Problem> Problems) Read)> experiments, IAnsiConsole console)
    {
        var table = Table("experiment", "claim", "faults", "relies on");
        foreach (var (file, read) in experiments)
        {
            table.AddRow(
                new Text(Path.GetFileNameWithoutExtension(file)),
                new Text(read.Experiment?.Title ?? $"{read.Problems.Count} mistakes: ./lab check {file}"),
                new Text(string.Join(", ", read.Experiment?.Faults.Select(fault => fault.Fault.Kind).Distinct() ?? [])),
                new Text(string.Join(", ", read.Experiment?.ReliesOn.Select(safeguard => safeguard.Word()) ?? [])));
        }

        console.Write(table);
        table = Table("fault", "what it does", "dose");
        foreach (var kind in FaultCatalogue.All)
            table.AddRow(new Text(kind.Name), new Text(kind.Summary), new Text(string.Join("\n", kind.Doses.Select(dose => $"{dose.Name}: {dose.Summary}"))));
        console.Write(table);
        table = Table("visitors", "what they do");
        foreach (var scenario in VisitorScenarios.All) table.AddRow(new Text(scenario.Name), new Text(scenario.Summary));
        console.Write(table);
        console.WriteLine("safeguards (--without): " + string.Join(", ", Safeguards.Words));
    }

    private static Table Table(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns(columns);
}
