namespace ChaosLab.Load.Tests.Measuring;

public class SampleLogTests
{
    private static Sample At(int i) => new("s", "x", TimeSpan.FromTicks(i), TimeSpan.FromTicks(i + 1), TimeSpan.FromTicks(i + 3), true, "200", null);

    [Fact]
    public void Everything_added_from_many_threads_is_there()
    {
        var log = new SampleLog();
        Parallel.For(0, 20_000, i => log.Add(At(i)));

        Assert.Equal(20_000, log.Count);
        Assert.Equal(Enumerable.Range(0, 20_000), log.ToList().Select(s => (int)s.Intended.Ticks).Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(5_000)]
    public void What_does_not_fit_is_counted(int capacity)
    {
        var log = new SampleLog(capacity);
        for (var i = 0; i < capacity + 7; i++)
            log.Add(At(i));

        Assert.Equal((capacity, 7), (log.Count, log.Dropped));
        Assert.Equal(capacity, log.ToList().Count);
    }

    [Fact]
    public void A_sample_knows_response_and_service_time()
    {
        Assert.Equal((3, 2, 1), (At(5).ResponseTime.Ticks, At(5).ServiceTime.Ticks, At(5).Lateness.Ticks));
    }
}
