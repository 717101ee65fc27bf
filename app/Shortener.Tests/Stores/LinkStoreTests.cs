using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stores;
using ChaosLab.Shortener.Tests.Support;

namespace ChaosLab.Shortener.Tests.Stores;

/// <summary>What every store promises. Each implementation runs all of it.</summary>
public abstract class LinkStoreTests : IAsyncLifetime
{
    private readonly List<ILinkStore> _instances = [];

    protected ILinkStore Store => _instances[0];

    protected abstract Task<ILinkStore> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _instances.Add(await OpenAsync());
        await Store.MigrateAsync(CancellationToken.None).Within("the schema");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances) await instance.DisposeAsync();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    protected static NewLink Link(string code, string url = "https://example.org/", string? key = null, byte hash = 1, DateTimeOffset? end = null) =>
        new(ShortCode.Parse(code), true, url, new(2026, 11, 29, 12, 0, 0, 123, TimeSpan.Zero), end, key, key is null ? null : [.. Enumerable.Repeat(hash, 32)]);

    protected async Task<IReadOnlyList<InsertOutcome>> InsertAsync(params NewLink[] links) => await Store.InsertAsync(() => links).Within("an insert");

    protected async Task<Link?> FindAsync(string code) => await Store.FindAsync(ShortCode.Parse(code), CancellationToken.None).Within("a look");

    private static async Task AddClicksAsync(ILinkStore store, string writer, long number, params (string Code, long Clicks)[] clicks) =>
        await store.AddClicksAsync(new(writer, number, [.. clicks.Select(c => KeyValuePair.Create(c.Code, c.Clicks))]), new()).Within("clicks");

    [Fact]
    public async Task A_link_comes_back_exactly_as_it_was_stored()
    {
        var link = Link("one", "https://example.org/%C3%A4?q=1&r='\";--#x", end: new(2027, 1, 1, 0, 0, 0, 7, TimeSpan.Zero));

        var outcome = Assert.Single(await InsertAsync(link));

        Assert.Equal(new InsertOutcome.Created(link.Stored), outcome);
        Assert.Equal(link.Stored, await FindAsync("one"));
        Assert.Null(await FindAsync("two"));
    }

    [Fact]
    public async Task Warming_stores_nothing_and_the_store_goes_on()
    {
        await Store.WarmAsync(CancellationToken.None).Within("the warming");

        Assert.Null(await Store.FindByKeyAsync("", CancellationToken.None).Within("a look"));
        Assert.IsType<InsertOutcome.Created>(Assert.Single(await InsertAsync(Link("one"))));
        Assert.NotNull(await FindAsync("one"));
    }

    [Fact]
    public async Task Codes_differ_by_case()
    {
        await InsertAsync(Link("abc", "https://example.org/1"), Link("ABC", "https://example.org/2"));

        Assert.Equal("https://example.org/1", (await FindAsync("abc"))!.Url);
        Assert.Equal("https://example.org/2", (await FindAsync("ABC"))!.Url);
    }

    [Fact]
    public async Task A_taken_code_is_refused_and_keeps_its_link()
    {
        await InsertAsync(Link("one", "https://example.org/1"));

        var outcomes = await InsertAsync(Link("one", "https://example.org/2"), Link("two"));

        Assert.IsType<InsertOutcome.CodeTaken>(outcomes[0]);
        Assert.IsType<InsertOutcome.Created>(outcomes[1]);
        Assert.Equal("https://example.org/1", (await FindAsync("one"))!.Url);
    }

    [Fact]
    public async Task A_key_with_the_same_request_gives_the_first_link_again()
    {
        await InsertAsync(Link("one", key: "k/1"));

        var outcome = Assert.Single(await InsertAsync(Link("two", key: "k/1")));

        Assert.Equal("one", Assert.IsType<InsertOutcome.Replayed>(outcome).Link.Code.Text);
        Assert.Null(await FindAsync("two"));
        Assert.Equal("one", (await Store.FindByKeyAsync("k/1", CancellationToken.None))!.Code.Text);
        Assert.Null(await Store.FindByKeyAsync("k/2", CancellationToken.None));
    }

    [Fact]
    public async Task A_key_with_another_request_is_refused()
    {
        await InsertAsync(Link("one", key: "k", hash: 1));

        var outcome = Assert.Single(await InsertAsync(Link("two", key: "k", hash: 2)));

        Assert.IsType<InsertOutcome.KeyReused>(outcome);
        Assert.Null(await FindAsync("two"));
    }

    [Fact]
    public async Task A_retry_with_alias_and_key_is_a_replay_and_not_a_conflict()
    {
        await InsertAsync(Link("mine", key: "k"));

        Assert.IsType<InsertOutcome.Replayed>(Assert.Single(await InsertAsync(Link("mine", key: "k"))));
        Assert.IsType<InsertOutcome.CodeTaken>(Assert.Single(await InsertAsync(Link("mine", key: "other"))));
    }

    [Fact]
    public async Task A_batch_is_settled_entry_by_entry()
    {
        await InsertAsync(Link("one", key: "k1"), Link("two"));

        var outcomes = await InsertAsync(Link("new1"), Link("x1x", key: "k1"), Link("two"), Link("x2x", key: "k1b", hash: 3), Link("one"));

        Assert.Equal(
            [typeof(InsertOutcome.Created), typeof(InsertOutcome.Replayed), typeof(InsertOutcome.CodeTaken), typeof(InsertOutcome.Created), typeof(InsertOutcome.CodeTaken)],
            outcomes.Select(outcome => outcome.GetType()));
    }

    [Fact]
    public async Task An_empty_batch_is_no_error() => Assert.Empty(await InsertAsync());

    [Fact]
    public async Task A_deleted_link_is_gone_and_its_code_free()
    {
        await InsertAsync(Link("one", key: "k"));

        var first = await Store.DeleteAsync(ShortCode.Parse("one"), new()).Within("a delete");
        var second = await Store.DeleteAsync(ShortCode.Parse("one"), new()).Within("a delete");

        Assert.True(first);
        Assert.False(second);
        Assert.Null(await FindAsync("one"));
        Assert.IsType<InsertOutcome.Created>(Assert.Single(await InsertAsync(Link("one", key: "k"))));
    }

    [Fact]
    public async Task An_abandoned_write_is_not_sent()
    {
        await InsertAsync(Link("one"));
        var ticket = new WriteTicket();
        Assert.True(ticket.TryAbandon());

        await Store.DeleteAsync(ShortCode.Parse("one"), ticket).Within("a delete");
        await Store.AddClicksAsync(new("w", 1, [new("one", 5)]), ticket).Within("clicks");

        Assert.Equal(0, (await FindAsync("one"))!.Clicks);
        await AddClicksAsync(Store, "w", 1, ("one", 5)); // its number was not used up
        Assert.Equal(5, (await FindAsync("one"))!.Clicks);
    }

    [Fact]
    public async Task A_batch_of_clicks_counts_once_however_often_it_is_sent()
    {
        await InsertAsync(Link("one"), Link("two"));

        await AddClicksAsync(Store, "w", 1, ("one", 3), ("two", 1));
        await AddClicksAsync(Store, "w", 1, ("one", 3), ("two", 1));
        await AddClicksAsync(Store, "w", 2, ("gone", 4), ("one", 2));
        await AddClicksAsync(Store, "w", 1, ("one", 3), ("two", 1));
        await AddClicksAsync(Store, "v", 1, ("one", 10));

        Assert.Equal(15, (await FindAsync("one"))!.Clicks);
        Assert.Equal(1, (await FindAsync("two"))!.Clicks);
    }

    [Fact]
    public async Task Instances_that_create_and_count_at_once_lose_and_double_nothing()
    {
        var others = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => OpenAsync()));
        _instances.AddRange(others);
        string[] hot = ["hot1", "hot2", "hot3"];
        await InsertAsync([.. hot.Select(code => Link(code))]);

        await Task.WhenAll(_instances.Select((instance, i) => Task.Run(async () =>
        {
            for (var n = 1; n <= 20; n++)
            {
                // Every code and key is wanted by all three; each code must go to exactly one.
                await SoonAsync(() => instance.InsertAsync(() => [Link($"own{i}-{n}"), Link($"shared{n}", $"https://example.org/{i}", key: $"k{n}", hash: (byte)i)]));
                await SoonAsync(async () =>
                {
                    await AddClicksAsync(instance, $"w{i}", n, [.. hot.Select(code => (code, (long)n))]);
                    return true;
                });
            }
        }))).Within("three instances");

        foreach (var code in hot) Assert.Equal(3 * 210, (await FindAsync(code))!.Clicks);
        for (var n = 1; n <= 20; n++)
        {
            Assert.NotNull(await FindAsync($"shared{n}"));
            for (var i = 0; i < 3; i++) Assert.NotNull(await FindAsync($"own{i}-{n}"));
        }
    }

    [Fact]
    public async Task The_schema_may_be_brought_up_by_many_at_once()
    {
        var others = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync()));
        _instances.AddRange(others);
        await InsertAsync(Link("kept"));

        await Task.WhenAll(_instances.Select(instance => SoonAsync(async () =>
        {
            await instance.MigrateAsync(CancellationToken.None);
            return true;
        }))).Within("five migrations");

        Assert.NotNull(await FindAsync("kept"));
    }

    // A store may refuse under contention (busy, deadlock); that is allowed as long as it says that nothing was written.
    private static async Task<T> SoonAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (StoreException e) when (!e.MayHaveWritten && attempt < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }
}
