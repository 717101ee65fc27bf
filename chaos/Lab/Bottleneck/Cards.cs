using System.Globalization;
using System.Text;
using ChaosLab.Chaos.Bottleneck;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>The five cards in characters: pure functions of the record.</summary>
internal static class Cards
{
    private const int Wide = 40;

    /// <summary>Every card with its title, in the order they are read.</summary>
    public static IReadOnlyList<(string Title, string Text)> Of(BottleneckResult result) =>
    [
        ("1. Where the queue is", Queues(result)),
        ("2. Utilisation ladder", Ladder(result)),
        ("3. Scaling curve", Curve(result)),
        ("4. Who is in control (elasticities)", Tornado(result)),
        ("5. Prediction against proof", Proof(result)),
    ];

    private static string Queues(BottleneckResult result)
    {
        var text = new StringBuilder();
        var reading = result.Inputs.Baseline;
        var inGenerator = reading.Latenesses * reading.Users;
        Line("generator", inGenerator, 0);
        foreach (var kind in (ComponentKind[])[ComponentKind.Slots, ComponentKind.Path, ComponentKind.Processor, ComponentKind.Lock, ComponentKind.Connection, ComponentKind.Database, ComponentKind.Row])
            foreach (var resource in reading.Of(kind)) Line(resource.Name, resource.Waiting, resource.Own);
        text.Append(Say($"mean numbers of {reading.Users} users: ▒ waiting, █ served"));
        return text.ToString();

        void Line(string name, double waiting, double busy) => text.Append(Say($"{name,-18} {Bar('▒', waiting, reading.Users)}{Bar('█', busy, reading.Users)} {waiting:0.0} waiting{(busy > 0 ? Say($", {busy:0.00} served") : "")}")).Append('\n');
    }

