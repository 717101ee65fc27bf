using System.Globalization;
using System.Text.RegularExpressions;

namespace ChaosLab.Chaos.Experiments;

/// <summary>Numbers with units, as people write them.</summary>
internal static partial class Units
{
    /// <summary><c>500ms</c>, <c>20 s</c>, <c>1.5 min</c>, <c>1h</c>.</summary>
    public static TimeSpan? Duration(string text)
    {
        var match = DurationForm().Match(text.Trim());
        if (!match.Success)
            return null;
        var number = Number(match.Groups["number"].Value);
        return match.Groups["unit"].Value switch
        {
            "us" or "µs" => TimeSpan.FromMicroseconds(number),
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" or "min" => TimeSpan.FromMinutes(number),
            _ => TimeSpan.FromHours(number),
        };
    }

    /// <summary><c>300/s</c> or <c>6000/min</c>, in arrivals per second.</summary>
    public static double? PerSecond(string text)
    {
        var match = RateForm().Match(text.Trim());
        return match.Success ? Number(match.Groups["number"].Value) / (match.Groups["unit"].Value == "s" ? 1 : 60) : null;
    }

    /// <summary><c>99.9 %</c> as 0.999.</summary>
    public static double? Share(string text)
    {
        var match = ShareForm().Match(text.Trim());
        // Divided as a decimal: 99.9 / 100 in binary would not equal 0.999.
        return match.Success ? (double)(decimal.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) / 100m) : null;
    }

    public static int? Whole(string text) =>
        int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Shortest form that reads back: <c>500 ms</c>, <c>20 s</c>.</summary>
    public static string Say(TimeSpan duration) => duration < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s");

    [GeneratedRegex(@"^(?<number>\d{1,9}(\.\d{1,9})?)\s*(?<unit>us|µs|ms|s|min|m|h)$")]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"^(?<number>-?\d{1,9}(\.\d{1,9})?)\s*/\s*(?<unit>s|min|m)$")]
    private static partial Regex RateForm();

    [GeneratedRegex(@"^(?<number>-?\d{1,9}(\.\d{1,9})?)\s*%$")]
    private static partial Regex ShareForm();
}
