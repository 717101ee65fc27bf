using System.Globalization;
using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>The one sentence: what, where, evidence, sensitivity, next action.</summary>
internal static class Wording
{
    public static string Sentence(BottleneckVerdict verdict, VerdictInputs inputs, ProofLine? proof) => verdict switch
    {
        { Limit: Limit.Resource, Component: { } component } => OfResource(component, proof),
        { Limit: Limit.Generator } => "The load generator is the limit, not the service: " + verdict.Because[0] + ". Nothing can be said about the service; make the generator faster first.",
        { Limit: Limit.Instrumentation } => "The numbers contradict each other: " + string.Join("; ", verdict.Because) + ". Mend the instruments first.",
        { Limit: Limit.Nothing } => Say($"There is no bottleneck: {verdict.Because[0]}. Each request just takes its {inputs.Baseline.ResponseSeconds * 1000:0} ms; a shorter path will help.") + OfNothing(proof),
        { Limit: Limit.SharedProcessor } => "The processors of this machine are the limit, shared by all parts: " + verdict.Because[0] + ".",
        { Limit: Limit.Unmodelled } => "Something limits that is not in the topology: " + verdict.Because[0] + ".",
        _ => "It cannot be told: " + string.Join("; ", verdict.Because) + ".",
    };

    private static string OfResource(Component component, ProofLine? proof)
    {
        var where = component.Diagnosis is not null || component.Instance.Length > 0 || component.Kind == ComponentKind.Slots ? component.Says : component.Says + " of every instance";
        var parts = new List<string> { Say($"{component.Utilisation:0 %} in use, {component.Waiting:0.#} requests waiting") };
        var isOfTime = component.Kind != ComponentKind.Slots && component.Time is not null;
        if (isOfTime) parts.Add(Say($"10 % longer in it costs {(1 - Math.Pow(1.1, component.Time!.Value)) * 100:0.#} % throughput"));
        if (component.Extent is { } extent) parts.Add(Say($"10 % more of it gives {(Math.Pow(1.1, extent.Value) - 1) * 100:+0.#;-0.#} %"));
        if (component.Kind == ComponentKind.Slots) parts.Add("their number limits; what is done inside of them says what to shorten");
        if (component.Diagnosis is { } diagnosis) parts.Add(diagnosis.Because);
        if (proof is { Measured: { } measured }) parts.Add(Say($"{component.Diagnosis?.Does ?? "one notch more"} should give{(component.Diagnosis?.Cure is Cure.Index or Cure.ReadPrimary ? " about" : "")} {((proof.Predicted / proof.Before) - 1) * 100:+0;-0} % and gave {((measured / proof.Before) - 1) * 100:+0;-0} %{(proof.IsAgainst ? ", which speaks against it" : "")}"));
        return string.Concat(where[..1].ToUpperInvariant(), where.AsSpan(1)) + (component.Kind == ComponentKind.Slots ? " are" : " is") + " the bottleneck: " + string.Join("; ", parts) + ".";
    }

    private static string OfNothing(ProofLine? proof) => proof is { IsAgainst: true, Measured: { } measured } ? Say($" But one notch more of everything gave {((measured / proof.Before) - 1) * 100:+0;-0} %, which speaks against it.") : "";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
