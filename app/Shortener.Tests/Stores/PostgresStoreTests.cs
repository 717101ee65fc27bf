using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stations;
using ChaosLab.Shortener.Stores;
using ChaosLab.Shortener.Tests.Support;

namespace ChaosLab.Shortener.Tests.Stores;

[Collection(OnPostgres.Name)]
public sealed class PostgresStoreTests(PostgresServer server) : LinkStoreTests
{
    private string? _connection;

    private string Database => _connection![(_connection!.IndexOf("Database=", StringComparison.Ordinal) + 9)..].Split(';')[0];

    protected override async Task<ILinkStore> OpenAsync() => new PostgresStore(_connection ??= await server.NewDatabaseAsync(), null, TimeSpan.FromSeconds(30), TimeProvider.System);

    [Fact]
    public async Task Warming_connects_for_reads_and_writes_and_leaves_the_tables_empty()
    {
        var connection = await server.NewDatabaseAsync();
        await using var cold = new PostgresStore(connection, null, TimeSpan.FromSeconds(30), TimeProvider.System);
        await cold.MigrateAsync(CancellationToken.None).Within("the schema");

        await cold.WarmAsync(CancellationToken.None).Within("the warming");

        await using var observer = Npgsql.NpgsqlDataSource.Create(connection + ";Application Name=observer");
        await using var ask = observer.CreateCommand("SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'shortener'), (SELECT count(*) FROM links)");
        await using var row = await ask.ExecuteReaderAsync();
        await row.ReadAsync();
        Assert.InRange(row.GetInt64(0), 2, 8); // up to four for reads, four for writes
        Assert.Equal(0, row.GetInt64(1));
    }

    [Fact]
    public async Task A_statement_over_its_time_is_ended_by_the_server_and_surely_not_written()
    {
        await using var impatient = new PostgresStore(_connection!, null, TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await using var locker = Npgsql.NpgsqlDataSource.Create(_connection + ";Application Name=locker");
        await using var connection = await locker.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE links IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await command.ExecuteNonQueryAsync();

        var failure = await Assert.ThrowsAsync<StoreException>(() => impatient.InsertAsync(() => [Link("one")]).Within("the refusal"));

        Assert.False(failure.MayHaveWritten);
        await transaction.RollbackAsync();
        Assert.Null(await FindAsync("one"));
        Assert.IsType<InsertOutcome.Created>(Assert.Single(await impatient.InsertAsync(() => [Link("one")]).Within("an insert")));
    }

    [Fact]
    public async Task A_connection_that_breaks_during_a_write_leaves_its_fate_unknown()
    {
        await using var locker = Npgsql.NpgsqlDataSource.Create(_connection + ";Application Name=locker");
        await using var connection = await locker.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE links IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await command.ExecuteNonQueryAsync();
        var writing = Store.InsertAsync(() => [Link("one")]);

        // Killed only once it really waits for the lock, so that the statement was surely sent.
        await Patience.Until(async () =>
        {
            await using var source = Npgsql.NpgsqlDataSource.Create(_connection + ";Application Name=killer");
            await using var kill = source.CreateCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'shortener' AND wait_event_type = 'Lock'");
            return (long)(await kill.ExecuteScalarAsync())! > 0;
        }, "the writer to wait");
        var failure = await Assert.ThrowsAsync<StoreException>(() => writing.Within("the failure"));

        Assert.True(failure.MayHaveWritten);
        await transaction.RollbackAsync();
        Assert.IsType<InsertOutcome.Created>(Assert.Single(await InsertAsync(Link("one")))); // and the store goes on
    }

    [Fact]
    public async Task Without_a_server_a_write_is_surely_not_written()
    {
        await using var store = new PostgresStore("Host=127.0.0.1;Port=1;Username=postgres;Database=x", null, TimeSpan.FromSeconds(1), TimeProvider.System);
        var taken = false;

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.InsertAsync(() =>
        {
            taken = true;
            return [Link("one")];
        }).Within("the refusal"));

        Assert.False(failure.MayHaveWritten);
        Assert.False(taken);
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_answers_is_found()
    {
        await InsertAsync(Link("one"));
        await using var store = new PostgresStore($"Host=127.0.0.1:1,127.0.0.1:{server.Port};Username=postgres;Database={Database};Maximum Pool Size=4", null, TimeSpan.FromSeconds(30), TimeProvider.System);

        Assert.NotNull(await store.FindAsync(ShortCode.Parse("one"), CancellationToken.None).Within("a look"));
        Assert.IsType<InsertOutcome.Created>(Assert.Single(await store.InsertAsync(() => [Link("two")]).Within("an insert")));
    }

    [Fact]
    public async Task A_server_that_may_only_read_refuses_writes_and_answers_reads()
    {
        await InsertAsync(Link("one"));
        await server.ExecuteAsync(Database, $"ALTER DATABASE {Database} SET default_transaction_read_only = on");
        await using var store = new PostgresStore(_connection!, null, TimeSpan.FromSeconds(30), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.InsertAsync(() => [Link("two")]).Within("the refusal"));

        Assert.False(failure.MayHaveWritten);
        Assert.NotNull(await store.FindAsync(ShortCode.Parse("one"), CancellationToken.None).Within("a look"));
    }

    [Fact]
    public async Task Without_a_primary_a_standby_shows_the_links_it_has_and_never_says_that_there_is_none()
    {
        await InsertAsync(Link("one"));
        await using var store = new PostgresStore("Host=127.0.0.1;Port=1;Username=postgres;Database=x", _connection, TimeSpan.FromSeconds(30), TimeProvider.System);

        var found = await store.FindAsync(ShortCode.Parse("one"), CancellationToken.None).Within("a look");

        Assert.Equal("one", found?.Code.Text);
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => store.FindAsync(ShortCode.Parse("two"), CancellationToken.None).Within("the refusal"));
    }

