using ChaosLab.Shortener.Caching;
using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Tests.Support;

namespace ChaosLab.Shortener.Tests.Clicks;

public class ClickTests
{
    private static CacheEntry Entry(string code) => new(ShortCode.Parse(code), new(ShortCode.Parse(code), "https://example.org/", default, null, 0));

    private static async Task<CacheEntry> StoredAsync(Parts parts, string alias)
    {
        var created = (InsertOutcome.Created)await parts.Resilient.InsertAsync(parts.Link(alias: alias)).Within("a create");
        return parts.Cache.Put(created.Link.Code, created.Link);
    }

    private static async Task<long> TotalAsync(Parts parts, string code) => (await parts.Resilient.InspectAsync(ShortCode.Parse(code)))!.Clicks;

    [Fact]
    public void No_click_is_lost_between_counting_and_taking()
    {
        var counter = new ClickCounter(1000);
        var entries = Enumerable.Range(0, 10).Select(i => Entry($"code{i}")).ToArray();
        long taken = 0;
        using var done = new ManualResetEventSlim();

        var taker = new Thread(() =>
        {
            while (!done.IsSet) taken += counter.Take().Sum(code => code.Value);
        });
        taker.Start();
        Parallel.For(0, 200_000, i => counter.Count(entries[i % 10]));
        done.Set();
        Assert.True(taker.Join(Patience.Limit));
        taken += counter.Take().Sum(code => code.Value);

        Assert.Equal(200_000, taken + counter.Dropped);
        Assert.Equal(0, counter.Waiting);
    }

    [Fact]
    public void Clicks_beyond_the_queue_are_dropped_and_counted()
    {
        var counter = new ClickCounter(2);
        var (one, two, three) = (Entry("one"), Entry("two"), Entry("three"));

        foreach (var entry in new[] { one, two, three, three, one, three }) counter.Count(entry);

        Assert.Equal(3, counter.Dropped);
        Assert.Equal(3, counter.Waiting);
        Assert.Equal([new("one", 2), new("two", 1)], counter.Take());
        counter.Count(three); // there is room again
        Assert.Equal([new("three", 1)], counter.Take());
    }

    [Fact]
    public void Clicks_of_one_code_are_added_up_and_sorted()
    {
        var counter = new ClickCounter(10);

        foreach (var code in new[] { "bbb", "aaa", "bbb", "ccc", "aaa", "bbb" }) counter.Count(Entry(code)); // as without a cache: an entry each

        Assert.Equal([new("aaa", 2), new("bbb", 3), new("ccc", 1)], counter.Take());
    }

    [Fact]
    public async Task A_flush_stores_the_clicks()
    {
        await using var parts = await Parts.StartAsync();
        var entry = await StoredAsync(parts, "one");
        for (var i = 0; i < 5; i++) parts.Clicks.Count(entry);
        var queued = parts.Flusher.Queued;

        await parts.Flusher.FlushAsync(CancellationToken.None).Within("the flush");

        Assert.Equal((5, 0), (queued, parts.Flusher.Queued));
        Assert.Equal(5, await TotalAsync(parts, "one"));
    }

    [Fact]
    public async Task A_flush_whose_answer_is_lost_is_repeated_without_counting_twice()
    {
        await using var parts = await Parts.StartAsync();
        var entry = await StoredAsync(parts, "one");
        for (var i = 0; i < 5; i++) parts.Clicks.Count(entry);
        parts.Store.AfterClicks.FailNext(2);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Flusher.FlushAsync(CancellationToken.None).Within("a flush"));
        parts.Clicks.Count(entry);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Flusher.FlushAsync(CancellationToken.None).Within("a flush"));
        var queued = parts.Flusher.Queued;
        await parts.Flusher.FlushAsync(CancellationToken.None).Within("a flush");

        Assert.Equal(6, queued);
        Assert.Equal(6, await TotalAsync(parts, "one"));
    }

    [Fact]
    public async Task A_flush_that_times_out_is_repeated_without_counting_twice()
    {
        await using var parts = await Parts.StartAsync();
        var entry = await StoredAsync(parts, "one");
        parts.Clicks.Count(entry);
        parts.Store.AfterClicks.Close();
        var flush = parts.Flusher.FlushAsync(CancellationToken.None);
        await Patience.Until(() => parts.Store.AfterClicks.Calls == 1, "the commit");

        parts.Time.Advance(TimeSpan.FromSeconds(0.5));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => flush.Within("the flush"));
        parts.Store.AfterClicks.Open();
        await parts.Flusher.FlushAsync(CancellationToken.None).Within("the repetition");

        Assert.Equal(1, await TotalAsync(parts, "one"));
    }

    [Fact]
    public async Task An_injected_fault_delays_clicks_but_loses_none()
    {
        await using var parts = await Parts.StartAsync();
        var entry = await StoredAsync(parts, "one");
        var fault = parts.Faults.Add(Parts.Order(FaultKind.Error, operation: "clicks.add"))!;
        parts.Clicks.Count(entry);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Flusher.FlushAsync(CancellationToken.None).Within("a flush"));
        parts.Faults.Remove(fault.Id);
        parts.Clicks.Count(entry);
        await parts.Flusher.FlushAsync(CancellationToken.None).Within("a flush");

        Assert.Equal(2, await TotalAsync(parts, "one"));
    }

    [Fact]
    public async Task Clicks_are_flushed_by_the_clock_and_at_the_end()
    {
        await using var parts = await Parts.StartAsync();
        var entry = await StoredAsync(parts, "one");
        await parts.Flusher.StartAsync(CancellationToken.None);

        parts.Clicks.Count(entry);
        parts.Time.Advance(TimeSpan.FromSeconds(0.5));
        await Patience.Until(async () => await TotalAsync(parts, "one") == 1, "the flush by the clock");
        parts.Clicks.Count(entry);
        await parts.Flusher.StopAsync(CancellationToken.None).Within("the end");

        Assert.Equal(2, await TotalAsync(parts, "one"));
    }
}
