using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>The record of one hunt: everything the report shows, and every block, so that the analysis can be done again from it alone.</summary>
internal sealed record BottleneckResult
{
    public required string RunId { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required TimeSpan Duration { get; init; }
    public required int Seed { get; init; }
    public required int Users { get; init; }
    public required VerdictInputs Inputs { get; init; }
    public required BottleneckVerdict Verdict { get; init; }

    /// <summary>The one sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>Measured points of the scaling curve; empty when it was left away.</summary>
    public required IReadOnlyList<ScalingPoint> Curve { get; init; }

    /// <summary>What was left out of the curve, and why; empty: nothing.</summary>
    public string CurveSays { get; init; } = "";

    /// <summary>The rival laws, best first.</summary>
    public required IReadOnlyList<FitLine> Fits { get; init; }

    /// <summary>Bounds from demands.</summary>
    public required BoundLine Bounds { get; init; }

    /// <summary>Prediction and measurement of one notch more; null when there was none.</summary>
    public ProofLine? Proof { get; init; }

    /// <summary>Every block by what was dosed.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<DoseBlock>> Blocks { get; init; }

    /// <summary>What was planted: the word, the instance, and in words; null: nothing on purpose.</summary>
    public PlantLine? Planted { get; init; }

    /// <summary>What the trainee thought.</summary>
    public string? Guess { get; init; }

    /// <summary>Whether the verdict names what was planted; null when nothing was.</summary>
    public bool? IsRight => Planted is null ? null : Verdict.Word == Planted.Word && (Planted.Instance.Length == 0 || Verdict.Component?.Instance == Planted.Instance);
}

/// <summary>A fitted law: in words, in numbers, and as a line.</summary>
internal sealed record FitLine(string Name, double Aicc, double RelativeError, string Says, IReadOnlyList<FitParameter> Parameters, IReadOnlyList<ScalingPoint> Line);

/// <summary>Bounds: the capacity and its resource, the throughput without any queue, and where they meet.</summary>
internal sealed record BoundLine(double Capacity, string Of, double Linear, double SaturationUsers);

/// <summary>What one notch more was to do and what it did.</summary>
/// <param name="What">What was done.</param>
/// <param name="Before">Undisturbed, in 1/s.</param>
/// <param name="Predicted">In 1/s.</param>
/// <param name="Measured">In 1/s; null when it could not be done or measured.</param>
/// <param name="StandardError">Of what was measured, in 1/s; infinite for one block.</param>
/// <param name="Next">The resource whose bound is then the nearest.</param>
internal sealed record ProofLine(string What, double Before, double Predicted, double? Measured, double StandardError, string Next)
{
    // A gain below this share of a throughput is too small to be asked for; above it, it is one.
    private const double Small = 0.05, Large = 0.2;

    /// <summary>Why nothing was measured; null: it was.</summary>
    public string? Unproven { get; init; }

    /// <summary>(predicted − measured) / measured.</summary>
    public double? Error => Measured is { } measured ? (Predicted - measured) / measured : null;

    /// <summary>Beyond two standard errors: less than half of the gain that was predicted, or a large one where none was.</summary>
    public bool IsAgainst => Measured is { } measured && (Predicted > Before * (1 + Small)
        ? measured + (2 * StandardError) < Before + ((Predicted - Before) / 2)
        : measured - (2 * StandardError) > Before * (1 + Large));
}

/// <summary>The truth.</summary>
internal sealed record PlantLine(string Word, string Instance, string Says);
