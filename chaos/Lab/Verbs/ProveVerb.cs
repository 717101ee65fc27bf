using System.CommandLine;
using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Load.Proof;

namespace ChaosLab.Lab.Verbs;

/// <summary>Shows that the load engine's percentiles are true, on a target whose truth is known.</summary>
internal static class ProveVerb
{
    public static Command Create()
    {
        var verb = new Verb("prove",
            "Measure a built-in target of known latency that freezes once, and compare: the law, what our engine says, and what a naive closed loop would have said. " +
            "Exit code 0: our p99 is within 5 % of the law; 1: it is not; 5: stopped.",
            ("./lab prove", "12 seconds, 500 visitors a second, frozen for 1.5 s"),
            ("./lab prove --for 6s", "shorter"));
        var length = new Option<string?>("--for") { Description = "How long, 2s to 5min. Default 12s.", HelpName = "12s" };
        var json = CampaignFlags.Json();
        verb.Add(length);
        verb.Add(json);
        verb.SetAction(async (asked, _) =>
        {
            var text = asked.GetValue(length) ?? "12s";
            if (Units.Duration(text) is not { } duration || duration < TimeSpan.FromSeconds(2) || duration > TimeSpan.FromMinutes(5))
            {
                await Console.Error.WriteLineAsync($"lab: --for: '{text}' is not a duration from 2s to 5min. For example 12s.");
                return Verdicts.ExitCodeOfAMistake;
            }

            var screen = new Screen();
            using var stopping = new Stopping(screen.Say, breaks: false);
            screen.Say($"measuring a target that freezes, for {Units.Say(duration)} ...");
            var result = await StallExperiment.RunAsync(StallOptions.Lasting(duration), stopping.Token);
            if (stopping.Token.IsCancellationRequested) return Verdict.Aborted.ExitCode();
            if (asked.GetValue(json)) Console.Out.WriteLine(ToJson(result));
            else StallReport.Print(result, Console.Out);
            return result.Passed ? 0 : Verdict.Weakness.ExitCode();
        });
        return verb;
    }

    private static string ToJson(StallResult result) => JsonSerializer.Serialize(new
    {
        schema = 1,
        passed = result.Passed,
        exitCode = result.Passed ? 0 : Verdict.Weakness.ExitCode(),
        result.Options,
        lawMs = result.Law,
        measured = result.Measured.Select(Say),
        naive = Say(result.Naive),
        seed = result.Run.Seed,
        planHash = result.Run.PlanHash,
        validity = result.Run.Validity,
    }, ResultJson.Options);

    private static object Say(StallMeasurement one) =>
        new { name = one.Name, requests = one.Requests, percentilesMs = one.Percentiles, p99ErrorPercent = Math.Round(one.ErrorP99 * 100, 2) };
}
