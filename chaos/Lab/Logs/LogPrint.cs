using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosLab.Lab.Logs;

/// <summary>How lines are shown.</summary>
internal static class LogPrint
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For people: time, host, level, sentence, trace; a stack trace below it.</summary>
    public static string Text(LogLine line, int hostWidth) => string.Join(' ', ((string[])
        [Time(line), line.Host.PadRight(hostWidth), line.Level.PadRight(11), line.Message, line.TraceId.Length > 0 ? "trace=" + line.TraceId : ""]).Where(part => part.Length > 0)).TrimEnd()
        + (line.Exception.Length > 0 ? "\n    " + line.Exception.ReplaceLineEndings("\n    ") : "");

    /// <summary>For programs: the fields of the line with <c>time</c> and <c>host</c>, one object a line.</summary>
    public static string Json(LogLine line)
    {
        var shown = new JsonObject { ["time"] = Time(line), ["host"] = line.Host };
        if (line.Fields is null) shown["message"] = line.Text;
        foreach (var (name, value) in line.Fields?.ToList() ?? [])
            if (name is not ("time" or "host")) shown[name] = value?.DeepClone();
        return shown.ToJsonString(Plain);
    }

    private static string Time(LogLine line) => line.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
