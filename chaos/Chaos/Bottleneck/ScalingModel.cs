namespace ChaosLab.Chaos.Bottleneck;

/// <summary>One measured point of a scaling curve.</summary>
/// <param name="Users">Users or instances, N ≥ 1.</param>
/// <param name="Throughput">X in 1/s, above 0.</param>
public readonly record struct ScalingPoint(double Users, double Throughput);

/// <summary>A number of a law.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; infinite where there is no such limit.</param>
public readonly record struct LawNumber(string Name, double Value);

/// <summary>A law that throughput may follow as users grow. A closed set of four rivals.</summary>
public abstract record ScalingModel
{
    private ScalingModel() { }

    /// <summary>Its name.</summary>
    public abstract string Name { get; }

    /// <summary>Free parameters, without the variance of the error.</summary>
    public abstract int Parameters { get; }

    /// <summary>Its parameters and what follows from them, by name; times in s, throughputs in 1/s.</summary>
    public abstract IReadOnlyList<LawNumber> Numbers { get; }

    /// <summary>X(N) in 1/s.</summary>
    public abstract double At(double users);

    /// <summary>What its shape says about the kind of limit, in words.</summary>
    /// <param name="most">Most users that were measured: nothing is said beyond twice as many.</param>
    public abstract string Says(double most);

    /// <summary>
    /// X(N) = λN / (1 + σ(N−1) + κN(N−1)): Gunther's universal scalability law (Guerrilla Capacity Planning, Springer 2007, chapter 4).
    /// </summary>
    /// <param name="Lambda">Throughput of one user, in 1/s.</param>
    /// <param name="Sigma">Contention, ≥ 0.</param>
    /// <param name="Kappa">Coherence, ≥ 0.</param>
    public sealed record Universal(double Lambda, double Sigma, double Kappa) : ScalingModel
    {
        /// <inheritdoc/>
        public override string Name => "universal scalability law";

        /// <inheritdoc/>
        public override int Parameters => 3;

        /// <inheritdoc/>
        public override IReadOnlyList<LawNumber> Numbers => [new("lambda", Lambda), new("sigma", Sigma), new("kappa", Kappa), new("peak", Peak)];

        /// <inheritdoc/>
        public override double At(double users) => Lambda * users / (1 + (Sigma * (users - 1)) + (Kappa * users * (users - 1)));

        /// <summary>√((1−σ)/κ): where throughput is highest; infinite when κ is 0.</summary>
        public double Peak => Kappa <= 0 ? double.PositiveInfinity : Math.Sqrt(Math.Max(0, 1 - Sigma) / Kappa);

        /// <inheritdoc/>
        public override string Says(double most) => FormattableString.Invariant($"contention σ = {Sigma:0.0000} and coherence κ = {Kappa:0.000000}: ")
            + (Peak <= 2 * most ? FormattableString.Invariant($"throughput falls beyond {Peak:0.#}") : "no peak is in sight within what was measured");
    }

    /// <summary>X(N) = λN / (1 + σ(N−1)): Amdahl's law, a serial part and nothing worse.</summary>
    /// <param name="Lambda">Throughput of one user, in 1/s.</param>
    /// <param name="Sigma">Serial share, ≥ 0.</param>
    public sealed record Amdahl(double Lambda, double Sigma) : ScalingModel
    {
        /// <inheritdoc/>
        public override string Name => "Amdahl";

        /// <inheritdoc/>
        public override int Parameters => 2;

        /// <inheritdoc/>
        public override IReadOnlyList<LawNumber> Numbers => [new("lambda", Lambda), new("sigma", Sigma), new("limit", Limit)];

        /// <inheritdoc/>
        public override double At(double users) => Lambda * users / (1 + (Sigma * (users - 1)));

        /// <summary>λ/σ, in 1/s: what no number of users exceeds.</summary>
        public double Limit => Sigma <= 0 ? double.PositiveInfinity : Lambda / Sigma;

        /// <inheritdoc/>
        public override string Says(double most) => Sigma < 0.01
            ? FormattableString.Invariant($"nearly linear (serial share {Sigma:0.000}): every user adds {Lambda:0.#}/s")
            : FormattableString.Invariant($"queueing for something serial (share {Sigma:0.000}); the limit is {Limit:0.#}/s");
    }

    /// <summary>X(N) = min(λN, C): a hard corner.</summary>
    /// <param name="Lambda">Throughput of one user, in 1/s.</param>
    /// <param name="Ceiling">C in 1/s.</param>
    public sealed record HardLimit(double Lambda, double Ceiling) : ScalingModel
    {
        /// <inheritdoc/>
        public override string Name => "hard limit";

        /// <inheritdoc/>
        public override int Parameters => 2;

        /// <inheritdoc/>
        public override IReadOnlyList<LawNumber> Numbers => [new("lambda", Lambda), new("ceiling", Ceiling), new("corner", Ceiling / Lambda)];

        /// <inheritdoc/>
        public override double At(double users) => Math.Min(Lambda * users, Ceiling);

        /// <inheritdoc/>
        public override string Says(double most) => FormattableString.Invariant($"a hard corner at {Ceiling / Lambda:0.#} users: a capacity of {Ceiling:0.#}/s, as a pool, slots or a lock have");
    }

    /// <summary>The machine repairman M/M/m//N: users who spend <paramref name="Think"/> alone and then need one of m servers.</summary>
    /// <param name="Think">Time outside of the servers, in s.</param>
    /// <param name="Service">Time of service, in s.</param>
    /// <param name="Servers">m ≥ 1.</param>
    public sealed record Repairman(double Think, double Service, int Servers) : ScalingModel
    {
        /// <inheritdoc/>
        public override string Name => "machine repairman";

        /// <inheritdoc/>
        public override int Parameters => 3;

        /// <inheritdoc/>
        public override IReadOnlyList<LawNumber> Numbers => [new("think", Think), new("service", Service), new("servers", Servers), new("limit", Servers / Service)];

        /// <inheritdoc/>
        public override double At(double users)
        {
            var station = new StationDemand("server", Service, Servers);
            var (low, high) = ((int)Math.Floor(users), (int)Math.Ceiling(users));
            var below = low < 1 ? 0 : MeanValueAnalysis.Solve([station], low, Think).Throughput;
            return low == high ? below : below + ((users - low) * (MeanValueAnalysis.Solve([station], high, Think).Throughput - below));
        }

        /// <inheritdoc/>
        public override string Says(double most) => FormattableString.Invariant($"queueing at {Servers} server{(Servers == 1 ? "" : "s")} of {Service * 1000:0.0} ms: a limit of {Servers / Service:0.#}/s");
    }
}