    private static string Ladder(BottleneckResult result)
    {
        var text = new StringBuilder();
        var reading = result.Inputs.Baseline;
        foreach (var resource in reading.Resources.Where(resource => resource.Capacity > 0).OrderByDescending(resource => resource.Utilisation))
            text.Append(Say($"{resource.Name,-18} {Bar('█', resource.Utilisation, 1),-Wide} {resource.Utilisation * 100,4:0} % of {resource.Capacity:0.##}; bound {(resource.Busy > 0 ? Say($"{reading.Throughput * resource.Capacity / resource.Busy:0}/s") : "none")}")).Append('\n');
        foreach (var sight in result.Inputs.Components.Select(component => component.Sight).OfType<DatabaseSight>().DistinctBy(sight => sight.Server))
            text.Append(Say($"{sight.Server,-18} {(sight.IsStandby ? "standby" : "primary")}, {sight.Transactions:0} transactions/s; {sight.LockWaiters:0.0} backends wait for a lock; {(sight.Scanned is { } scan ? Say($"{scan.Scans:0.#} scans/s of {scan.Table}, {scan.Rows:0} rows each") : "no table is scanned")}")).Append('\n');
        text.Append(Say($"throughput {reading.Throughput:0.#}/s; nearest bound {result.Bounds.Capacity:0.#}/s at {result.Bounds.Of}; without any queue {result.Bounds.Linear:0.#}/s; N* = {result.Bounds.SaturationUsers:0.#} users"));
        return text.ToString();
    }

    private static string Curve(BottleneckResult result)
    {
        if (result.Curve.Count == 0) return "left away";
        return Curve(result.Curve, result.Fits, "users") + (result.CurveSays.Length > 0 ? "\n" + result.CurveSays : "");
    }

    /// <summary>A curve with its fitted laws.</summary>
    public static string Curve(IReadOnlyList<ScalingPoint> curve, IReadOnlyList<FitLine> fits, string what)
    {
        var text = new StringBuilder();
        var most = curve.Max(point => point.Throughput);
        foreach (var group in curve.GroupBy(point => point.Users).OrderBy(group => group.Key))
        {
            var fitted = fits.Count == 0 ? null : (double?)fits[0].Line.First(point => point.Users == group.Key).Throughput;
            text.Append(Say($"{group.Key,4} {what,-9} {Bar('█', group.Average(point => point.Throughput), most),-Wide} {group.Average(point => point.Throughput),7:0.0}/s ({group.Min(point => point.Throughput):0.0}–{group.Max(point => point.Throughput):0.0}){(fitted is { } law ? Say($", law {law:0.0}") : "")}")).Append('\n');
        }

        foreach (var (fit, number) in fits.Select((fit, number) => (fit, number)))
            text.Append(Say($"{(number == 0 ? "chosen" : "rival "),-6} {fit.Name,-25} AICc {fit.Aicc,7:0.0}, off by {fit.RelativeError:0.0 %}: {fit.Says}")).Append('\n');
        if (fits is [{ Parameters.Count: > 0 } chosen, ..])
            text.Append($"its numbers, with the middle 90 % of 200 resamples: {string.Join("; ", chosen.Parameters.Select(one => Say($"{one.Name} {one.Value:0.####} ({one.Low:0.####} to {one.High:0.####})")))}").Append('\n');
        return text.Append(Say($"nothing is said beyond {2 * curve.Max(point => point.Users):0} {what}, twice the most that was measured")).ToString();
    }

    private static string Tornado(BottleneckResult result)
    {
        var rows = result.Inputs.Components
            .SelectMany(component => ((string, Elasticity?)[])[($"e {Name(component)}", component.Time), ($"c {Name(component)}", component.Extent)])
            .Where(row => row.Item2 is not null).OrderByDescending(row => Math.Abs(row.Item2!.Value)).ToList();
        if (rows.Count == 0) return "nothing was dosed, because step S0 or S1 spoke first";
        var text = new StringBuilder();
        foreach (var (name, elasticity) in rows)
            text.Append(Say($"{name,-20} {Signed(elasticity!.Value)} {elasticity.Says,14}  ({elasticity.Blocks} blocks, × {elasticity.Factor:0.00})")).Append('\n');
        text.Append(Say($"{"Σe",-20} {Signed(result.Inputs.SumOfTimes)} {result.Inputs.SumOfTimes,6:+0.00;-0.00}; with the {result.Inputs.UndosedShare:0 %} of the round that nobody dosed it should be −1"));
        return text.ToString();

        static string Name(Component component) => component.Kind.ToString().ToLowerInvariant() + (component.Instance.Length > 0 ? "@" + component.Instance : "");
    }

    private static string Proof(BottleneckResult result) => result.Proof is not { } proof
        ? "none: there was nothing to relieve, or the proof was left away"
        : Say($"""
            {proof.What}
            before     {proof.Before,7:0.0}/s
            predicted  {proof.Predicted,7:0.0}/s ({((proof.Predicted / proof.Before) - 1) * 100:+0.0;-0.0} %)
            measured   {(proof.Measured is { } measured ? Say($"{measured,7:0.0}/s ({((measured / proof.Before) - 1) * 100:+0.0;-0.0} %, ± {(double.IsFinite(proof.StandardError) ? Say($"{proof.StandardError:0.0}/s") : "unknown")})") : "nothing: " + proof.Unproven)}
            {(proof.Error is { } error ? Say($"the prediction is off by {error * 100:+0.0;-0.0} %{(proof.IsAgainst ? " and speaks against the verdict" : "")}; ") : "")}next bottleneck: {proof.Next}
            """);

    private static string Bar(char with, double value, double most) => new(with, (int)Math.Clamp(Math.Round(value / most * Wide), 0, Wide));

    // Ten characters to each side of zero, one unit each way.
    private static string Signed(double value)
    {
        var length = (int)Math.Clamp(Math.Round(Math.Abs(value) * 10), 0, 14);
        return value < 0 ? new string('█', length).PadLeft(14) + "│" + new string(' ', 14) : new string(' ', 14) + "│" + new string('█', length).PadRight(14);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
