namespace ChaosLab.Chaos.Verdicts;

/// <summary>Three values: a claim that could not be checked is never counted as met.</summary>
public enum Judgement
{
    /// <summary>Measured, and within the limit.</summary>
    Met,

    /// <summary>No data, too few samples, or the measurement itself failed.</summary>
    Unknown,

    /// <summary>Measured, and outside the limit.</summary>
    Violated,
}

/// <summary>One line of a hypothesis or of <c>expect</c>, with what was predicted and what was measured.</summary>
/// <param name="Text">The line as written in the file.</param>
/// <param name="Part"><c>hypothesis</c> or <c>expect</c>.</param>
/// <param name="Predicted">The limit, such as <c>&gt;= 99.9 %</c>.</param>
/// <param name="Measured">The measured value with its unit, or why there is none.</param>
/// <param name="Judgement">Met, unknown or violated.</param>
/// <param name="Window">Where it was measured: <c>baseline</c>, <c>fault</c>, <c>recovery</c>, <c>since fault</c> or <c>run</c>.</param>
/// <param name="Samples">Requests (or other observations) that the value rests on, 0 or more.</param>
/// <param name="Interval">95 % Wilson interval of a ratio, such as <c>99.81 % … 99.98 %</c>; null for other measures.</param>
/// <param name="Baseline">The same measure in the baseline window, for comparison; null where it has none.</param>
/// <param name="Line">Line in the experiment file, from 1.</param>
public sealed record ExpectationResult(
    string Text, string Part, string Predicted, string Measured, Judgement Judgement,
    string Window, long Samples, string? Interval, string? Baseline, int Line);
