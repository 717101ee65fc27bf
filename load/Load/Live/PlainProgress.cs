using System.Globalization;

namespace ChaosLab.Load.Live;

/// <summary>A line every few seconds, for logs of build servers.</summary>
internal sealed class PlainProgress(TextWriter to) : ProgressView
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private TimeSpan _next = TimeSpan.Zero;
    private ScenarioOperation _operation;

    public override void Show(Progress progress)
    {
        if (progress.Operation != _operation)
            (_operation, _next) = (progress.Operation, TimeSpan.Zero);
        if (progress.Elapsed < _next)
            return;
        _next = progress.Elapsed + Every;
        foreach (var s in progress.Stats)
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(progress.Operation == ScenarioOperation.WarmUp ? "warm-up" : "load")} {progress.Elapsed.TotalSeconds:0} s{(progress.Planned is { } all ? $" of {all.TotalSeconds:0} s" : "")}: {s.ScenarioName} {s.AllOkCount} ok, {s.AllFailCount} failed, p99 {s.Ok.Latency.Percent99:0.0} ms, undelivered {s.Arrivals.Undelivered}"));
        }
    }
}
