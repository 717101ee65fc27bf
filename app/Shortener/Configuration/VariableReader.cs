using System.Globalization;
using System.Net;

namespace ChaosLab.Shortener.Configuration;

/// <summary>Reads variables one by one and remembers every problem, so that all can be told at once.</summary>
/// <param name="variables">The environment.</param>
public sealed class VariableReader(IReadOnlyDictionary<string, string?> variables)
{
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was wrong so far.</summary>
    public List<Problem> Problems { get; } = [];

    /// <summary>Text, or the default when the variable is unset or empty.</summary>
    public string Text(string name, string otherwise)
    {
        _asked.Add(name);
        return variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : otherwise;
    }

    /// <summary>Text that must be there.</summary>
    public string Required(string name, string remedy)
    {
        var value = Text(name, "");
        if (value.Length == 0) Problems.Add(new(name, $"is missing; {remedy}"));
        return value;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag(string name, bool otherwise) =>
        Read(name, otherwise, "say true or false", static (text, _) => bool.TryParse(text, out var value) ? value : null);

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Whole(string name, int otherwise, int least, int most) =>
        Read(name, otherwise, $"say a whole number from {least} to {most}", (text, culture) =>
            int.TryParse(text, NumberStyles.None, culture, out var value) && value >= least && value <= most ? value : null);

    /// <summary>A number above <paramref name="above"/>, or from it when <paramref name="including"/>, to <paramref name="most"/>.</summary>
    public double Number(string name, double otherwise, double above, double most, bool including = false) =>
        Read(name, otherwise, string.Create(CultureInfo.InvariantCulture, $"say a number {(including ? "from" : "above")} {above} and at most {most}"), (text, culture) =>
            double.TryParse(text, NumberStyles.Float, culture, out var value) && (value > above || (including && value == above)) && value <= most ? value : null);

    /// <summary>A duration from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public TimeSpan Time(string name, TimeSpan otherwise, TimeSpan least, TimeSpan most) =>
        Read(name, otherwise, $"say a duration hh:mm:ss[.fff] from {Duration.Format(least)} to {Duration.Format(most)}", (text, _) =>
            Duration.TryParse(text, out var value) && value >= least && value <= most ? value : null);

    /// <summary>An IP address (or <c>localhost</c>, <c>*</c>) and a port; port 0 takes a free one.</summary>
    public IPEndPoint Address(string name, string otherwise)
    {
        var text = Text(name, otherwise).Replace("localhost:", "127.0.0.1:", StringComparison.OrdinalIgnoreCase).Replace("*:", "0.0.0.0:", StringComparison.Ordinal);
        if (text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var address)) return address;
        Problems.Add(new(name, $"is \"{Text(name, otherwise)}\"; say an address and a port, as in 127.0.0.1:5080"));
        return new(IPAddress.Loopback, 0);
    }

    /// <summary>Names a variable of one of our sections that nobody asked for: most likely a typing error.</summary>
    public void RefuseUnknown()
    {
        var sections = _asked.Select(Section).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in variables.Keys.Where(name => name.Contains("__", StringComparison.Ordinal) && sections.Contains(Section(name)) && !_asked.Contains(name)).Order(StringComparer.Ordinal))
        {
            var known = _asked.Where(asked => string.Equals(Section(asked), Section(name), StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);
            Problems.Add(new(name, $"is not known; this section has {string.Join(", ", known)}"));
        }

        static string Section(string name) => name.Split("__")[0];
    }

    private T Read<T>(string name, T otherwise, string remedy, Func<string, CultureInfo, T?> parse) where T : struct
    {
        var text = Text(name, "");
        if (text.Length == 0) return otherwise;
        if (parse(text, CultureInfo.InvariantCulture) is { } value) return value;
        Problems.Add(new(name, $"is \"{text}\"; {remedy}"));
        return otherwise;
    }
}
