using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ChaosLab.Chaos.Experiments;

/// <summary>A YAML document as a tree that remembers its lines. It never leaves this folder: inwards go typed records.</summary>
internal abstract record YamlTree(int Line)
{
    public sealed record Text(int Line, string Value) : YamlTree(Line);

    public sealed record Items(int Line, IReadOnlyList<YamlTree> All) : YamlTree(Line);

    public sealed record Map(int Line, IReadOnlyList<Entry> Entries) : YamlTree(Line);

    public sealed record Entry(string Key, int Line, YamlTree Value);

    /// <summary>The one document of a text, or null with the problem told.</summary>
    public static YamlTree? Parse(string text, Problems problems)
    {
        var tabs = text.Split('\n').Index().Where(line => line.Item.TakeWhile(char.IsWhiteSpace).Contains('\t')).ToList();
        foreach (var (index, _) in tabs)
            problems.Add(index + 1, "a tab indents this line, which YAML forbids", "Indent with spaces");
        if (tabs.Count > 0)
            return null;
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
            {
                problems.Add(0, "the file is empty", "Copy an experiment from chaos/experiments and change it");
                return null;
            }

            parser.Consume<DocumentStart>();
            var tree = Node(parser, problems);
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _))
                problems.Add((int)parser.Current!.Start.Line, "a second document begins", "Write one experiment a file");
            return tree;
        }
        catch (InvalidOperationException)
        {
            // What the parser throws for a bracket that is never closed.
            problems.Add((int)(parser.Current?.End.Line ?? 1), "this is not YAML: a bracket or quote is not closed", "Check quotes, colons and brackets here and in the line before");
            return null;
        }
        catch (YamlException broken)
        {
            problems.Add((int)broken.Start.Line, $"this is not YAML: {broken.Message.TrimEnd('.')}", "Check quotes, colons and indentation here and in the line before");
            return null;
        }
    }

    private static YamlTree Node(IParser parser, Problems problems)
    {
        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                return new Text((int)scalar.Start.Line, scalar.Value);
            case SequenceStart start:
                parser.MoveNext();
                var items = new List<YamlTree>();
                while (!parser.TryConsume<SequenceEnd>(out _))
                    items.Add(Node(parser, problems));
                return new Items((int)start.Start.Line, items);
            case MappingStart start:
                parser.MoveNext();
                return MapNode(parser, start, problems);
            case AnchorAlias alias:
                parser.MoveNext();
                problems.Add((int)alias.Start.Line, $"the alias *{alias.Value.Value} is not understood here", "Write the value out");
                return new Text((int)alias.Start.Line, "");
            default:
                throw new YamlException(parser.Current!.Start, parser.Current.End, "unexpected " + parser.Current.GetType().Name);
        }
    }

    private static Map MapNode(IParser parser, MappingStart start, Problems problems)
    {
        var entries = new List<Entry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(parser, problems);
            var value = Node(parser, problems);
            if (key is not Text { Value: var name })
                problems.Add(key.Line, "a key must be a word", "Write word: value");
            else if (entries.Find(entry => entry.Key == name) is { } first)
                problems.Add(key.Line, $"`{name}` stands here a second time (first in line {first.Line})", "Keep one of the two");
            else
                entries.Add(new Entry(name, key.Line, value));
        }

        return new Map((int)start.Start.Line, entries);
    }
}
