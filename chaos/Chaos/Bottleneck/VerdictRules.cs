using System.Globalization;

namespace ChaosLab.Chaos.Bottleneck;

/// <summary>Draws the verdict: rules in order, the first that applies. A pure function of the inputs.</summary>
public static class VerdictRules
{
    /// <summary>Share of a round in the generator above which the generator is the limit.</summary>
    public const double GeneratorShare = 0.2;

    /// <summary>Elasticity above which something is in control.</summary>
    public const double InControl = 0.5;

    /// <summary>What control must still exceed two standard errors below its value: what may as well be none names nobody.</summary>
    public const double LeastControl = 0.25;

    /// <summary>Share of its own bound that a bottleneck reaches: X is within 15 % of m/D.</summary>
    public const double NearBound = 0.85;

    /// <summary>The same where slowing it and widening it both have their effect beyond doubt.</summary>
    public const double NearBoundWhenProven = 0.7;

    /// <summary>Capacity elasticity below which more capacity does not help.</summary>
    public const double NoHelp = 0.35;

    /// <summary>Missing share of Σe = −1 above which somebody who was not dosed holds control.</summary>
    public const double Missing = 0.3;

    /// <summary>How far Σe may fall below −1: doses are no derivatives, and noise in a small Δln T makes it larger.</summary>
    public const double Excess = 0.5;

    // Protocol and kernel are in every round and are not dosed.
    private const double Protocol = 0.15;
    private const double Starved = 0.97, OthersShare = 0.5, Crowded = 0.9;

    /// <summary>Decides.</summary>
    public static BottleneckVerdict Decide(VerdictInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Baseline.Throughput <= 0) return new(Limit.Inconclusive, null,
            [Say($"no user of {inputs.Baseline.Users} got an answer within {inputs.Baseline.Seconds:0} s: the service stalls, or answers nobody. See what it says with ./lab load")], "none");
        if (Generator(inputs.Baseline) is { } generator) return generator;
        if (CrowdingGenerator(inputs) is { } crowding) return crowding;
        if (inputs.Laws.Count > 0) return new(Limit.Instrumentation, null, inputs.Laws, "none");

