using System.CommandLine;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Verbs;

var lab = new RootCommand("Break a URL shortener on purpose, under load, and see from the visitors' side whether it held.")
{
    BalancerVerb.Create(),
};

var asked = lab.Parse(args);
if (asked.Errors.Count > 0)
{
    foreach (var error in asked.Errors) await Console.Error.WriteLineAsync("lab: " + error.Message);
    return Verdicts.ExitCodeOfAMistake;
}

return await asked.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
