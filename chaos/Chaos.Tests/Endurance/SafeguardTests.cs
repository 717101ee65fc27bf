using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Tests.Verbs;

namespace ChaosLab.Chaos.Tests.Endurance;

/// <summary>Mutation tests of the experiments themselves: without the safeguard that it relies on, each must turn red.</summary>
[Collection(nameof(Alone))]
public class SafeguardTests
{
    public static TheoryData<string, string> Reliances()
    {
        var reliances = new TheoryData<string, string>();
        foreach (var file in Directory.GetFiles(Path.Combine(LabProgram.Root, "chaos", "experiments"), "*.yaml").Order(StringComparer.Ordinal))
            foreach (var safeguard in ExperimentFile.Load(file).Experiment!.ReliesOn)
                reliances.Add(Path.GetFileNameWithoutExtension(file), safeguard.Word());
        return reliances;
    }

    [Theory]
    [MemberData(nameof(Reliances))]
    public async Task Without_the_safeguard_it_relies_on_an_experiment_shows_a_weakness(string experiment, string safeguard)
    {
        using var lab = new LabProgram();
        var file = Path.Combine(LabProgram.Root, "chaos", "experiments", experiment + ".yaml");

        var ended = await lab.RunAsync("run", file, "--without", safeguard, "--json");
        // A starved machine is allowed to say that it learned nothing, once.
        if (ended.ExitCode == 3) ended = await lab.RunAsync("run", file, "--without", safeguard, "--json");

        Assert.True(ended.ExitCode == 1, $"exit code {ended.ExitCode}:\n{ended.Out}\n{ended.Error}");
        Assert.Equal("weakness", (string)ended.Json["experiments"]![0]!["verdict"]!);
    }
}
