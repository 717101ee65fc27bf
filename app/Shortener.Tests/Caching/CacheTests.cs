using ChaosLab.Shortener.Caching;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Caching;

public class CacheTests
{
    private static readonly CacheSettings Small = new(true, 100, TimeSpan.FromSeconds(30), TimeSpan.FromHours(1), TimeSpan.FromSeconds(1));

    private static ShortCode Code(int n) => ShortCode.Parse($"code{n}");

    private static Link Link(ShortCode code) => new(code, $"https://example.org/{code}", default, null, 0);

    private static async Task<NewLink> StoredAsync(Parts parts)
    {
        var link = parts.Link();
        await parts.Resilient.InsertAsync(link).Within("a create");
        return link;
    }

    [Fact]
    public void The_cache_is_bounded()
    {
        var cache = new LinkCache(Small, new FakeTimeProvider());

        for (var i = 0; i < 10_000; i++) cache.Put(Code(i), i % 2 == 0 ? Link(Code(i)) : null);

        Assert.Equal(100, cache.Count);
        Assert.NotNull(cache.Find("code9999"));
    }

    [Fact]
    public void A_used_entry_survives_a_flood_of_unknown_codes()
    {
        var cache = new LinkCache(Small, new FakeTimeProvider());
        cache.Put(Code(0), Link(Code(0)));

        for (var i = 1; i < 10_000; i++)
        {
            cache.Put(Code(i), null);
            Assert.NotNull(cache.Find("code0"));
        }
    }

    [Fact]
    public void The_bound_holds_when_every_entry_is_used_and_under_concurrency()
    {
        var cache = new LinkCache(Small, new FakeTimeProvider());

        Parallel.For(0, 50_000, i =>
        {
            cache.Put(Code(i), Link(Code(i)));
            cache.Find($"code{i}");
        });
        cache.Put(Code(-1 & 7), null); // whoever comes last finds nobody else evicting

        Assert.InRange(cache.Count, 1, 101);
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var cache = new LinkCache(Small, new FakeTimeProvider());
        cache.Put(Code(1), Link(Code(1)));
        var path = "/code1";
        for (var i = 0; i < 100; i++) cache.Find(path.AsSpan(1));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) cache.Find(path.AsSpan(1));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Many_visitors_of_one_unknown_code_ask_the_store_once()
    {
        await using var parts = await Parts.StartAsync();
        var link = await StoredAsync(parts);
        parts.Store.Finds.Close();

        var visitors = Enumerable.Range(0, 100).Select(_ => parts.Lookup.FindAsync(link.Code, null)).ToList();
        parts.Store.Finds.Open();
        var entries = await Task.WhenAll(visitors).Within("all visitors");

        Assert.All(entries, entry => Assert.Same(entries[0], entry));
        Assert.Equal(1, parts.Store.FindCalls);
        Assert.Same(entries[0], parts.Cache.Find(link.Code.Text));
    }

    [Fact]
    public async Task A_known_link_is_served_stale_while_the_store_fails_and_refreshed_after()
    {
        await using var parts = await Parts.StartAsync();
        var link = await StoredAsync(parts);
        var entry = await parts.Lookup.FindAsync(link.Code, null).Within("the first lookup");
        var fault = parts.Faults.Add(Parts.Order(FaultKind.Error, operation: "link.get", life: TimeSpan.FromMinutes(10)))!;

        parts.Time.Advance(TimeSpan.FromSeconds(31));
        var isFresh = parts.Cache.IsFresh(entry);
        var stale = await parts.Lookup.FindAsync(link.Code, entry).Within("the stale lookup");
        var isPostponed = parts.Cache.IsFresh(stale);
        parts.Faults.Remove(fault.Id);
        parts.Time.Advance(TimeSpan.FromSeconds(1));
        var fresh = await parts.Lookup.FindAsync(link.Code, stale).Within("the refresh");

        Assert.False(isFresh);
        Assert.Same(entry, stale);
        Assert.True(isPostponed); // the next second is served without asking
        Assert.NotSame(entry, fresh);
    }

    [Fact]
    public async Task Even_stale_answers_have_an_end()
    {
        await using var parts = await Parts.StartAsync();
        var link = await StoredAsync(parts);
        var entry = await parts.Lookup.FindAsync(link.Code, null).Within("the first lookup");

        parts.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(31));
        parts.Faults.Add(Parts.Order(FaultKind.Error, operation: "link.get"));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Lookup.FindAsync(link.Code, entry).Within("the failure"));
    }

    [Fact]
    public async Task No_such_link_is_never_served_stale()
    {
        await using var parts = await Parts.StartAsync();
        var entry = await parts.Lookup.FindAsync(Code(1), null).Within("the first lookup");
        var isFresh = parts.Cache.IsFresh(entry);
        parts.Faults.Add(Parts.Order(FaultKind.Error, operation: "link.get"));

        parts.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(isFresh);
        Assert.False(parts.Cache.IsFresh(entry));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Lookup.FindAsync(Code(1), entry).Within("the failure"));
    }

    [Fact]
    public async Task An_answer_from_before_a_delete_is_not_remembered()
    {
        await using var parts = await Parts.StartAsync();
        var link = await StoredAsync(parts);
        parts.Store.Finds.Close();
        var visitor = parts.Lookup.FindAsync(link.Code, null);
        await Patience.Until(() => parts.Store.FindCalls == 1, "the question on its way");

        await parts.Resilient.DeleteAsync(link.Code).Within("the delete");
        parts.Lookup.Forget(link.Code);
        parts.Store.Finds.Open();
        await visitor.Within("the visitor");

        Assert.Null(parts.Cache.Find(link.Code.Text));
    }

    [Fact]
    public async Task A_new_alias_replaces_the_memory_that_there_was_none()
    {
        await using var parts = await Parts.StartAsync();
        await parts.Lookup.FindAsync(ShortCode.Parse("mine"), null).Within("the early visitor");
        var created = (InsertOutcome.Created)await parts.Resilient.InsertAsync(parts.Link(alias: "mine")).Within("the create");

        parts.Lookup.Learn(created.Link);

        Assert.True(parts.Cache.Find("mine")!.Exists);
    }

    [Fact]
    public async Task Without_the_cache_every_lookup_asks_and_nothing_is_served_stale()
    {
        await using var parts = await Parts.StartAsync(null, ("Cache__Enabled", "false"));
        var link = await StoredAsync(parts);

        var first = await parts.Lookup.FindAsync(link.Code, null).Within("a lookup");
        await parts.Lookup.FindAsync(link.Code, null).Within("a lookup");
        parts.Faults.Add(Parts.Order(FaultKind.Error, operation: "link.get"));

        Assert.Equal(2, parts.Store.FindCalls);
        Assert.Equal(0, parts.Cache.Count);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Lookup.FindAsync(link.Code, null).Within("the failure"));
        Assert.True(first.Exists);
    }
}
