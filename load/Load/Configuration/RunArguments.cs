using System.Globalization;
using ChaosLab.Load.Running;

namespace ChaosLab.Load.Configuration;

/// <summary>What overrides the code: JSON, then the environment, then the command line.</summary>
internal static class RunArguments
{
    /// <summary>Environment variables that override, with what they set.</summary>
    public const string TargetsVariable = "LOAD_TARGET_SCENARIOS", SeedVariable = "LOAD_SEED", FolderVariable = "LOAD_REPORT_FOLDER";

    /// <summary>Applies everything in its order; nothing is ignored silently.</summary>
    public static RunSettings Apply(RunSettings settings, IReadOnlyList<string> args, Func<string, string?> environment, List<Problem> problems)
    {
        var flags = Read(args, problems);
        if ((flags.GetValueOrDefault("--config") ?? settings.ConfigText) is { } config)
            settings = LoadConfigFile.Apply(settings, config, problems);
        if (environment(TargetsVariable) is { Length: > 0 } targets)
            settings = settings with { Targets = targets.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) };
        if (environment(FolderVariable) is { Length: > 0 } folder)
            settings = settings with { ReportFolder = folder };
        settings = Seed(settings, environment(SeedVariable), SeedVariable, problems);
        if (flags.GetValueOrDefault("--target") is { } wanted)
            settings = settings with { Targets = wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        return Seed(settings, flags.GetValueOrDefault("--seed"), "--seed", problems);
    }

    private static RunSettings Seed(RunSettings settings, string? text, string where, List<Problem> problems)
    {
        if (string.IsNullOrEmpty(text))
            return settings;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var seed))
            return settings with { Seed = seed };
        problems.Add(new Problem(where, $"\"{text}\" is no whole number"));
        return settings;
    }

    // --config=FILE --target=a b c --seed=N; words after a flag belong to it.
    private static Dictionary<string, string> Read(IReadOnlyList<string> args, List<Problem> problems)
    {
        var flags = new Dictionary<string, string>();
        string? last = null;
        foreach (var arg in args)
        {
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                if (last == "--target")
                    flags[last] += " " + arg;
                else
                    problems.Add(new Problem("command line", $"\"{arg}\" is not expected; known are --config=FILE, --target=NAME NAME …, --seed=NUMBER"));
                continue;
            }
            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            last = equals < 0 ? arg : arg[..equals];
            if (equals >= 0 && last is "--config" or "--target" or "--seed")
                flags[last] = equals < 0 ? "" : arg[(equals + 1)..];
            else
                problems.Add(new Problem("command line", $"\"{arg}\" is not known; known are --config=FILE, --target=NAME NAME …, --seed=NUMBER"));
        }
        return flags;
    }
}
