namespace ChaosLab.Load;

/// <summary>One stretch of load. <c>…Constant</c> is the closed model (so many copies loop), <c>Inject…</c> the open
/// model (so many arrivals come, whatever became of the earlier ones).</summary>
public abstract record LoadSimulation
{
    private LoadSimulation() { }

    /// <summary>How statistics and JSON name it, e.g. <c>keep_constant</c>.</summary>
    public abstract string Name { get; }
    /// <summary>True for the open model.</summary>
    public virtual bool IsOpen => true;
    /// <summary>How long it lasts; zero when it lasts as long as its iterations take.</summary>
    public abstract TimeSpan During { get; init; }

    /// <summary>Copies grow or shrink linearly from the previous simulation's number.</summary>
    public sealed record RampingConstant(int Copies, TimeSpan During) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "ramping_constant";
        /// <inheritdoc/>
        public override bool IsOpen => false;
        /// <inheritdoc/>
        public override TimeSpan During { get; init; } = During;
    }

    /// <summary>A fixed number of copies loop.</summary>
    public sealed record KeepConstant(int Copies, TimeSpan During) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "keep_constant";
        /// <inheritdoc/>
        public override bool IsOpen => false;
        /// <inheritdoc/>
        public override TimeSpan During { get; init; } = During;
    }

    /// <summary>A fixed number of copies loop until so many iterations are done in all.</summary>
    public sealed record IterationsForConstant(int Copies, int Iterations) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "iterations_for_constant";
        /// <inheritdoc/>
        public override bool IsOpen => false;
        /// <inheritdoc/>
        public override TimeSpan During { get; init; }
    }

    /// <summary>Arrivals at a fixed rate until so many have come.</summary>
    public sealed record IterationsForInject(int Rate, TimeSpan Interval, int Iterations) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "iterations_for_inject";
        /// <inheritdoc/>
        public override TimeSpan During { get; init; }
    }

    /// <summary>The rate moves linearly from the previous simulation's rate.</summary>
    public sealed record RampingInject(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "ramping_inject";
        /// <inheritdoc/>
        public override TimeSpan During { get; init; } = During;
    }

    /// <summary>Arrivals at a fixed rate, evenly spread.</summary>
    public sealed record Inject(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "inject";
        /// <inheritdoc/>
        public override TimeSpan During { get; init; } = During;
    }

    /// <summary>Each interval draws its own rate, both bounds included, evenly spread inside.</summary>
    public sealed record InjectRandom(int MinRate, int MaxRate, TimeSpan Interval, TimeSpan During) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "inject_random";
        /// <inheritdoc/>
        public override TimeSpan During { get; init; } = During;
    }

    /// <summary>Independent visitors: a Poisson process of the given mean rate.</summary>
    public sealed record InjectPoisson(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "inject_poisson";
        /// <inheritdoc/>
        public override TimeSpan During { get; init; } = During;
    }

    /// <summary>Nothing arrives; not part of the duration that rates are divided by.</summary>
    public sealed record Pause(TimeSpan During) : LoadSimulation
    {
        /// <inheritdoc/>
        public override string Name => "pause";
        /// <inheritdoc/>
        public override TimeSpan During { get; init; } = During;
    }
}

/// <summary>Names the stretches of load that make up a scenario.</summary>
public static class Simulation
{
    /// <summary>Closed model, number of copies moving linearly to <paramref name="copies"/>.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new LoadSimulation.RampingConstant(copies, during);
    /// <summary>Closed model, <paramref name="copies"/> (≥ 1) loop.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new LoadSimulation.KeepConstant(copies, during);
    /// <summary>Closed model until <paramref name="iterations"/> are done; cannot be mixed with others.</summary>
    public static LoadSimulation IterationsForConstant(int copies, int iterations) => new LoadSimulation.IterationsForConstant(copies, iterations);
    /// <summary>Open model until <paramref name="iterations"/> have arrived; cannot be mixed with others.</summary>
    public static LoadSimulation IterationsForInject(int rate, TimeSpan interval, int iterations) => new LoadSimulation.IterationsForInject(rate, interval, iterations);
    /// <summary>Open model, the rate moving linearly to <paramref name="rate"/> per <paramref name="interval"/>.</summary>
    public static LoadSimulation RampingInject(int rate, TimeSpan interval, TimeSpan during) => new LoadSimulation.RampingInject(rate, interval, during);
    /// <summary>Open model, <paramref name="rate"/> arrivals per <paramref name="interval"/>, evenly spread.</summary>
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) => new LoadSimulation.Inject(rate, interval, during);
    /// <summary>Open model, each interval drawing its rate from [min, max].</summary>
    public static LoadSimulation InjectRandom(int minRate, int maxRate, TimeSpan interval, TimeSpan during) => new LoadSimulation.InjectRandom(minRate, maxRate, interval, during);
    /// <summary>Open model of independent visitors, on average <paramref name="rate"/> per <paramref name="interval"/>.</summary>
    public static LoadSimulation InjectPoisson(int rate, TimeSpan interval, TimeSpan during) => new LoadSimulation.InjectPoisson(rate, interval, during);
    /// <summary>Nothing arrives.</summary>
    public static LoadSimulation Pause(TimeSpan during) => new LoadSimulation.Pause(during);
}
