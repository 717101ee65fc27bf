using System.Globalization;
using System.IO.Compression;
using ChaosLab.Load;

namespace ChaosLab.Chaos.Journals;

/// <summary>Every request of a run as compressed CSV: figures can be computed again by anyone.</summary>
internal static class SampleFile
{
    public static void Write(string path, IReadOnlyList<Sample> samples)
    {
        using var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        writer.WriteLine("step,intended_s,started_s,ended_s,ok,status,message,path,trace_id");
        foreach (var sample in samples)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{sample.Step},{sample.Intended.TotalSeconds:0.######},{sample.Started.TotalSeconds:0.######},{sample.Ended.TotalSeconds:0.######},{(sample.IsOk ? 1 : 0)},{sample.StatusCode},{Quoted(sample.Message)},{Quoted(sample.Path)},{sample.Trace}"));
    }

    private static string Quoted(string? text) =>
        string.IsNullOrEmpty(text) ? "" : "\"" + text.ReplaceLineEndings(" ").Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
