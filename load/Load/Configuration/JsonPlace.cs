using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ChaosLab.Load.Configuration;

/// <summary>A JSON value that knows its line.</summary>
internal sealed class JsonPlace
{
    private JsonPlace(JsonTokenType kind, int line) => (Kind, Line) = (kind, line);

    public JsonTokenType Kind { get; }
    /// <summary>From 1.</summary>
    public int Line { get; }
    public string Text { get; private set; } = "";
    /// <summary>Members of an object, in order; a name may come twice.</summary>
    public List<(string Name, int Line, JsonPlace Value)> Members { get; } = [];
    public List<JsonPlace> Items { get; } = [];
    /// <summary>The value as it was written.</summary>
    public string Raw { get; private set; } = "";

    /// <exception cref="JsonException">The text is not JSON; the message names the line.</exception>
    public static JsonPlace Parse(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var lines = new LineCounter(bytes);
        reader.Read();
        var place = Read(ref reader, lines, bytes);
        reader.Read(); // anything after the value is an error that the reader reports
        return place;
    }

    private static JsonPlace Read(ref Utf8JsonReader reader, LineCounter lines, byte[] bytes)
    {
        var start = (int)reader.TokenStartIndex;
        var place = new JsonPlace(reader.TokenType, lines.LineOf(start));
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (name, line) = (reader.GetString()!, lines.LineOf((int)reader.TokenStartIndex));
                    reader.Read();
                    place.Members.Add((name, line, Read(ref reader, lines, bytes)));
                }
                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    place.Items.Add(Read(ref reader, lines, bytes));
                break;
            case JsonTokenType.String:
                place.Text = reader.GetString()!;
                break;
            case JsonTokenType.Number:
                place.Text = Encoding.UTF8.GetString(reader.ValueSpan);
                break;
            default:
                place.Text = reader.TokenType.ToString().ToLower(CultureInfo.InvariantCulture);
                break;
        }
        place.Raw = Encoding.UTF8.GetString(bytes.AsSpan(start, (int)reader.BytesConsumed - start));
        return place;
    }

    private sealed class LineCounter(byte[] bytes)
    {
        private int _at, _line = 1;

        public int LineOf(int index)
        {
            for (; _at < index; _at++)
                if (bytes[_at] == '\n')
                    _line++;
            return _line;
        }
    }
}
