namespace ChaosLab.Chaos.Experiments;

/// <summary>How many requests a claim needs before it may be called met.</summary>
public static class SampleNeed
{
    /// <summary>
    /// The rule of three: with n requests and no failure, the 95 % bound of the failure share is 3/n. A claim of
    /// "≥ 99.9 %" thus needs 3000 requests, "p99" 300. At least 10 for any claim.
    /// </summary>
    public static long Of(Expectation expectation) => expectation switch
    {
        Expectation.Share share => OfRarest(share.Limit.Comparison is ">=" or ">" ? 1 - share.Limit.Value : share.Limit.Value),
        Expectation.Latency latency => OfRarest(1 - latency.Quantile / 100),
        Expectation.Number { IsFailures: true } => 10,
        _ => 0,
    };

    // "100 %" can be shown by no number of requests; it means "not one", and asks for as many as 99 %.
    private static long OfRarest(double share) => share < 1e-9 ? 300 : Math.Max(10, (long)Math.Ceiling(3 / share - 1e-6));
}
