using System.Text.Json;
using ChaosLab.Load.Running;

namespace ChaosLab.Load.Configuration;

/// <summary>Applies a JSON configuration to what the code said. Everything wrong is reported at once, with its line.</summary>
internal static class LoadConfigFile
{
    /// <summary>Reads a file, or the text itself when it starts with a brace.</summary>
    public static RunSettings Apply(RunSettings settings, string pathOrJson, List<Problem> problems)
    {
        var isText = pathOrJson.TrimStart().StartsWith('{');
        var name = isText ? "config" : pathOrJson;
        try
        {
            var root = JsonPlace.Parse(isText ? pathOrJson : File.ReadAllText(pathOrJson));
            return Root(settings, root, new ConfigReader(name, problems));
        }
        catch (JsonException e)
        {
            problems.Add(new Problem($"{name}:{e.LineNumber + 1}", $"this is not JSON: {e.Message}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem(name, $"the file cannot be read: {e.Message}"));
        }
        return settings;
    }

    private static RunSettings Root(RunSettings settings, JsonPlace root, ConfigReader reader)
    {
        var after = settings;
        reader.Members(root, "the configuration",
            ("TestSuite", v => after = after with { TestSuite = reader.Text(v, "TestSuite") ?? after.TestSuite }),
            ("TestName", v => after = after with { TestName = reader.Text(v, "TestName") ?? after.TestName }),
            ("TargetScenarios", v => after = after with { Targets = Targets(after, v, reader) }),
            ("GlobalSettings", v => after = Global(after, v, reader)));
        return after;
    }

    private static List<string> Targets(RunSettings settings, JsonPlace place, ConfigReader reader)
    {
        var targets = new List<string>();
        foreach (var item in reader.Items(place, "TargetScenarios"))
        {
            if (reader.Text(item, "a target scenario") is not { } target)
                continue;
            if (settings.Scenarios.Any(s => s.ScenarioName == target))
                targets.Add(target);
            else
                reader.Say(item.Line, Unregistered(settings, target));
        }
        return targets;
    }

    private static RunSettings Global(RunSettings settings, JsonPlace place, ConfigReader reader)
    {
        var after = settings;
        reader.Members(place, "GlobalSettings",
            ("ScenariosSettings", v =>
            {
                foreach (var item in reader.Items(v, "ScenariosSettings"))
                    after = OneScenario(after, item, reader);
            }),
            ("GlobalCustomSettings", v => after = after with { GlobalCustomSettingsJson = Custom(v, reader) }),
            ("ReportFileName", v => after = after with { ReportFileName = reader.Text(v, "ReportFileName") ?? after.ReportFileName }),
            ("ReportFolder", v => after = after with { ReportFolder = reader.Text(v, "ReportFolder") ?? after.ReportFolder }),
            ("ReportFormats", v => after = after with { ReportFormats = [.. reader.Items(v, "ReportFormats").Select(f => reader.Name<ReportFormat>(f, "a report format")).OfType<ReportFormat>()] }),
            ("ReportingInterval", v => after = after with { ReportingInterval = Interval(v, reader) ?? after.ReportingInterval }),
            ("EnableHintsAnalyzer", v => after = after with { Hints = reader.Flag(v, "EnableHintsAnalyzer") ?? after.Hints }),
            ("DisplayConsoleMetrics", v => after = after with { DisplayConsole = reader.Flag(v, "DisplayConsoleMetrics") ?? after.DisplayConsole }),
            ("ScenarioCompletionTimeout", v => after = after with { CompletionTimeout = reader.Duration(v, "ScenarioCompletionTimeout") ?? after.CompletionTimeout }));
        return after;
    }

    private static RunSettings OneScenario(RunSettings settings, JsonPlace place, ConfigReader reader)
    {
        string? name = null;
        Func<ScenarioProps, ScenarioProps> change = s => s;
        void Then(Func<ScenarioProps, ScenarioProps> next)
        {
            var before = change;
            change = s => next(before(s));
        }
        var nameLine = place.Line;
        reader.Members(place, "a scenario's settings",
            ("ScenarioName", v => (name, nameLine) = (reader.Text(v, "ScenarioName"), v.Line)),
            ("WarmUpDuration", v => Then(With<TimeSpan>(reader.Duration(v, "WarmUpDuration"), (s, t) => s with { WarmUpDuration = t }))),
            ("LoadSimulationsSettings", v =>
            {
                var items = reader.Items(v, "LoadSimulationsSettings").Select(i => SimulationSetting.Read(reader, i)).ToList();
                if (!items.Contains(null)) // what is wrong has been said; saying it again of the scenario would not help
                    Then(s => s with { LoadSimulations = [.. items.OfType<LoadSimulation>()] });
            }),
            ("ThresholdSettings", v =>
            {
                var items = reader.Items(v, "ThresholdSettings").Select(i => ThresholdSetting.Read(reader, i)).OfType<Threshold>().ToList();
                Then(s => s with { Thresholds = items });
            }),
            ("CustomSettings", v =>
            {
                var json = Custom(v, reader);
                Then(s => s with { CustomSettingsJson = json });
            }),
            ("MaxFailCount", v => Then(With<int>(reader.Number(v, "MaxFailCount", atLeast: 1), (s, n) => s with { MaxFailCount = n }))),
            ("RestartIterationOnFail", v => Then(With<bool>(reader.Flag(v, "RestartIterationOnFail"), (s, b) => s with { RestartIterationOnFail = b }))),
            ("MaxInFlight", v => Then(With<int>(reader.Number(v, "MaxInFlight", atLeast: 1), (s, n) => s with { MaxInFlight = n }))));
        if (name is null)
        {
            reader.Say(place.Line, "a scenario's settings need a ScenarioName");
            return settings;
        }
        if (settings.Scenarios.All(s => s.ScenarioName != name))
        {
            reader.Say(nameLine, Unregistered(settings, name));
            return settings;
        }
        return settings with
        {
            Scenarios = [.. settings.Scenarios.Select(s => s.ScenarioName == name ? change(s) : s)],
            Places = new Dictionary<string, string>(settings.Places) { [name] = $"{reader.Where(nameLine)} scenario \"{name}\"" },
        };
    }

    private static Func<ScenarioProps, ScenarioProps> With<T>(T? value, Func<ScenarioProps, T, ScenarioProps> set) where T : struct =>
        scenario => value is { } v ? set(scenario, v) : scenario;

    private static TimeSpan? Interval(JsonPlace place, ConfigReader reader)
    {
        if (reader.Duration(place, "ReportingInterval") is not { } interval)
            return null;
        if (interval >= TimeSpan.FromMilliseconds(100))
            return interval;
        reader.Say(place.Line, "ReportingInterval must be 00:00:00.1 or more");
        return null;
    }

    private static string Custom(JsonPlace place, ConfigReader reader)
    {
        if (place.Kind == JsonTokenType.StartObject)
            return place.Raw;
        reader.Say(place.Line, "custom settings must be an object { … }");
        return "{}";
    }

    private static string Unregistered(RunSettings settings, string name) =>
        $"scenario \"{name}\" is not registered; registered are {string.Join(", ", settings.Scenarios.Select(s => s.ScenarioName))}";
}