        var controlling = inputs.Components.Where(component => IsBottleneck(component, inputs.Users)).OrderByDescending(component => component.Score).ThenByDescending(Control).ToList();
        if (controlling is [var one, ..]) return new(Limit.Resource, one, Evidence(one), Confidence(one, inputs));
        if (IsStarved(inputs)) return new(Limit.Inconclusive, null,
            [Say($"the machine was {inputs.MachineBusy:0 %} busy and {1 - inputs.LabShare:0 %} of that was not this lab: its own figures tell nothing. Try again on a quieter machine")], "none");
        if (SharedProcessor(inputs) is { } shared) return shared;
        if (Nothing(inputs) is { } nothing) return nothing;
        if (Unmodelled(inputs) is { } hidden) return hidden;
        return new(Limit.Inconclusive, null, Learned(inputs), "none");
    }

    /// <summary>S0 alone, before anything is dosed; null when the generator is not the limit.</summary>
    public static BottleneckVerdict? Generator(Reading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (reading.Throughput <= 0) return null;
        if (reading.Latenesses > GeneratorShare) return new(Limit.Generator, null,
            [Say($"users spend {reading.Latenesses:0 %} of their round in the generator, between an answer and the next request (limit {GeneratorShare:0 %}): {reading.Users} users / {reading.Throughput:0.#}/s − {reading.ResponseSeconds * 1000:0.#} ms of response"),
             Say($"it used {reading.GeneratorCores:0.00} cores")], reading.Latenesses > 2 * GeneratorShare ? "high" : "medium");
        return null;
    }

    // Short of processor time it is late with what it measures, too: that time looks like the service's.
    private static BottleneckVerdict? CrowdingGenerator(VerdictInputs inputs) =>
        inputs.MachineBusy > Crowded && inputs.LabShare >= OthersShare && inputs.Baseline.GeneratorCores > OthersShare * inputs.Baseline.LabCores
            ? new(Limit.Generator, null,
                [Say($"the machine is {inputs.MachineBusy:0 %} busy with this lab, and the generator uses {inputs.Baseline.GeneratorCores:0.00} of the lab's {inputs.Baseline.LabCores:0.00} cores, more than all that it measures")], "medium")
            : null;

    private static bool IsBottleneck(Component component, int users) =>
        component.Kind != ComponentKind.Path && HasQueue(component, users) && IsInControl(component)
        && component.Utilisation >= (IsProvenBothWays(component) ? NearBoundWhenProven : NearBound);

    // Slowing it costs and widening it gives, both beyond doubt. Where the machine is short of time, requests also wait for a core, and
    // then even the bottleneck is idle now and then.
    private static bool IsProvenBothWays(Component component) =>
        component is { Time: { } time, Extent: { } extent } && -time.Value - (2 * time.StandardError) > InControl && extent.Value - (2 * extent.StandardError) > InControl;

    // Half a request on average, or a twentieth of all: what is less comes and goes.
    private static bool HasQueue(Component component, int users) => component.Waiting >= Math.Max(0.5, users / 20.0);

    // One block alone has no error: it is infinite.
    private static bool IsInControl(Component component) =>
        (component.Time is { } time && Surely(-time.Value, time.StandardError)) || (component.Extent is { } extent && Surely(extent.Value, extent.StandardError));

    private static bool Surely(double control, double error) => control > InControl && control - (2 * error) > LeastControl;

    private static double Control(Component component) => Math.Max(Math.Abs(Math.Min(0, component.Time?.Value ?? 0)), component.Extent?.Value ?? 0);

    private static List<string> Evidence(Component component)
    {
        List<string> because = [Say($"{component.Waiting:0.0} requests wait for it, {component.Utilisation:0 %} of it are in use")];
        if (component.Time is { } time) because.Add(Say($"10 % more time in it changes throughput by {Percent(time.Value, 1.1)} (e = {time.Says})"));
        if (component.Diagnosis is { } diagnosis) because.Add(diagnosis.Because);
        if (component.Extent is { } extent) because.Add(Say($"10 % more of it changes throughput by {Percent(extent.Value, 1.1)} (c = {extent.Says})"));
        return because;
    }

    private static string Confidence(Component component, VerdictInputs inputs)
    {
        var isClear = (component.Time is { } time && -time.Value - (2 * time.StandardError) > InControl) || (component.Extent is { } extent && extent.Value - (2 * extent.StandardError) > InControl);
        var second = inputs.Components.Where(other => other != component).Select(other => other.Score).DefaultIfEmpty(0).Max();
        return isClear && component.Score > 2 * second && !IsStarved(inputs) ? "high" : isClear ? "medium" : "low";
    }

    private static bool IsStarved(VerdictInputs inputs) => inputs.MachineBusy > Starved && inputs.LabShare < 1 - OthersShare;

    private static BottleneckVerdict? SharedProcessor(VerdictInputs inputs)
    {
        if (inputs.MachineBusy < 0.9 || inputs.LabShare < OthersShare) return null;
        var burn = inputs.Components.FirstOrDefault(component => component.Kind == ComponentKind.Processor && component.Instance.Length == 0)?.Time;
        return burn is not null && Surely(-burn.Value, burn.StandardError)
            ? new(Limit.SharedProcessor, null,
                [Say($"the machine is {inputs.MachineBusy:0 %} busy with this lab, and 10 % more processor time changes throughput by {Percent(burn.Value, 1.1)}")], "medium")
            : null;
    }

    private static BottleneckVerdict? Nothing(VerdictInputs inputs)
    {
        if (inputs.Components.Any(component => component.Kind != ComponentKind.Path && HasQueue(component, inputs.Users) && component.Utilisation > 0.8)) return null;
        // That more of it does not help must have been seen for each that could be more.
        if (inputs.Unmeasured.Any(knob => !knob.IsTime) || inputs.Components.Any(component => component.Extent is { } extent && MayHelp(extent))) return null;
        // Control is spread over what everybody passes without waiting: the path above all.
        var spread = inputs.Components.Where(component => component.Time is not null).ToList();
        var path = spread.FirstOrDefault(component => component.Kind == ComponentKind.Path)?.Time?.Value ?? 0;
        if (MissingControl(inputs) > Missing || inputs.SumOfTimes < -1 - Excess) return null;
        var longest = inputs.Components.Where(component => component.Kind != ComponentKind.Path).MaxBy(component => component.Waiting);
        return new(Limit.Nothing, null,
            [longest is { Waiting: >= 0.5 }
                ? Say($"{longest.Waiting:0.0} requests wait for {longest.Says}, of which {longest.Utilisation:0 %} is in use; more capacity changes nothing")
                : "nobody waits anywhere, and more capacity changes nothing",
             Say($"the times add up (Σe = {inputs.SumOfTimes:+0.00;-0.00}); the path alone has e = {path:+0.00;-0.00}: shorter ways will help, more capacity will not")],
            inputs.Components.All(component => component.Waiting < 0.5) ? "high" : "medium");
    }

    private static bool MayHelp(Elasticity extent) => extent.Value - extent.StandardError > NoHelp || extent.Value + extent.StandardError > InControl;

    private static BottleneckVerdict? Unmodelled(VerdictInputs inputs)
    {
        var missing = MissingControl(inputs);
        var times = inputs.Components.Select(component => component.Time).OfType<Elasticity>().ToList();
        return missing > Missing && times.Count > 0 && inputs.Unmeasured.Count == 0 && times.All(time => time.StandardError < 0.15)
            ? new(Limit.Unmodelled, null,
                [Say($"the elasticities add up to {inputs.SumOfTimes:+0.00;-0.00}, not to −1: something that was not dosed holds {missing:0 %} of the control. Look for a resource that is missing in the topology")], "medium")
            : null;
    }

    // What takes more than protocol and kernel can is a resource that nobody knows.
    private static double MissingControl(VerdictInputs inputs) => 1 + inputs.SumOfTimes - Math.Min(Protocol, inputs.UndosedShare);

    private static List<string> Learned(VerdictInputs inputs) =>
    [
        .. inputs.Components.OrderByDescending(component => component.Score).Take(2).Select(component =>
            Say($"{component.Says}: {component.Utilisation:0 %} in use, {component.Waiting:0.0} waiting, e = {(component.Time is { } time ? time.Says : "not measured")}")),
        .. inputs.Unmeasured.Count == 0 ? (string[])[] : [$"not measured, because every dose was lost in noise or broke something: {string.Join(", ", inputs.Unmeasured.Select(knob => knob.Name))}"],
        Say($"no rule applies: Σe = {inputs.SumOfTimes:+0.00;-0.00}, {inputs.Discarded} blocks discarded, machine {inputs.MachineBusy:0 %} busy"),
    ];

    private static string Percent(double elasticity, double factor) => Say($"{(Math.Pow(factor, elasticity) - 1) * 100:+0.0;-0.0} %");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
