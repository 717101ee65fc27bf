namespace ChaosLab.Load.Tests.Measuring;

public class RunValidityTests
{
    private static readonly TimeSpan Ms = TimeSpan.FromMilliseconds(1);

    private static RunValidity Judge(long planned = 10_000, long delivered = 10_000, long undelivered = 0, double latenessMs = 0.2, double responseMs = 5, double floorMs = 1, double gcMs = 0, double runQueue = 0)
    {
        var lateness = new Histogram();
        lateness.Record((long)(latenessMs * 1e6));
        return RunValidity.Judge(planned, delivered, undelivered, lateness, responseMs * Ms, floorMs * Ms, GeneratorHealth.None with { LongestGcPause = gcMs * Ms, RunQueueWaitShare = runQueue });
    }

    [Fact]
    public void A_quiet_run_is_valid() => Assert.Equal((ValidityVerdict.Valid, 0), (Judge().Verdict, Judge().Reasons.Count));

    [Theory]
    [InlineData(10, ValidityVerdict.Valid)]
    [InlineData(11, ValidityVerdict.Invalid)]
    public void More_than_a_thousandth_undelivered_is_invalid(int undelivered, ValidityVerdict verdict) =>
        Assert.Equal(verdict, Judge(delivered: 10_000 - undelivered, undelivered: undelivered).Verdict);

    [Fact]
    public void Books_that_do_not_balance_are_invalid() => Assert.Equal(ValidityVerdict.Invalid, Judge(delivered: 9_999).Verdict);

    [Theory]
    [InlineData(0.9, 5, 1, ValidityVerdict.Valid)]
    [InlineData(1.1, 5, 1, ValidityVerdict.Invalid)]
    [InlineData(9, 100, 1, ValidityVerdict.Valid)]
    [InlineData(11, 100, 1, ValidityVerdict.Invalid)]
    [InlineData(11, 5, 20, ValidityVerdict.Valid)]
    public void Lateness_may_reach_the_floor_or_a_tenth_of_the_response_time(double latenessMs, double responseMs, double floorMs, ValidityVerdict verdict) =>
        Assert.Equal(verdict, Judge(latenessMs: latenessMs, responseMs: responseMs, floorMs: floorMs).Verdict);

    [Theory]
    [InlineData(49, 0, ValidityVerdict.Valid)]
    [InlineData(51, 0, ValidityVerdict.Degraded)]
    [InlineData(0, 0.04, ValidityVerdict.Valid)]
    [InlineData(0, 0.06, ValidityVerdict.Degraded)]
    public void Pauses_and_waits_degrade(double gcMs, double runQueue, ValidityVerdict verdict) => Assert.Equal(verdict, Judge(gcMs: gcMs, runQueue: runQueue).Verdict);
}
