using System.Globalization;
using System.Text.Json;

namespace ChaosLab.Load.Configuration;

/// <summary>Reads values out of a configuration and collects everything that is wrong, each with its line.</summary>
internal sealed class ConfigReader(string file, List<Problem> problems)
{
    public void Say(int line, string says) => problems.Add(new Problem(Where(line), says));

    public string Where(int line) => $"{file}:{line.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Hands each member to the action named like it; others, and names that come twice, are problems.</summary>
    public void Members(JsonPlace place, string what, params (string Name, Action<JsonPlace> Read)[] known)
    {
        if (!Is(place, JsonTokenType.StartObject, what, "an object { … }"))
            return;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, line, value) in place.Members)
        {
            var read = Array.Find(known, k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Read;
            if (read is null)
                Say(line, $"\"{name}\" is not known in {what}; known are {string.Join(", ", known.Select(k => k.Name))}");
            else if (!seen.Add(name))
                Say(line, $"\"{name}\" comes twice in {what}");
            else
                read(value);
        }
    }

    public IReadOnlyList<JsonPlace> Items(JsonPlace place, string what) => Is(place, JsonTokenType.StartArray, what, "a list [ … ]") ? place.Items : [];

    public string? Text(JsonPlace place, string what) => Is(place, JsonTokenType.String, what, "a text") ? place.Text : null;

    public bool? Flag(JsonPlace place, string what)
    {
        if (place.Kind is JsonTokenType.True or JsonTokenType.False)
            return place.Kind == JsonTokenType.True;
        Say(place.Line, $"{what} must be true or false");
        return null;
    }

    public int? Number(JsonPlace place, string what, int atLeast = int.MinValue)
    {
        if (place.Kind != JsonTokenType.Number || !int.TryParse(place.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            Say(place.Line, $"{what} must be a whole number");
        else if (number < atLeast)
            Say(place.Line, $"{what} must be {atLeast.ToString(CultureInfo.InvariantCulture)} or more");
        else
            return number;
        return null;
    }

    public TimeSpan? Duration(JsonPlace place, string what)
    {
        if (place.Kind == JsonTokenType.String && TimeSpan.TryParse(place.Text, CultureInfo.InvariantCulture, out var time) && place.Text.Contains(':', StringComparison.Ordinal))
            return time;
        Say(place.Line, $"{what} must be a duration \"hh:mm:ss\"");
        return null;
    }

    public T? Name<T>(JsonPlace place, string what) where T : struct, Enum
    {
        if (place.Kind == JsonTokenType.String && Enum.TryParse<T>(place.Text, ignoreCase: true, out var value) && Enum.IsDefined(value))
            return value;
        Say(place.Line, $"{what} must be one of {string.Join(", ", Enum.GetNames<T>())}");
        return null;
    }

    private bool Is(JsonPlace place, JsonTokenType kind, string what, string wanted)
    {
        if (place.Kind == kind)
            return true;
        Say(place.Line, $"{what} must be {wanted}");
        return false;
    }
}
