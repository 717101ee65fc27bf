using System.CommandLine;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Loads;
using ChaosLab.Load;

namespace ChaosLab.Lab.Verbs;

/// <summary>Load without faults: what visitors see on a good day.</summary>
internal static class LoadVerb
{
    public static Command Create()
    {
        var verb = new Verb("load",
            "Put load on the shortener and say what visitors saw. Starts a lab and takes it away, unless --on names hosts or --url a service on this machine.\n\n" +
            "Exit code: 0 all held, 1 a threshold or a promise about a link was broken, 2 a mistake in a flag, 3 it could not be judged (the generator did not keep to its plan, too few requests), 4 the lab did not start, 5 stopped.",
            ("./lab load follow-links", "200 visitors a second for 30 s"),
            ("./lab load mixed --rate 1000/s --for 60s --arrivals random", "more, as independent visitors come"),
            ("./lab load hot-link --users 32 --for 10s", "closed model: what 32 impatient visitors can get through"),
            ("./lab load follow-links --threshold 'redirect p99 < 50 ms'", "fail when it is slower"),
            ("./lab load follow-links --url http://127.0.0.1:5080", "a shortener that runs already"),
            ("./lab load mixed --on docker", "the hosts that `lab up` made"));
        var flags = new LoadFlags();
        var json = CampaignFlags.Json();
        var tries = new Option<int>("--tries")
        {
            Description = "How often the load is tried, 1 to 5, while the generator cannot keep to its plan and no promise about a link was broken.",
            DefaultValueFactory = _ => 1,
            HelpName = "1-5",
        };
        flags.AddTo(verb);
        verb.Add(tries);
        verb.Add(json);
        verb.SetAction(async (asked, _) =>
        {
            List<string> problems = [];
            var plan = flags.Read(asked, problems);
            if (asked.GetValue(tries) is < 1 or > 5) problems.Add("--tries is from 1 to 5");
            if (plan is null || problems.Count > 0)
            {
                foreach (var problem in problems) await Console.Error.WriteLineAsync($"lab: {problem}.");
                return Verdicts.ExitCodeOfAMistake;
            }

            var screen = new Screen();
            using var stopping = new Stopping(screen.Say);
            try
            {
                var load = new LoadRun(Places.Find(), screen, TimeProvider.System);
                var done = await load.RunAsync(plan, stopping.Token);
                for (var left = asked.GetValue(tries) - 1; left > 0 && done.CannotBeBelieved; left--)
                {
                    screen.Say($"{string.Join("; ", done.Load.Validity.Reasons)}: nothing is known yet, so once more ...");
                    done = await load.RunAsync(plan, stopping.Token);
                }

                if (asked.GetValue(json)) Console.Out.WriteLine(LoadAnswer.ToJson(done));
                else LoadAnswer.Print(done, Screen.Answer());
                return done.ExitCode;
            }
            catch (Exception refused) when (refused is LabRefusedException or ScenarioInitException)
            {
                screen.Say("lab: " + refused.Message);
                return Verdict.NotRun.ExitCode();
            }
            catch (UndoFailedException left)
            {
                screen.Say("lab: " + left.Message);
                return Verdict.UndoFailed.ExitCode();
            }
            catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
            {
                screen.Say("lab: stopped before the load began.");
                return Verdict.Aborted.ExitCode();
            }
        });
        return verb;
    }
}
