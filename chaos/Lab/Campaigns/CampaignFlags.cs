using System.CommandLine;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Campaigns;

/// <summary>The flags that <c>gameday</c> and <c>run</c> share, and what happens when they are obeyed.</summary>
internal sealed class CampaignFlags
{
    private readonly Option<int?> seed = new("--seed") { Description = "Seed of everything random, so that a run can be repeated. Default: that of the file, or a chosen one that is printed.", HelpName = "number" };
    private readonly Option<string[]> without = Without();
    private readonly Option<int> attempts;
    private readonly Option<string> on = LabChoice.On(LabChoice.Embedded);
    private readonly Option<bool> json = Json();
    private readonly SeeingFlags seeing = new();
    private readonly Option<bool> stop = new("--stop") { Description = "Stop the run that is at work (started in another terminal): it heals first, then reports." };

    public CampaignFlags(int usualAttempts)
    {
        attempts = new Option<int>("--attempts")
        {
            Description = "How often an experiment may run until it says something. Every attempt is reported.",
            DefaultValueFactory = _ => usualAttempts,
            HelpName = "1-5",
        };
        attempts.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 1 or > 5) result.AddError("--attempts wants a number from 1 to 5.");
        });
    }

    /// <summary>Safeguards by their words, several of them separated by commas or in several flags.</summary>
    public static Option<string[]> Without()
    {
        var option = new Option<string[]>("--without")
        {
            Description = $"Switch a safeguard off, to see what it was good for: {string.Join(", ", Safeguards.Words)}.",
            HelpName = "safeguard",
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            DefaultValueFactory = _ => [],
        };
        option.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
            {
                if (Safeguards.Find(word) is null) result.AddError($"--without: there is no safeguard '{word}'. There are: {string.Join(", ", Safeguards.Words)}.");
            }
        });
        return option;
    }

    /// <summary>Whether the answer is for a program.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Answer with one JSON object on standard output; progress stays on standard error." };

    /// <summary>Where to run.</summary>
    public string OnOf(ParseResult asked) => asked.GetValue(on)!;

    /// <summary>Gives a verb these flags.</summary>
    public void AddTo(Command verb)
    {
        foreach (var option in (Option[])[on, seed, without, attempts, json, stop]) verb.Add(option);
        seeing.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(on) is { } lab && lab != LabChoice.Embedded && result.GetValue(without) is { Length: > 0 })
                result.AddError("--without works on the embedded lab: the safeguards of hosts are settings of their deployment.");
        });
    }

    /// <summary>Loads the files, runs them, answers.</summary>
    public async Task<int> ObeyAsync(ParseResult asked, string name, IReadOnlyList<string> files, Places places)
    {
        if (asked.GetValue(stop)) return await RunningElsewhere.StopAsync(places.State, TimeProvider.System);
        var loaded = files.Select(ExperimentFile.Load).ToList();
        var problems = loaded.SelectMany(one => one.Problems).ToList();
        if (problems.Count > 0)
        {
            foreach (var problem in problems) await Console.Error.WriteLineAsync(problem.ToString());
            if (asked.GetValue(json)) Console.Out.WriteLine(CampaignAnswer.ToJson(problems));
            return Verdicts.ExitCodeOfAMistake;
        }

        var experiments = loaded.Select(one => one.Experiment!).ToList();
        if (experiments.Count == 0)
        {
            await Console.Error.WriteLineAsync($"lab: no experiment to run in {places.Experiments}. Nothing was tested.");
            return Verdict.NotRun.ExitCode();
        }

        var screen = new Screen();
        using var stopping = new Stopping(screen.Say);
        var plan = new CampaignPlan(name, [.. asked.GetValue(without)!.Select(word => Safeguards.Find(word)!.Value).Distinct()], asked.GetValue(seed), asked.GetValue(attempts), asked.GetValue(on)!, seeing.Read(asked));
        var finished = await new Campaign(places, plan, screen, TimeProvider.System).RunAsync(experiments, stopping.Token);
        screen.Say("");
        if (asked.GetValue(json)) Console.Out.WriteLine(CampaignAnswer.ToJson(finished));
        else CampaignAnswer.Print(finished, Screen.Answer());
        return finished.Day.Verdict.ExitCode();
    }
}
