using System.Globalization;

namespace ChaosLab.Shortener.Configuration;

/// <summary>Durations as text: <c>hh:mm:ss</c> with an optional fraction, as in <c>00:00:00.500</c>.</summary>
public static class Duration
{
    private static readonly string[] Forms = [@"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    /// <summary>Reads a duration. Stricter than <see cref="TimeSpan.TryParse(string, out TimeSpan)"/>, which takes "5" for five days.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The duration, never negative.</param>
    /// <returns>False when the text is none.</returns>
    public static bool TryParse(string? text, out TimeSpan value) =>
        TimeSpan.TryParseExact(text, Forms, CultureInfo.InvariantCulture, out value);

    /// <summary>Writes a duration the way <see cref="TryParse"/> reads it.</summary>
    /// <param name="value">The duration.</param>
    /// <returns>For example <c>00:00:00.500</c>.</returns>
    public static string Format(TimeSpan value) =>
        value.ToString(value.Days > 0 ? @"d\.hh\:mm\:ss\.fff" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);
}
