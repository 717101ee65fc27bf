using System.CommandLine;
using System.Text.Json;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Hosts;

namespace ChaosLab.Lab.Verbs;

/// <summary>Heals what an earlier run left behind.</summary>
internal static class RestoreVerb
{
    public static Command Create()
    {
        var verb = new Verb("restore",
            "Heal whatever earlier runs left behind: replay every undo that is not marked as done, end every process of labs that no living run holds. Safe any number of times, also after a reboot. " +
            "Exit code 0: nothing is left; 6: something could not be healed.",
            ("./lab restore", "after a crash, or when in doubt"),
            ("./lab restore --on docker", "then look at every host for what is left there"));
        var on = LabChoice.Only("After healing, look at these hosts for what faults left there, whatever the undo log of this machine knows.");
        verb.Add(on);
        var json = CampaignFlags.Json();
        verb.Add(json);
        verb.SetAction(async (asked, _) =>
        {
            var places = Places.Find();
            var result = await Restore.All(places.State, TimeProvider.System);
            if (asked.GetValue(on) is { } lab && lab != LabChoice.Embedded)
            {
                try
                {
                    var left = await LeftBehind.LookAsync(LabChoice.Options(places, lab, TimeProvider.System), CancellationToken.None);
                    result = result with { Failed = [.. result.Failed, .. left] };
                }
                catch (LabRefusedException refused)
                {
                    result = result with { Failed = [.. result.Failed, refused.Message] };
                }
            }

            if (asked.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(result, ResultJson.Options));
            }
            else
            {
                foreach (var line in result.Healed) Console.Out.WriteLine("healed: " + line);
                foreach (var line in result.Skipped) Console.Out.WriteLine("left alone: " + line);
                foreach (var line in result.Failed) Console.Out.WriteLine("not healed: " + line);
                if (result is { Healed.Count: 0, Skipped.Count: 0, Failed.Count: 0 }) Console.Out.WriteLine("nothing was left behind");
            }

            return result.Failed.Count == 0 ? 0 : Verdict.UndoFailed.ExitCode();
        });
        return verb;
    }
}
