using System.CommandLine;
using System.CommandLine.Help;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Logs;
using ChaosLab.Lab.Verbs;

var help = new HelpOption { Recursive = true };
help.Action = new Verb.Help((HelpAction)help.Action!);
var lab = new Verb("lab",
    "Break a URL shortener on purpose, under load, and see from the visitors' side whether it held.",
    ("./lab gameday", "the whole thing, in a few minutes"),
    ("./lab list", "what there is"),
    ("./lab VERB --help", "more about one verb"))
{
    GameDayVerb.Create(),
    RunVerb.Create(),
    CheckVerb.Create(),
    ListVerb.Create(),
    LoadVerb.Create(),
    ProveVerb.Create(),
    BottleneckVerb.Create(),
    SweepVerb.Create(),
    CapacityVerb.Create(),
    RestoreVerb.Create(),
    ReportVerb.Create(),
    UpVerb.Create(),
    DownVerb.Create(),
    StatusVerb.Create(),
    DeployVerb.Create(),
    RollbackVerb.Create(),
    SshVerb.Create(),
    LogsVerb.Create(),
    BenchVerb.Create(),
    ConsoleVerb.Create(),
    DeskVerb.Create(),
    AlertsVerb.Create(),
    CompareVerb.Create(),
    GuardianVerb.Create(),
    BalancerVerb.Create(),
    help,
    new VersionOption(),
};

var asked = lab.Parse(args.Length == 0 ? ["--help"] : args);
// Help is given whatever else is missing.
if (asked.Errors.Count > 0 && asked.Action is not Verb.Help)
{
    foreach (var error in asked.Errors) await Console.Error.WriteLineAsync("lab: " + error.Message);
    await Console.Error.WriteLineAsync($"lab: see ./lab {(asked.CommandResult.Command is { Name: var verb } && verb != "lab" ? verb + " " : "")}--help");
    return Verdicts.ExitCodeOfAMistake;
}

// Signals are each verb's own: most heal before they go.
return await asked.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