    [Fact]
    public async Task While_the_primary_is_silent_a_standby_answers_and_once_it_speaks_its_word_counts()
    {
        await InsertAsync(Link("one"));
        await using var primary = Npgsql.NpgsqlDataSource.Create(await server.NewDatabaseAsync());
        await using var store = new PostgresStore(primary.ConnectionString, _connection, TimeSpan.FromSeconds(30), TimeProvider.System);
        await store.MigrateAsync(CancellationToken.None).Within("the schema");
        await using var connection = await primary.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE links IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await command.ExecuteNonQueryAsync();

        Assert.NotNull(await store.FindAsync(ShortCode.Parse("one"), CancellationToken.None).Within("the standby's answer"));

        var asked = store.FindAsync(ShortCode.Parse("two"), CancellationToken.None);
        await transaction.RollbackAsync();
        Assert.Null(await asked.Within("the primary's answer"));
    }

    [Fact]
    public async Task Told_so_links_are_read_from_the_standby_and_from_the_primary_only_when_it_does_not_know_them()
    {
        await InsertAsync(Link("one"));
        await using var primary = Npgsql.NpgsqlDataSource.Create(await server.NewDatabaseAsync());
        var faults = new FaultList(TimeProvider.System);
        var stations = new StationSet(faults, 4, TimeProvider.System);
        await using var store = new PostgresStore(primary.ConnectionString, _connection, TimeSpan.FromSeconds(30), TimeProvider.System, new(4, true, 0), stations);
        await store.MigrateAsync(CancellationToken.None).Within("the schema");
        Assert.IsType<InsertOutcome.Created>(Assert.Single(await store.InsertAsync(() => [Link("two")]).Within("an insert")));
        async Task<bool> HasAsync(string code) => await store.FindAsync(ShortCode.Parse(code), CancellationToken.None).Within("a look") is not null;

        Assert.True(await HasAsync("one")); // only the standby has it
        Assert.True(await HasAsync("two")); // only the primary has it

        faults.Add(new(FaultKind.Capacity, 1, [], null, default, default, 0, TimeSpan.FromMinutes(5), null, "x") { At = StationSet.StandbyName, Add = -1 });
        Assert.False(await HasAsync("one")); // the standby is not asked any more
        var counts = stations.Read().ToDictionary(station => station.Name, station => station.Completions);
        Assert.Equal((2, 2, 1), (counts["standby"], counts["primary"], counts["connection"]));
    }

    [Fact]
    public async Task With_a_total_in_one_row_whoever_reads_waits_for_the_lock_of_that_row()
    {
        await InsertAsync(Link("one"));
        var stations = new StationSet(new FaultList(TimeProvider.System), 4, TimeProvider.System, totalRows: 1);
        await using var store = new PostgresStore(_connection!, null, TimeSpan.FromSeconds(30), TimeProvider.System, new(4, false, 1), stations);
        await store.MigrateAsync(CancellationToken.None).Within("the schema");
        await using var locker = Npgsql.NpgsqlDataSource.Create(_connection + ";Application Name=locker");
        await using var connection = await locker.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("UPDATE read_totals SET reads = reads WHERE slot = 0", connection, transaction)) await command.ExecuteNonQueryAsync();

        var looks = Enumerable.Range(0, 3).Select(_ => store.FindAsync(ShortCode.Parse("one"), CancellationToken.None)).ToList();
        await Patience.Until(async () =>
        {
            await using var waiting = locker.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'shortener' AND wait_event_type = 'Lock'");
            return (long)(await waiting.ExecuteScalarAsync())! == 3;
        }, "three backends at the lock");
        var row = stations.Read().Single(station => station.Name == StationSet.RowName);
        Assert.Equal((1, 3, 0), (row.Capacity, row.Waiting, row.Busy));

        await transaction.RollbackAsync();
        foreach (var look in looks) Assert.NotNull(await look.Within("a look"));
        await using var total = locker.CreateCommand("SELECT sum(reads)::bigint FROM read_totals");
        Assert.Equal(3L, await total.ExecuteScalarAsync());
        Assert.Equal(3, stations.Read().Single(station => station.Name == StationSet.RowName).Completions);
    }

    [Fact]
    public async Task A_dose_at_the_database_is_spent_by_the_server_and_the_answer_stays_right()
    {
        await InsertAsync(Link("one"));
        var faults = new FaultList(TimeProvider.System);
        await using var store = new PostgresStore(_connection!, null, TimeSpan.FromSeconds(30), TimeProvider.System, new(4, false, 0), new StationSet(faults, 4, TimeProvider.System));
        var dose = faults.Add(new(FaultKind.Burn, 1, [], null, TimeSpan.FromMilliseconds(1), default, 0, TimeSpan.FromMinutes(5), null, "x") { At = StationSet.DatabaseName })!;

        Assert.NotNull(await store.FindAsync(ShortCode.Parse("one"), CancellationToken.None).Within("a look"));
        Assert.Null(await store.FindAsync(ShortCode.Parse("two"), CancellationToken.None).Within("a look"));
        Assert.Equal(2, dose.Evidence.Completed);
    }
}
