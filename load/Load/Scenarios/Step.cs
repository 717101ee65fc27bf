using ChaosLab.Load.Running;

namespace ChaosLab.Load;

/// <summary>A part of an iteration that is measured by itself.</summary>
public static class Step
{
    /// <summary>Runs and measures one step. The first step of an iteration is charged with the lateness of the iteration;
    /// later ones start when the one before let them. A failed step ends its iteration unless the scenario says otherwise.</summary>
    /// <param name="name">Any name but <c>global information</c>.</param>
    /// <param name="context">The context that the engine gave.</param>
    /// <param name="run">What to do; an exception counts as a failure.</param>
    /// <exception cref="ArgumentException">The name is blank or reserved, or the context is not the engine's.</exception>
    public static Task<Response<T>> Run<T>(string name, IScenarioContext context, Func<Task<Response<T>>> run)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(run);
        if (name == Scenario.WholeIteration)
            throw new ArgumentException($"\"{name}\" stands for whole iterations; give the step another name.", nameof(name));
        return context is ScenarioCopy copy
            ? copy.RunStepAsync(name, run)
            : throw new ArgumentException("Pass the context that the engine gave to the scenario.", nameof(context));
    }
}
