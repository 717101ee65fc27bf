using System.Buffers;
using System.Security.Cryptography;

namespace ChaosLab.Shortener.Links;

/// <summary>The part of a short link after the slash: a random code or an alias, 3–64 characters of <c>[0-9A-Za-z_-]</c>.</summary>
public readonly record struct ShortCode
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet + "_-");
    private readonly string? _text;

    private ShortCode(string text) => _text = text;

    /// <summary>The characters.</summary>
    public string Text => _text ?? throw new InvalidOperationException("an empty short code");

    /// <summary>True when the characters could be a code.</summary>
    /// <param name="text">The characters.</param>
    public static bool Fits(ReadOnlySpan<char> text) => text.Length is >= 3 and <= 64 && !text.ContainsAnyExcept(Allowed);

    /// <summary>Takes characters that could be a code.</summary>
    /// <param name="text">The characters.</param>
    /// <param name="code">The code.</param>
    public static bool TryParse(string? text, out ShortCode code)
    {
        code = text is not null && Fits(text) ? new(text) : default;
        return code._text is not null;
    }

    /// <summary>Takes characters that are known to be a code.</summary>
    /// <param name="text">The characters.</param>
    /// <exception cref="FormatException">They are none.</exception>
    public static ShortCode Parse(string text) => TryParse(text, out var code) ? code : throw new FormatException($"\"{text}\" is no short code");

    /// <summary>Seven characters nobody can guess: 62^7 ≈ 3.5 · 10^12 possibilities from the system's secure generator.</summary>
    public static ShortCode Random() => new(RandomNumberGenerator.GetString(Alphabet, 7));

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";
}
