using System.Globalization;

namespace ChaosLab.Chaos.Bottleneck;

/// <summary>One interleaved block off, on, on, off. Every reading is a throughput and the measured time (or capacity) of the component that was dosed.</summary>
/// <param name="First">Off.</param>
/// <param name="Second">On.</param>
/// <param name="Third">On.</param>
/// <param name="Fourth">Off.</param>
public sealed record DoseBlock(DoseReading First, DoseReading Second, DoseReading Third, DoseReading Fourth)
{
    /// <summary>ΔlnX = ½(ln X₂ + ln X₃ − ln X₁ − ln X₄): drift that is linear in time cancels.</summary>
    public double ThroughputChange => Change(reading => reading.Throughput);

    /// <summary>Δln T from the measured times, never from the nominal dose.</summary>
    public double DoseChange => Change(reading => reading.Quantity);

    private double Change(Func<DoseReading, double> of) => 0.5 * (Math.Log(of(Second)) + Math.Log(of(Third)) - Math.Log(of(First)) - Math.Log(of(Fourth)));
}

/// <summary>One reading within a block.</summary>
/// <param name="Throughput">X in 1/s, above 0.</param>
/// <param name="Quantity">Time in the component in s, or its capacity; above 0.</param>
public readonly record struct DoseReading(double Throughput, double Quantity);

/// <summary>e = ∂ln X / ∂ln T (or c = ∂ln X / ∂ln m): by how many per cent throughput changes when the time (or capacity) grows by one.</summary>
/// <param name="Value">Over all usable blocks.</param>
/// <param name="StandardError">Of the mean; infinite for one block.</param>
/// <param name="Blocks">Blocks it rests on.</param>
/// <param name="Factor">Mean factor by which the time or capacity was changed.</param>
public sealed record Elasticity(double Value, double StandardError, int Blocks, double Factor)
{
    /// <summary>Value and standard error for people: <c>-0.96 ± 0.04</c>.</summary>
    public string Says => string.Create(CultureInfo.InvariantCulture, $"{Value:+0.00;-0.00} {(double.IsFinite(StandardError) ? string.Create(CultureInfo.InvariantCulture, $"± {StandardError:0.00}") : "± unknown")}");

    /// <summary>Smallest change of ln T that says anything.</summary>
    public const double LeastDose = 0.05;

    /// <summary>Standard error below which no more blocks are needed.</summary>
    public const double EnoughError = 0.1;

    /// <summary>Factor of a time above which a dose is no small change any more.</summary>
    public const double SmallFactor = 2;

    /// <summary>Fewest blocks, where nothing broke inside of one.</summary>
    public const int LeastBlocks = 3;

    /// <summary>Most blocks.</summary>
    public const int MostBlocks = 12;

    /// <summary>From the blocks whose change was large enough; null when none was, or when together they changed the wrong way.</summary>
    /// <param name="blocks">Blocks of one component.</param>
    /// <param name="isTime">A time was changed, not a capacity.</param>
    /// <remarks>
    /// The ratio of sums and not the mean of ratios: a small dose in one block would blow its noise up. The error is that of the residuals
    /// ΔlnX − e·ΔlnT (Cochran, Sampling Techniques, 1977, section 6.4).
    /// </remarks>
    public static Elasticity? Of(IReadOnlyList<DoseBlock> blocks, bool isTime = false)
    {
        var usable = blocks.Where(block => Math.Abs(block.DoseChange) >= LeastDose && double.IsFinite(block.ThroughputChange)).ToList();
        if (usable.Count == 0) return null;
        var dose = usable.Sum(block => block.DoseChange);
        // Every dose adds. Where the time shrank all the same, the machine's own changes were larger than the dose.
        if (dose / usable.Count < LeastDose) return null;
        if (isTime && Math.Exp(dose / usable.Count) > SmallFactor) return Slope(usable);
        var value = usable.Sum(block => block.ThroughputChange) / dose;
        var error = usable.Count < 2
            ? double.PositiveInfinity
            : Math.Sqrt(usable.Sum(block => Math.Pow(block.ThroughputChange - (value * block.DoseChange), 2)) / (usable.Count - 1) / usable.Count) / Math.Abs(dose / usable.Count);
        return new(value, error, usable.Count, Math.Exp(dose / usable.Count));
    }

    /// <summary>Whether no more blocks are needed: at least 3, then a standard error below 0.1, or 12 blocks.</summary>
    public static bool IsSettled(IReadOnlyList<DoseBlock> blocks, bool isTime = false) =>
        blocks.Count >= MostBlocks || (blocks.Count >= LeastBlocks && Of(blocks, isTime) is { StandardError: < EnoughError });

    // The time of a quick part cannot be made a little longer: no sleep is that short. Of the mean round 1/X, every part's time is a summand
    // (times its visits, or its share of the queue), so the slope of 1/X over T, not that of the logarithms, holds for a large dose, too:
    // e = −(Δ(1/X)/ΔT)·T·X with T and X undisturbed.
    private static Elasticity Slope(List<DoseBlock> usable)
    {
        var n = usable.Count;
        var (time, throughput) = (usable.Average(block => (block.First.Quantity + block.Fourth.Quantity) / 2), usable.Average(block => (block.First.Throughput + block.Fourth.Throughput) / 2));
        var dose = usable.Sum(block => Difference(block, reading => reading.Quantity));
        var slope = usable.Sum(block => Difference(block, reading => 1 / reading.Throughput)) / dose;
        var error = n < 2
            ? double.PositiveInfinity
            : Math.Sqrt(usable.Sum(block => Math.Pow(Difference(block, reading => 1 / reading.Throughput) - (slope * Difference(block, reading => reading.Quantity)), 2)) / (n - 1) / n) / (dose / n);
        return new(-slope * time * throughput, error * time * throughput, n, 1 + (dose / n / time));

        static double Difference(DoseBlock block, Func<DoseReading, double> of) => 0.5 * (of(block.Second) + of(block.Third) - of(block.First) - of(block.Fourth));
    }
}
