using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChaosLab.Load.Schedules;

/// <summary>One stretch of a plan. Times in ns from the start of the plan.</summary>
/// <param name="Simulation">What was asked for.</param>
/// <param name="StartNs">Start.</param>
/// <param name="DurationNs">Length; for iterations the time the last is due.</param>
/// <param name="Arrivals">The arrivals of an open stretch; null for a closed one and a pause.</param>
/// <param name="FromCopies">Copies at the start of a closed stretch.</param>
/// <param name="ToCopies">Copies at its end.</param>
public sealed record PlanPhase(LoadSimulation Simulation, long StartNs, long DurationNs, Arrivals? Arrivals, int FromCopies, int ToCopies)
{
    /// <summary>End.</summary>
    public long EndNs => StartNs + DurationNs;

    /// <summary>Copies wanted at a time inside the stretch.</summary>
    public int CopiesAt(long ns) => DurationNs == 0 || FromCopies == ToCopies
        ? ToCopies
        : FromCopies + (int)Math.Round((double)(ToCopies - FromCopies) * Math.Clamp(ns - StartNs, 0, DurationNs) / DurationNs);
}

/// <summary>A scenario's load as arithmetic: the same simulations and the same seed give the same plan.</summary>
public sealed class Plan
{
    private readonly long[] _before;

    private Plan(IReadOnlyList<PlanPhase> phases, string description)
    {
        Phases = phases;
        _before = new long[phases.Count + 1];
        for (var i = 0; i < phases.Count; i++)
            _before[i + 1] = _before[i] + (phases[i].Arrivals?.Count ?? 0);
        Hash = HashOf(description);
    }

    /// <summary>The stretches, in order, without gaps.</summary>
    public IReadOnlyList<PlanPhase> Phases { get; }
    /// <summary>Arrivals of the open model in all.</summary>
    public long Count => _before[^1];
    /// <summary>End of the last stretch, in ns.</summary>
    public long EndNs => Phases.Count == 0 ? 0 : Phases[^1].EndNs;
    /// <summary>Length without pauses, in ns.</summary>
    public long BusyNs => Phases.Where(p => p.Simulation is not LoadSimulation.Pause).Sum(p => p.DurationNs);
    /// <summary>Iterations of the closed model after which it ends; null when time ends it.</summary>
    public int? ClosedIterations => Phases is [{ Simulation: LoadSimulation.IterationsForConstant only }] ? only.Iterations : null;
    /// <summary>Sixteen hex digits: changes when any arrival changes.</summary>
    public string Hash { get; }

    /// <summary>Intended start of arrival <paramref name="k"/> (0 to Count − 1), in ns from the start of the plan.</summary>
    public long Due(long k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(k, Count);
        var phase = Slots.Holding(_before, k);
        while (_before[phase + 1] <= k)
            phase++; // phases without arrivals share their number of predecessors
        return Phases[phase].StartNs + Phases[phase].Arrivals!.Due(k - _before[phase]);
    }

    /// <summary>The stretch at a time; null after the end.</summary>
    public PlanPhase? At(long ns)
    {
        foreach (var phase in Phases)
            if (ns < phase.EndNs)
                return phase;
        return null;
    }

