using ChaosLab.Load;

namespace ChaosLab.Chaos.Tests.Judging;

/// <summary>Made-up requests: one every so often, good or bad by a rule.</summary>
internal static class Traffic
{
    public static IReadOnlyList<Sample> Of(TimeSpan length, double perSecond, Func<TimeSpan, bool> isGood, string step = "redirect", double milliseconds = 5, string bad = "503") =>
        [.. Enumerable.Range(0, (int)(length.TotalSeconds * perSecond)).Select(number =>
        {
            var at = TimeSpan.FromSeconds(number / perSecond);
            var good = isGood(at);
            return new Sample("test", step, at, at, at + TimeSpan.FromMilliseconds(milliseconds), good, good ? "302" : bad, null);
        })];

    public static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);
}
