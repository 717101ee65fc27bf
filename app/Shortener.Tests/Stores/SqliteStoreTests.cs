using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stores;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Data.Sqlite;

namespace ChaosLab.Shortener.Tests.Stores;

public sealed class SqliteStoreTests : LinkStoreTests
{
    private readonly TempFolder _folder = new();

    protected override Task<ILinkStore> OpenAsync() => Task.FromResult<ILinkStore>(new SqliteStore(_folder.Database, TimeSpan.FromSeconds(20), TimeProvider.System));

    protected override ValueTask CloseAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_write_behind_a_foreign_lock_gives_up_and_says_that_nothing_was_written()
    {
        await using var impatient = new SqliteStore(_folder.Database, TimeSpan.FromMilliseconds(50), TimeProvider.System);
        using var other = new SqliteConnection(_folder.Database + ";Pooling=false");
        other.Open();
        using var hold = other.BeginTransaction(deferred: false);
        var taken = false;

        var failure = await Assert.ThrowsAsync<StoreException>(() => impatient.InsertAsync(() =>
        {
            taken = true;
            return [Link("one")];
        }).Within("the refusal"));

        Assert.False(failure.MayHaveWritten);
        Assert.False(taken);
        hold.Rollback();
        Assert.IsType<InsertOutcome.Created>(Assert.Single(await impatient.InsertAsync(() => [Link("one")]).Within("an insert")));
    }

    [Fact]
    public async Task A_read_goes_on_beside_a_foreign_write()
    {
        await InsertAsync(Link("one"));
        using var other = new SqliteConnection(_folder.Database + ";Pooling=false");
        other.Open();
        using var hold = other.BeginTransaction(deferred: false);

        Assert.NotNull(await FindAsync("one"));
    }

    [Fact]
    public async Task The_caller_of_a_read_may_leave_at_any_time()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.FindAsync(ShortCode.Parse("one"), stop.Token).Within("the leaving"));
        Assert.Null(await FindAsync("one"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_a_refusal_and_heals_when_it_can()
    {
        var folder = Path.Combine(_folder.Path, "later");
        await using var store = new SqliteStore($"Data Source={Path.Combine(folder, "links.db")}", TimeSpan.FromSeconds(20), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.FindAsync(ShortCode.Parse("one"), CancellationToken.None).Within("the refusal"));
        Directory.CreateDirectory(folder);
        await store.MigrateAsync(CancellationToken.None).Within("the schema");

        Assert.False(failure.MayHaveWritten);
        Assert.Null(await store.FindAsync(ShortCode.Parse("one"), CancellationToken.None).Within("a look"));
    }
}
