namespace ChaosLab.Chaos.Hosts;

/// <summary>
/// Words for a shell at the other end. ssh joins its words with blanks and has a shell read them: every word is quoted,
/// so that it arrives as it is and nothing in it is ever interpreted.
/// </summary>
internal static class RemoteWords
{
    /// <summary>One word in single quotes.</summary>
    public static string Quote(string word) =>
        word.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException("a word with a zero byte", nameof(word)) : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>Several words, parted by blanks.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
