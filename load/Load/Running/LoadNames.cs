using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Running;

/// <summary>Says in a name and a number what a plan wants at a time.</summary>
internal static class LoadNames
{
    public static LoadSimulationStats At(Plan plan, long nowNs)
    {
        var phase = plan.At(nowNs) ?? plan.Phases[^1];
        return new LoadSimulationStats(phase.Simulation.Name, phase.Simulation switch
        {
            LoadSimulation.Inject s => s.Rate,
            LoadSimulation.InjectPoisson s => s.Rate,
            LoadSimulation.InjectRandom s => s.MaxRate,
            LoadSimulation.RampingInject s => s.Rate,
            LoadSimulation.IterationsForInject s => s.Rate,
            LoadSimulation.Pause => 0,
            _ => phase.CopiesAt(nowNs),
        });
    }
}
