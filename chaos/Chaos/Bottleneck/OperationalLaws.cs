using System.Globalization;

namespace ChaosLab.Chaos.Bottleneck;

/// <summary>The laws that hold for every system whatever its distributions (Denning and Buzen 1978): where they do not, an instrument is wrong.</summary>
public static class OperationalLaws
{
    /// <summary>Relative error from which a law counts as broken.</summary>
    public const double Tolerance = 0.05;

    /// <summary>Checks one reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="tolerance">Relative error allowed; at least what counting requests at the edges of the reading costs is added.</param>
    /// <returns>The broken ones, in words.</returns>
    public static IReadOnlyList<string> Broken(Reading reading, double tolerance = Tolerance)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var broken = new List<string>();
        // A reading cuts through requests: each end may miscount as many as are on their way.
        var edge = reading.Users / Math.Max(1, reading.Throughput * reading.Seconds);
        foreach (var kind in reading.Resources.Select(resource => resource.Kind).Distinct().Where(kind => kind != ComponentKind.Processor))
        {
            var through = reading.Of(kind).Sum(resource => resource.Completions);
            Compare($"forced flow at {Component.WordOf(kind)}", through, reading.Throughput, "visits/s", "requests/s of the users");
        }

        // A processor also works for nobody (compilation, collections, whoever asks for figures): of its time only the wait is somebody's for sure.
        var within = reading.Resources.Sum(resource => resource.Waiting + (resource.Kind == ComponentKind.Processor ? 0 : resource.Own));
        // Little: what is inside cannot be more than the users, nor than what their response time says.
        if (within > reading.Users * (1 + tolerance)) broken.Add(Say($"Little: {within:0.0} requests inside, but only {reading.Users} users"));
        var byResponse = reading.Throughput * reading.ResponseSeconds;
        if (byResponse > reading.Users * (1 + tolerance + edge)) broken.Add(Say($"Little: X·R = {byResponse:0.0}, but only {reading.Users} users"));
        foreach (var resource in reading.Resources.Where(resource => resource.Capacity > 0 && resource.Utilisation > 1 + tolerance + edge))
            broken.Add(Say($"utilisation of {resource.Name}: {resource.Utilisation:0.00} is more than all of it"));
        return broken;

        void Compare(string law, double one, double other, string units, string otherUnits)
        {
            if (Math.Abs(one - other) > (tolerance + edge) * Math.Max(one, other)) broken.Add(Say($"{law}: {one:0.#} {units} against {other:0.#} {otherUnits}"));
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
