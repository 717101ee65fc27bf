namespace ChaosLab.Lab.Sweeps;

/// <summary>What became of one rate.</summary>
internal enum RateAnswer
{
    /// <summary>The objective was met.</summary>
    Met,

    /// <summary>It was not.</summary>
    Missed,

    /// <summary>The generator did not keep to its plan: nothing is known of the service at this rate.</summary>
    GeneratorLate,

    /// <summary>The fault was not seen to bite: nothing is known of the service under it.</summary>
    FaultNotSeen,

    /// <summary>Too few requests came to tell.</summary>
    TooFew,
}

/// <summary>One rate that was tried.</summary>
/// <param name="Rate">Arrivals per second.</param>
/// <param name="Answer">What became of it.</param>
/// <param name="Says">The figures.</param>
internal sealed record TriedRate(int Rate, RateAnswer Answer, string Says);

/// <summary>
/// Looks for the highest rate that meets an objective: doubles until one misses, then halves the gap (on a logarithmic scale) until it is
/// small. A rate has missed when it missed twice: one disturbance of the machine is no limit of the service.
/// </summary>
internal static class RateSearch
{
    /// <summary>Ratio of the lowest that missed to the highest that met at which the search ends.</summary>
    public const double Fine = 1.1;

    /// <summary>Most rates that are tried.</summary>
    public const int MostTries = 24;

    /// <summary>Searches.</summary>
    /// <param name="tried">Every try in order, also when the search ends by an exception.</param>
    /// <param name="lowest">Lowest rate to try, ≥ 1.</param>
    /// <param name="least">Rate to begin with, at least the lowest.</param>
    /// <param name="most">Highest rate to try.</param>
    /// <param name="tryAsync">Tries one rate.</param>
    public static async Task RunAsync(List<TriedRate> tried, int lowest, int least, int most, Func<int, Task<TriedRate>> tryAsync)
    {
        var (met, missed) = (0, int.MaxValue);
        for (var rate = least; tried.Count < MostTries;)
        {
            var answer = await tryAsync(rate);
            tried.Add(answer);
            if (answer.Answer != RateAnswer.Met && tried.Count < MostTries)
            {
                answer = await tryAsync(rate);
                tried.Add(answer);
            }

            if (answer.Answer == RateAnswer.Met) met = rate;
            else missed = rate;
            // No other rate makes a fault bite.
            if (answer.Answer == RateAnswer.FaultNotSeen || met >= most || (met == 0 && missed <= lowest) || missed <= Fine * met) break;
            rate = missed == int.MaxValue ? Math.Min(most, met * 2) : met == 0 ? Math.Max(lowest, missed / 2) : (int)Math.Round(Math.Sqrt((double)met * missed));
            if (rate == met || rate == missed) break;
        }
    }

    /// <summary>Highest rate that met the objective; null when none did.</summary>
    public static int? Best(IReadOnlyList<TriedRate> tried) => tried.Where(one => one.Answer == RateAnswer.Met).Select(one => (int?)one.Rate).Max();
}
