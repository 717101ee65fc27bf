using System.Text.Json;

namespace ChaosLab.Load.Configuration;

/// <summary>Reads one entry of <c>LoadSimulationsSettings</c>: <c>{ "Inject": [20, "00:00:01", "00:00:05"] }</c>.</summary>
internal static class SimulationSetting
{
    private enum Arg { Number, Time }

    private static readonly (string Name, Arg[] Args, Func<int[], TimeSpan[], LoadSimulation> Make, string Example)[] Kinds =
    [
        ("RampingConstant", [Arg.Number, Arg.Time], (n, t) => Simulation.RampingConstant(n[0], t[0]), "[10, \"00:00:05\"]"),
        ("KeepConstant", [Arg.Number, Arg.Time], (n, t) => Simulation.KeepConstant(n[0], t[0]), "[10, \"00:00:05\"]"),
        ("RampingInject", [Arg.Number, Arg.Time, Arg.Time], (n, t) => Simulation.RampingInject(n[0], t[0], t[1]), "[20, \"00:00:01\", \"00:00:05\"]"),
        ("Inject", [Arg.Number, Arg.Time, Arg.Time], (n, t) => Simulation.Inject(n[0], t[0], t[1]), "[20, \"00:00:01\", \"00:00:05\"]"),
        ("InjectPoisson", [Arg.Number, Arg.Time, Arg.Time], (n, t) => Simulation.InjectPoisson(n[0], t[0], t[1]), "[20, \"00:00:01\", \"00:00:05\"]"),
        ("InjectRandom", [Arg.Number, Arg.Number, Arg.Time, Arg.Time], (n, t) => Simulation.InjectRandom(n[0], n[1], t[0], t[1]), "[5, 9, \"00:00:01\", \"00:00:05\"]"),
        ("IterationsForConstant", [Arg.Number, Arg.Number], (n, _) => Simulation.IterationsForConstant(n[0], n[1]), "[50, 1000]"),
        ("IterationsForInject", [Arg.Number, Arg.Time, Arg.Number], (n, t) => Simulation.IterationsForInject(n[0], t[0], n[1]), "[50, \"00:00:01\", 1000]"),
        ("Pause", [Arg.Time], (_, t) => Simulation.Pause(t[0]), "\"00:00:05\""),
    ];

    public static LoadSimulation? Read(ConfigReader reader, JsonPlace place)
    {
        if (place.Kind != JsonTokenType.StartObject || place.Members.Count != 1)
        {
            reader.Say(place.Line, $"a simulation must be one of {string.Join(", ", Kinds.Select(k => $"{{\"{k.Name}\": {k.Example}}}"))}");
            return null;
        }
        var (name, line, value) = place.Members[0];
        var kind = Array.Find(Kinds, k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (kind.Name is null)
        {
            reader.Say(line, $"\"{name}\" is no simulation; known are {string.Join(", ", Kinds.Select(k => k.Name))}");
            return null;
        }
        var args = value.Kind == JsonTokenType.StartArray ? value.Items : [value];
        if (args.Count != kind.Args.Length)
        {
            reader.Say(value.Line, $"{kind.Name} takes {kind.Args.Length} values, as in {kind.Example}");
            return null;
        }
        var (numbers, times, complete) = (new List<int>(), new List<TimeSpan>(), true);
        for (var i = 0; i < args.Count; i++)
        {
            var what = $"value {i + 1} of {kind.Name}";
            if (kind.Args[i] == Arg.Number && reader.Number(args[i], what) is { } number)
                numbers.Add(number);
            else if (kind.Args[i] == Arg.Time && reader.Duration(args[i], what) is { } time)
                times.Add(time);
            else
                complete = false;
        }
        if (!complete)
            return null;
        var simulation = kind.Make([.. numbers], [.. times]);
        var problems = Validation.ProblemsOf(simulation).ToList();
        problems.ForEach(says => reader.Say(line, $"{kind.Name}: {says}"));
        return problems.Count == 0 ? simulation : null;
    }
}
