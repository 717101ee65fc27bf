using ChaosLab.Chaos.Running;

namespace ChaosLab.Lab.Metrics;

/// <summary>What is being done to the lab, read off the events of the run: faults at work, and whether load is on.</summary>
internal sealed class FaultFigures : IProgress<RunEvent>
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Experiment, string Id), Sight> faults = [];
    private readonly HashSet<string> seen = [];
    private string experiment = "";
    private bool loaded;

    private sealed record Sight(string Kind, string Target, string Dose, bool Active);

    /// <summary>Another experiment begins.</summary>
    public void Begin(string name)
    {
        lock (gate)
        {
            experiment = name;
            seen.Add(name);
        }
    }

    public void Report(RunEvent value)
    {
        lock (gate)
        {
            switch (value.Kind)
            {
                case RunEvents.LoadStarted: loaded = true; break;
                case RunEvents.LoadEnded: loaded = false; break;
                // "KIND on HOST: DOSE, for …" names the dose, "KIND on HOST" comes with the injection itself.
                case RunEvents.Preflight when value.Text.Split(" on ", 2) is [var kind, var rest] && rest.Split(": ", 2) is [var host, var dose]:
                    faults[(experiment, value.Subject)] = new Sight(kind, host, dose.Split(", for ")[0], Active: false);
                    break;
                case RunEvents.Injecting: Turn(value.Subject, active: true); break;
                // Not when the undo answers: it may have failed, or the target may not be as before yet.
                case RunEvents.Healed: Turn(value.Subject, active: false); break;
            }
        }
    }

    /// <summary>Writes its lines.</summary>
    public void WriteTo(MetricsText text)
    {
        lock (gate)
        {
            text.Family("lab_fault_active", "gauge", "1 from the injection of a fault until it is undone and its target is as before.");
            foreach (var fault in faults.GroupBy(one => (one.Key.Experiment, one.Value.Kind, one.Value.Target)))
                text.Line("lab_fault_active", fault.Any(one => one.Value.Active) ? 1 : 0, ("experiment", fault.Key.Experiment), ("fault", fault.Key.Kind), ("target", fault.Key.Target), ("dose", fault.First().Value.Dose));
            text.Single("lab_faults_active", "gauge", "Faults at work now.", faults.Values.Count(one => one.Active));
            text.Family("lab_load_active", "gauge", "1 while the load of an experiment counts.");
            foreach (var name in seen) text.Line("lab_load_active", loaded && name == experiment ? 1 : 0, ("experiment", name));
        }
    }

    private void Turn(string id, bool active)
    {
        if (faults.TryGetValue((experiment, id), out var fault)) faults[(experiment, id)] = fault with { Active = active };
    }
}
