namespace ChaosLab.Load.Configuration;

/// <summary>Says everything that is wrong with a set of scenarios.</summary>
internal static class Validation
{
    private static readonly TimeSpan ShortestSimulation = TimeSpan.FromSeconds(1);

    /// <param name="scenarios">The scenarios.</param>
    /// <param name="places">Where a configuration speaks of a scenario, by its name.</param>
    public static List<Problem> Problems(IReadOnlyList<ScenarioProps> scenarios, IReadOnlyDictionary<string, string> places)
    {
        var problems = new List<Problem>();
        if (scenarios.Count == 0)
            problems.Add(new Problem("scenarios", "none is registered; pass at least one to RegisterScenarios"));
        foreach (var twice in scenarios.GroupBy(s => s.ScenarioName).Where(g => g.Count() > 1))
            problems.Add(new Problem($"scenario \"{twice.Key}\"", "the name is used twice; give each scenario its own"));
        foreach (var scenario in scenarios)
            Look(scenario, says => problems.Add(new Problem(places.GetValueOrDefault(scenario.ScenarioName) ?? $"scenario \"{scenario.ScenarioName}\"", says)));
        var weighted = scenarios.Where(s => s.Weight is not null).ToList();
        foreach (var other in weighted.Skip(1).Where(o => !o.LoadSimulations.SequenceEqual(weighted[0].LoadSimulations)))
            problems.Add(new Problem($"scenario \"{other.ScenarioName}\"", $"scenarios with a weight share one load; give it the simulations of \"{weighted[0].ScenarioName}\""));
        return problems;
    }

    private static void Look(ScenarioProps scenario, Action<string> say)
    {
        if (scenario.Run is null && scenario.Requests is null)
        {
            if (scenario.Init is null && scenario.Clean is null)
                say("it does nothing; an empty scenario needs init or clean");
            return;
        }
        if (scenario.MaxFailCount < 1)
            say($"MaxFailCount {scenario.MaxFailCount} must be 1 or more");
        if (scenario.Weight < 1)
            say($"weight {scenario.Weight} must be 1 or more");
        if (scenario.MaxInFlight < 1)
            say($"MaxInFlight {scenario.MaxInFlight} must be 1 or more");
        foreach (var says in scenario.DeclaredRequests?.Problems() ?? [])
            say(says);
        if (scenario is { Requests: not null, Weight: not null })
            say("raw scenarios cannot be part of a weighted mix; declare several requests instead");
        var simulations = scenario.LoadSimulations;
        if (simulations.Count == 0)
            say("it has no load simulation");
        foreach (var simulation in simulations)
            foreach (var says in ProblemsOf(simulation))
                say($"{simulation.Name}: {says}");
        var iterations = simulations.Any(s => s is LoadSimulation.IterationsForConstant or LoadSimulation.IterationsForInject);
        if (iterations && simulations.Count > 1)
            say("a simulation that counts iterations cannot be mixed with others");
        if (simulations.Any(s => s.IsOpen && s is not LoadSimulation.Pause) && simulations.Any(s => !s.IsOpen))
            say("open (Inject) and closed (Constant) simulations cannot be mixed in one scenario; make two scenarios");
        if (scenario.WarmUpDuration < TimeSpan.Zero)
            say($"warm-up {scenario.WarmUpDuration} must not be negative");
        var duration = simulations.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.During);
        if (!iterations && scenario.WarmUpDuration > duration)
            say($"warm-up {scenario.WarmUpDuration} is longer than the scenario ({duration}); shorten it or use WithoutWarmUp");
    }

    /// <summary>What is wrong with one simulation.</summary>
    public static List<string> ProblemsOf(LoadSimulation simulation)
    {
        var problems = new List<string>();
        Look(simulation, problems.Add);
        return problems;
    }

    private static void Look(LoadSimulation simulation, Action<string> say)
    {
        switch (simulation)
        {
            case LoadSimulation.KeepConstant s: Positive("copies", s.Copies); break;
            case LoadSimulation.RampingConstant s: NotNegative("copies", s.Copies); break;
            case LoadSimulation.IterationsForConstant s: Positive("copies", s.Copies); Positive("iterations", s.Iterations); return;
            case LoadSimulation.IterationsForInject s: Rate(s.Rate, s.Interval, null); Positive("iterations", s.Iterations); return;
            case LoadSimulation.Inject s: Rate(s.Rate, s.Interval, s.During); break;
            case LoadSimulation.InjectPoisson s: Rate(s.Rate, s.Interval, s.During); break;
            case LoadSimulation.RampingInject s: NotNegative("rate", s.Rate); Interval(s.Interval, s.During); break;
            case LoadSimulation.InjectRandom s:
                NotNegative("min rate", s.MinRate);
                if (s.MinRate >= s.MaxRate)
                    say($"min rate {s.MinRate} must be below max rate {s.MaxRate}");
                Interval(s.Interval, s.During);
                break;
        }
        if (simulation.During < ShortestSimulation)
            say($"duration {simulation.During} must be at least 1 s");
        else if (simulation.During > TimeSpan.FromDays(7))
            say($"duration {simulation.During} must be at most 7 days");

        void Positive(string what, int value)
        {
            if (value < 1)
                say($"{what} {value} must be 1 or more");
        }
        void NotNegative(string what, int value)
        {
            if (value < 0)
                say($"{what} {value} must be 0 or more");
        }
        void Rate(int rate, TimeSpan interval, TimeSpan? during)
        {
            Positive("rate", rate);
            Interval(interval, during);
        }
        void Interval(TimeSpan interval, TimeSpan? during)
        {
            if (interval <= TimeSpan.Zero)
                say($"interval {interval} must be above 0");
            else if (interval > during)
                say($"interval {interval} must not be longer than the duration {during}");
        }
    }
}
