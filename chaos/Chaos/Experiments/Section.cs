namespace ChaosLab.Chaos.Experiments;

/// <summary>
/// One map of the file, read key by key into types. Whatever is wrong becomes a problem with its line, and reading goes
/// on; whatever was not asked for is told as an unknown key by <see cref="Done"/>.
/// </summary>
internal sealed class Section(YamlTree.Map map, string name, Problems problems)
{
    private readonly List<string> _asked = [];

    public int Line => map.Line;

    public Problems Problems => problems;

    public int LineOf(string key) => map.Entries.FirstOrDefault(entry => entry.Key == key)?.Line ?? Line;

    public bool Has(string key) => map.Entries.Any(entry => entry.Key == key);

    /// <summary>A section from a node; null, and told, when the node is none.</summary>
    public static Section? From(YamlTree? node, string name, Problems problems, string example)
    {
        if (node is YamlTree.Map map)
            return new Section(map, name, problems);
        if (node is not null)
            problems.Add(node.Line, $"{name} must be keys with values", $"Write {example}");
        return null;
    }

    public YamlTree? Node(string key, string? missing = null)
    {
        _asked.Add(key);
        var node = map.Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
        if (node is null && missing is not null)
            problems.Add(Line, $"{name} has no `{key}`", missing);
        return node;
    }

    /// <summary>Non-empty text; null when it is missing (told only with <paramref name="missing"/>) or wrong (told).</summary>
    public string? Text(string key, string? missing = null)
    {
        switch (Node(key, missing))
        {
            case null:
                return null;
            case YamlTree.Text { Value: var value } when value.Trim().Length > 0:
                return value.Trim();
            case YamlTree.Text empty:
                problems.Add(empty.Line, $"`{key}` is empty", missing ?? "Give it a value or remove the key");
                return null;
            case var other:
                problems.Add(other.Line, $"`{key}` must be a single value", $"Write {key}: value");
                return null;
        }
    }

    public IReadOnlyList<YamlTree.Text> Lines(string key, string? missing = null)
    {
        switch (Node(key, missing))
        {
            case null:
                return [];
            case YamlTree.Items list:
                foreach (var odd in list.All.Where(item => item is not YamlTree.Text { Value.Length: > 0 }))
                    problems.Add(odd.Line, $"an entry of `{key}` is not a line of text", "Write - text, and quote it when it holds a colon");
                if (list.All.Count == 0 && missing is not null)
                    problems.Add(list.Line, $"`{key}` is empty", missing);
                return [.. list.All.OfType<YamlTree.Text>().Where(item => item.Value.Length > 0)];
            case var other:
                problems.Add(other.Line, $"`{key}` must be a list", $"Write {key}: and below it - text");
                return [];
        }
    }

    public TimeSpan? Duration(string key, TimeSpan least, TimeSpan most, string? missing = null)
    {
        if (Text(key, missing) is not { } text)
            return null;
        if (Units.Duration(text) is not { } duration)
        {
            problems.Add(LineOf(key), $"`{key}: {text}` is not a duration", "Write a number with ms, s, min or h, such as 500ms or 20s");
            return null;
        }

        if (duration >= least && duration <= most)
            return duration;
        problems.Add(LineOf(key), $"`{key}: {text}` is out of range", $"Write {Units.Say(least)} to {Units.Say(most)}");
        return null;
    }

    public int? Whole(string key, int least, int most, string? missing = null)
    {
        if (Text(key, missing) is not { } text)
            return null;
        if (Units.Whole(text) is { } number && number >= least && number <= most)
            return number;
        problems.Add(LineOf(key), $"`{key}: {text}` is not a whole number from {least} to {most}", $"Write for example {key}: {Math.Max(least, 1)}");
        return null;
    }

    /// <summary>A share above 0 up to 1, written in per cent.</summary>
    public double? Share(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (Units.Share(text) is { } share and > 0 and <= 1)
            return share;
        problems.Add(LineOf(key), $"`{key}: {text}` is not a share above 0 %", $"Write {key}: 50 %");
        return null;
    }

    public string? OneOf(string key, IReadOnlyList<string> known, string? missing = null)
    {
        if (Text(key, missing) is not { } text)
            return null;
        if (known.Contains(text))
            return text;
        problems.Add(LineOf(key), $"`{key}: {text}` is not known", Spelling.Suggest(text, known));
        return null;
    }

    /// <summary>A list of known words; a single word counts as a list of one.</summary>
    public IReadOnlyList<string> Words(string key, IReadOnlyList<string>? known)
    {
        var node = Node(key);
        IReadOnlyList<YamlTree> items = node switch { null => [], YamlTree.Items list => list.All, _ => [node] };
        var words = new List<string>();
        foreach (var item in items)
        {
            if (item is not YamlTree.Text { Value.Length: > 0 } word)
                problems.Add(item.Line, $"an entry of `{key}` is not a word", $"Write {key}: [word]");
            else if (known is not null && !known.Contains(word.Value))
                problems.Add(item.Line, $"`{word.Value}` in `{key}` is not known", Spelling.Suggest(word.Value, known));
            else
                words.Add(word.Value);
        }

        return words;
    }

    public void Done()
    {
        foreach (var entry in map.Entries.Where(entry => !_asked.Contains(entry.Key)))
            problems.Add(entry.Line, $"{name} has no key `{entry.Key}`", Spelling.Suggest(entry.Key, _asked.Distinct()));
    }
}
