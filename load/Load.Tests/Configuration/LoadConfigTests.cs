using ChaosLab.Load.Configuration;
using ChaosLab.Load.Running;

namespace ChaosLab.Load.Tests.Configuration;

public class LoadConfigTests
{
    private static ScenarioProps Named(string name) => Scenario.Create(name, _ => Task.FromResult<IResponse>(Response.Ok())).WithoutWarmUp();

    private static (RunSettings Settings, List<Problem> Problems) Apply(string json, params string[] args)
    {
        var problems = new List<Problem>();
        var runner = LoadRunner.RegisterScenarios(Named("a"), Named("b")).LoadConfig(json);
        return (RunArguments.Apply(runner.Settings, args, _ => null, problems), problems);
    }

    [Fact]
    public void The_whole_example_is_understood()
    {
        var (settings, problems) = Apply("""
            { "TestSuite": "s", "TestName": "t", "TargetScenarios": ["a"], // a comment
              "GlobalSettings": {
                "ScenariosSettings": [ { "ScenarioName": "a", "WarmUpDuration": "00:00:05",
                  "LoadSimulationsSettings": [ {"RampingConstant": [10, "00:00:05"]}, {"KeepConstant": [10, "00:00:05"]},
                    {"RampingInject": [20, "00:00:01", "00:00:05"]}, {"Inject": [20, "00:00:01", "00:00:05"]},
                    {"InjectRandom": [5, 9, "00:00:01", "00:00:05"]}, {"IterationsForConstant": [50, 1000]},
                    {"IterationsForInject": [50, "00:00:01", 1000]}, {"Pause": "00:00:05"} ],
                  "ThresholdSettings": [ {"OkRequest": "RPS >= 30"}, {"FailRequest": "Percent < 10"}, {"OkLatency": "p75 < 80"},
                    {"StepName": "s1", "OkLatency": "max < 100"}, {"OkDataTransfer": "p75 < 80"},
                    {"StatusCode": ["500", "Percent < 5"], "AbortWhenErrorCount": 5, "StartCheckAfter": "00:00:10"} ],
                  "CustomSettings": { "base": "http://127.0.0.1" }, "MaxFailCount": 500 } ],
                "GlobalCustomSettings": { "x": 1 },
                "ReportFileName": "x", "ReportFolder": "./r", "ReportFormats": ["Html", "Md"], "ReportingInterval": "00:00:30",
                "EnableHintsAnalyzer": true, "DisplayConsoleMetrics": false, "ScenarioCompletionTimeout": "00:05:00" } }
            """);

        Assert.Empty(problems);
        var a = settings.Scenarios[0];
        Assert.Equal(8, a.LoadSimulations.Count);
        Assert.Equal(Simulation.InjectRandom(5, 9, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)), a.LoadSimulations[4]);
        Assert.Equal((6, 500, TimeSpan.FromSeconds(5)), (a.Thresholds.Count, a.MaxFailCount, a.WarmUpDuration));
        Assert.Equal(("s1", 5, TimeSpan.FromSeconds(10)), (a.Thresholds[3].StepName, a.Thresholds[5].AbortWhenErrorCount, a.Thresholds[5].StartCheckAfter));
        Assert.Equal(("s", "t", "x", "./r", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5)),
            (settings.TestSuite, settings.TestName, settings.ReportFileName, settings.ReportFolder, settings.ReportingInterval, settings.CompletionTimeout));
        Assert.Equal([ReportFormat.Html, ReportFormat.Md], settings.ReportFormats);
        Assert.Equal(["a"], settings.Targets);
        Assert.Equal("b", settings.Scenarios[1].ScenarioName);
        Assert.Single(settings.Scenarios[1].LoadSimulations);
    }

    [Fact]
    public void Every_problem_is_reported_with_its_line()
    {
        var (_, problems) = Apply("""
            { "TestSuit": "s",
              "TestName": 5,
              "TargetScenarios": ["a", "zz"],
              "GlobalSettings": {
                "ScenariosSettings": [
                  { "ScenarioName": "nobody" },
                  { "ScenarioName": "a",
                    "ScenarioName": "a",
                    "WarmUpDuration": 5,
                    "MaxFailCount": 0,
                    "LoadSimulationsSettings": [
                      {"Injekt": [20, "00:00:01", "00:00:05"]},
                      {"Inject": [20, "00:00:01"]},
                      {"Inject": [0, "00:00:01", "00:00:05"]},
                      {"Inject": ["x", "00:00:01", 5]},
                      {"KeepConstant": [1, "00:00:00.5"]} ],
                    "ThresholdSettings": [
                      {"OkRequest": "RPS ~ 30"},
                      {"StepName": "x"},
                      {"StatusCode": "500"},
                      {"OkLatency": "P99 < 5", "AbortWhenErrorCount": 0} ] },
                  { } ],
                "ReportFormats": ["Pdf"],
                "ReportingInterval": "00:00:00.01" } }
            """);

        Assert.Equal([1, 2, 3, 6, 8, 9, 10, 12, 13, 14, 15, 15, 16, 18, 19, 20, 20, 21, 22, 23, 24],
            problems.Select(p => int.Parse(p.Where.Split(':', ' ')[1])).Order());
        Assert.All(problems, p => Assert.StartsWith("config:", p.Where));
    }

    [Theory]
    [InlineData("{ \"TestSuite\": \"s\",\n \"TestName\": }", "config:2")]
    [InlineData("{\n\n} trailing", "config:3")]
    [InlineData("{", "config:1")]
    public void Text_that_is_not_json_is_reported_with_its_line(string json, string where) => Assert.Equal(where, Assert.Single(Apply(json).Problems).Where);

    [Fact]
    public void A_file_that_is_not_there_is_a_problem() => Assert.Contains("cannot be read", Assert.Single(Apply("/no/such/file.json").Problems).Says);

    [Fact]
    public async Task Cross_checks_name_the_line_of_the_scenario()
    {
        var runner = LoadRunner.RegisterScenarios(Named("a")).WithoutReports().LoadConfig("""
            { "GlobalSettings": { "ScenariosSettings": [
              { "ScenarioName": "a", "WarmUpDuration": "00:10:00",
                "LoadSimulationsSettings": [ {"Inject": [1, "00:00:01", "00:00:01"]}, {"KeepConstant": [1, "00:00:01"]} ] } ] } }
            """);

        var problems = (await Assert.ThrowsAsync<LoadConfigurationException>(() => runner.RunAsync(CancellationToken.None))).Problems;
        Assert.Equal(2, problems.Count);
        Assert.All(problems, p => Assert.StartsWith("config:2 ", p.Where));
    }

    [Fact]
    public void The_command_line_overrides_json_and_code()
    {
        using var folder = new Runs.Folder();
        File.WriteAllText(folder.File("c.json"), """{ "TestName": "from file", "TargetScenarios": ["a"] }""");
        var problems = new List<Problem>();
        var runner = LoadRunner.RegisterScenarios(Named("a"), Named("b")).WithTestName("from code").WithSeed(1);
        var settings = RunArguments.Apply(runner.Settings, [$"--config={folder.File("c.json")}", "--target=b", "a", "--seed=9"], name => name == "LOAD_SEED" ? "5" : null, problems);

        Assert.Empty(problems);
        Assert.Equal(("from file", 9), (settings.TestName, settings.Seed));
        Assert.Equal(["b", "a"], settings.Targets);
    }

    [Fact]
    public void The_environment_overrides_json_and_bad_arguments_are_all_reported()
    {
        var problems = new List<Problem>();
        var settings = RunArguments.Apply(LoadRunner.RegisterScenarios(Named("a")).Settings, ["--seed=x", "--nothing", "word"], name => name == "LOAD_TARGET_SCENARIOS" ? "a" : null, problems);

        Assert.Equal(["a"], settings.Targets);
        Assert.Equal(3, problems.Count);
    }

    [Fact]
    public async Task Everything_wrong_with_the_code_is_reported_at_once()
    {
        var second = TimeSpan.FromSeconds(1);
        var runner = LoadRunner.RegisterScenarios(
            Named("a").WithLoadSimulations(Simulation.Inject(0, second, second), Simulation.InjectRandom(5, 5, second, second)),
            Named("a").WithWarmUpDuration(TimeSpan.FromHours(1)).WithMaxFailCount(0),
            Named("c").WithLoadSimulations(Simulation.IterationsForConstant(1, 1), Simulation.Inject(1, 2 * second, second)),
            Named("d").WithLoadSimulations(),
            Scenario.Empty("e")).WithTargetScenarios("zz");

        var problems = (await Assert.ThrowsAsync<LoadConfigurationException>(() => runner.RunAsync(CancellationToken.None))).Problems;
        Assert.Equal(11, problems.Count);
    }

    [Fact]
    public async Task Custom_settings_reach_the_init()
    {
        string? one = null, all = null;
        await Runs.Quiet(Named("a").WithLoadSimulations(Simulation.IterationsForInject(10, TimeSpan.FromSeconds(1), 1)).WithInit(context =>
        {
            (one, all) = (context.CustomSettings["deep:x"], context.GlobalCustomSettings["y"]);
            return Task.CompletedTask;
        })).LoadConfig("""{ "GlobalSettings": { "ScenariosSettings": [ { "ScenarioName": "a", "CustomSettings": { "deep": { "x": 1 } } } ], "GlobalCustomSettings": { "y": "2" } } }""").ToTheEndAsync();

        Assert.Equal(("1", "2"), (one, all));
    }
}
