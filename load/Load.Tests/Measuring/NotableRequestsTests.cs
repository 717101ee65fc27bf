namespace ChaosLab.Load.Tests.Measuring;

public class NotableRequestsTests
{
    private static Sample Of(int at, int ms, string status = "302", string step = "redirect") =>
        new("s", step, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(at) + TimeSpan.FromMilliseconds(ms), status == "302", status, null);

    [Fact]
    public void The_slowest_good_ones_are_kept_longest_first()
    {
        var notable = NotableRequests.Of(Enumerable.Range(0, 1000).Select(i => Of(i, i * 37 % 1000)), 3).Single();

        Assert.Equal([999, 998, 997], notable.Slowest.Select(sample => (int)sample.ResponseTime.TotalMilliseconds));
        Assert.Empty(notable.Failed);
    }

    [Fact]
    public void Many_failures_of_one_kind_do_not_hide_one_of_another()
    {
        var samples = Enumerable.Range(0, 500).Select(i => Of(i, 2000, "-100")).Append(Of(500, 1, "302-wrong-location"));

        var notable = NotableRequests.Of(samples, 4).Single();

        Assert.Equal(["-100", "-100", "-100", "302-wrong-location"], notable.Failed.Select(sample => sample.StatusCode));
        Assert.Equal([0, 1, 2, 500], notable.Failed.Select(sample => (int)sample.Intended.TotalSeconds));
        Assert.Empty(notable.Slowest);
    }

    [Fact]
    public void Each_step_has_lists_of_its_own() =>
        Assert.Equal([("redirect", 1, 0), ("create", 0, 1)], NotableRequests.Of([Of(0, 1), Of(1, 1, "503", "create")]).Select(step => (step.Step, step.Slowest.Count, step.Failed.Count)));
}
