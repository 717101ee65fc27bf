namespace ChaosLab.Chaos.Experiments;

/// <summary>Finds the word that was meant.</summary>
internal static class Spelling
{
    /// <summary>A remedy: the nearest known word when one is near, else all of them.</summary>
    public static string Suggest(string word, IEnumerable<string> known)
    {
        var words = known.ToList();
        var near = words.Select(candidate => (candidate, Distance: Distance(word.ToLowerInvariant(), candidate)))
            .Where(pair => pair.Distance <= Math.Clamp(Math.Max(word.Length, pair.candidate.Length) / 2, 2, 4))
            .OrderBy(pair => pair.Distance).Select(pair => pair.candidate).FirstOrDefault();
        return near is null ? $"Known: {string.Join(", ", words)}" : $"Did you mean `{near}`? Known: {string.Join(", ", words)}";
    }

    // Levenshtein distance, two rows.
    private static int Distance(string one, string other)
    {
        var previous = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
                row[j] = Math.Min(Math.Min(row[j - 1], previous[j]) + 1, previous[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
            previous = row;
        }

        return previous[^1];
    }
}
