using System.Text.RegularExpressions;

namespace ChaosLab.Chaos.Journals;

/// <summary>Takes secrets out of texts: known values wherever they stand, and whatever follows a word that names one.</summary>
/// <param name="secrets">Known values; those shorter than 6 characters are ignored, they would blot out ordinary words.</param>
public sealed partial class Redaction(IEnumerable<string> secrets)
{
    private const string Instead = "[secret]";
    private readonly string[] _secrets = [.. secrets.Where(secret => secret.Length >= 6).Distinct().OrderByDescending(secret => secret.Length)];

    /// <summary>The text without its secrets.</summary>
    public string Of(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Instead, StringComparison.Ordinal);
        return Named().Replace(text, "${name}" + Instead);
    }

    [GeneratedRegex("""(?<name>\b\w*(token|password|secret|api[-_]?key|bearer)\b["']?\s*[:= ]\s*["']?)(?!\[secret\])[^\s"',;]{4,}""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