    /// <summary>Lays the simulations out one after the other.</summary>
    /// <param name="scenario">Name of the scenario: scenarios of one run draw different chance.</param>
    /// <param name="simulations">Valid simulations.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="until">Cut, as for a warm-up; null for none.</param>
    public static Plan For(string scenario, IReadOnlyList<LoadSimulation> simulations, int seed, TimeSpan? until = null)
    {
        ArgumentNullException.ThrowIfNull(simulations);
        var cut = until is { } limit ? Ns(limit) : long.MaxValue;
        var phases = new List<PlanPhase>();
        var (start, copies, rate, interval) = (0L, 0, 0, 1_000_000_000L);
        foreach (var simulation in simulations)
        {
            if (start >= cut)
                break;
            var chance = SeededRandom.Seed(seed, SeededRandom.NumberOf(scenario), phases.Count);
            var phase = Lay(simulation, start, copies, rate, interval, chance);
            (copies, rate, interval) = simulation switch
            {
                LoadSimulation.IterationsForInject s => (0, s.Rate, Ns(s.Interval)),
                LoadSimulation.RampingInject s => (0, s.Rate, Ns(s.Interval)),
                LoadSimulation.Inject s => (0, s.Rate, Ns(s.Interval)),
                LoadSimulation.InjectPoisson s => (0, s.Rate, Ns(s.Interval)),
                LoadSimulation.InjectRandom s => (0, s.MaxRate, Ns(s.Interval)),
                LoadSimulation.Pause => (copies, rate, interval),
                _ => (phase.ToCopies, 0, interval),
            };
            phases.Add(phase.EndNs > cut ? Cut(phase, cut) : phase);
            start = phase.EndNs;
        }
        return new Plan(phases, string.Create(CultureInfo.InvariantCulture,
            $"{scenario}|{seed}|{cut}|{string.Join('|', simulations)}"));
    }

    private static PlanPhase Lay(LoadSimulation simulation, long start, int copies, int rate, long interval, ulong chance)
    {
        var length = Ns(simulation.During);
        return simulation switch
        {
            LoadSimulation.KeepConstant s => new(s, start, length, null, s.Copies, s.Copies),
            LoadSimulation.RampingConstant s => new(s, start, length, null, copies, s.Copies),
            LoadSimulation.IterationsForConstant s => new(s, start, long.MaxValue / 4, null, s.Copies, s.Copies),
            LoadSimulation.Inject s => Open(ConstantArrivals.During(s.Rate, Ns(s.Interval), length)),
            LoadSimulation.RampingInject s => Open(new RampArrivals(rate, interval, s.Rate, Ns(s.Interval), length)),
            LoadSimulation.InjectRandom s => Open(new RandomRateArrivals(s.MinRate, s.MaxRate, Ns(s.Interval), length, chance)),
            LoadSimulation.InjectPoisson s => Open(new PoissonArrivals(s.Rate, Ns(s.Interval), length, chance)),
            LoadSimulation.IterationsForInject s =>
                new(s, start, Arrivals.Scale(s.Iterations, Ns(s.Interval), s.Rate), new ConstantArrivals(s.Rate, Ns(s.Interval), s.Iterations), 0, 0),
            LoadSimulation.Pause s => new(s, start, length, null, 0, 0),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        PlanPhase Open(Arrivals arrivals) => new(simulation, start, length, arrivals, 0, 0);
    }

    private static PlanPhase Cut(PlanPhase phase, long cut)
    {
        var length = cut - phase.StartNs;
        return phase with
        {
            DurationNs = length,
            ToCopies = phase.CopiesAt(cut),
            Arrivals = phase.Arrivals is { } arrivals ? new FirstArrivals(arrivals, length) : null,
        };
    }

    private string HashOf(string description)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(description));
        Span<byte> due = stackalloc byte[8];
        for (long k = 0; k < Count; k += Math.Max(1, Count / 4096)) // some thousand arrivals witness for all
        {
            BinaryPrimitives.WriteInt64LittleEndian(due, Due(k));
            hash.AppendData(due);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    internal static long Ns(TimeSpan time) => checked(time.Ticks * TimeSpan.NanosecondsPerTick);
}

/// <summary>The arrivals that are due before a cut.</summary>
internal sealed class FirstArrivals : Arrivals
{
    private readonly Arrivals _all;

    public FirstArrivals(Arrivals all, long cutNs)
    {
        _all = all;
        var (low, high) = (0L, all.Count);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (all.Due(middle) < cutNs)
                low = middle + 1;
            else
                high = middle;
        }
        Count = low;
    }

    public override long Count { get; }
    public override long Due(long k) => _all.Due(k);
}
