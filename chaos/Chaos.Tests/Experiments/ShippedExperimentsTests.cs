using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Faults;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Chaos.Tests.Experiments;

public class ShippedExperimentsTests
{
    private static string Root { get; } = FindRoot();

    public static TheoryData<string> Files => new(Directory.GetFiles(Path.Combine(Root, "chaos", "experiments"), "*.yaml").Select(file => Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_shipped_experiment_has_no_problem_and_names_what_it_relies_on(string file)
    {
        var (experiment, problems) = ExperimentFile.Load(Path.Combine(Root, "chaos", "experiments", file));

        Assert.Empty(problems);
        Assert.NotEmpty(experiment!.ReliesOn);
        Assert.NotNull(experiment.Abort);
    }

    [Fact]
    public void All_eight_fit_into_a_game_day_of_four_minutes()
    {
        var total = Directory.GetFiles(Path.Combine(Root, "chaos", "experiments"), "*.yaml")
            .Select(file => ExperimentFile.Load(file).Experiment!.Load).Aggregate(TimeSpan.Zero, (sum, load) => sum + load.WarmUp + load.For);

        Assert.InRange(total, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(140));
    }

    [Fact]
    public void Files_may_name_exactly_the_scenarios_that_exist() =>
        Assert.Equal(VisitorScenarios.All.Select(scenario => scenario.Name).Order(), KnownVisitors.All.Select(visitor => visitor.Name).Order());

    [Fact]
    public void The_catalogue_names_every_fault_once_and_explains_it()
    {
        Assert.Equal(FaultCatalogue.All.Count, FaultCatalogue.All.Select(kind => kind.Name).Distinct().Count());
        Assert.All(FaultCatalogue.All, kind => Assert.NotEmpty(kind.Summary));
        Assert.All(FaultCatalogue.All.SelectMany(kind => kind.Doses), dose => Assert.NotEmpty(dose.Summary));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChaosLab.slnx")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
