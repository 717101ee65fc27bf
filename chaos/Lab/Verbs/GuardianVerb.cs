using System.CommandLine;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Verbs;

/// <summary>The dead man's switch of a lab: a process of its own that outlives its runner.</summary>
internal static class GuardianVerb
{
    public static Command Create()
    {
        var verb = new Command("guardian", "Guard a lab: heal everything when the lease on standard input ends.") { Hidden = true };
        var state = new Option<string>("--state") { Required = true };
        var lab = new Option<string>("--lab") { Required = true };
        var runner = new Option<int>("--runner") { Required = true };
        verb.Add(state);
        verb.Add(lab);
        verb.Add(runner);
        verb.SetAction((asked, _) => Guardian.RunAsync(
            asked.GetValue(state)!, asked.GetValue(lab)!, asked.GetValue(runner), Console.In, Console.Out, TimeProvider.System));
        return verb;
    }
}
