using System.CommandLine;
using ChaosLab.Lab.Campaigns;

namespace ChaosLab.Lab.Verbs;

/// <summary>Some experiments, by file or by name.</summary>
internal static class RunVerb
{
    public static Command Create()
    {
        var verb = new Verb("run",
            "Run experiments and say whether each held. Exit codes as of `gameday`.",
            ("./lab run chaos/experiments/lose-one-instance.yaml", "a file"),
            ("./lab run lose-one-instance", "a shipped experiment by its name"),
            ("./lab run lose-one-instance --without retry", "without a safeguard it relies on: it must turn to a weakness"),
            ("./lab run lose-one-instance --seed 7", "the same run again"),
            ("./lab run --stop", "from another terminal: stop, heal, report"));
        var files = Files("Experiment files, or names of shipped experiments.");
        var flags = new CampaignFlags(usualAttempts: 1);
        verb.Add(files);
        flags.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(files) is null or { Length: 0 } && !result.GetValue<bool>("--stop"))
                result.AddError("Name at least one experiment: a file, or one of those that `lab list` shows.");
        });
        verb.SetAction((asked, _) =>
        {
            var places = Places.Find();
            var chosen = Resolve(asked.GetValue(files)!, places);
            var name = chosen is [var one] ? Path.GetFileNameWithoutExtension(one) : "run";
            return flags.ObeyAsync(asked, name, chosen, places);
        });
        return verb;
    }

    /// <summary>The argument that takes files or names.</summary>
    public static Argument<string[]> Files(string description) =>
        new("FILE") { Description = description, Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Names of shipped experiments become their files; anything else is taken for a path.</summary>
    public static IReadOnlyList<string> Resolve(IEnumerable<string> given, Places places)
    {
        var shipped = places.ShippedExperiments().ToDictionary(file => Path.GetFileNameWithoutExtension(file));
        return [.. given.Select(word => !File.Exists(word) && shipped.TryGetValue(word, out var file) ? file : word).Distinct()];
    }
}
