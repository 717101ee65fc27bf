using System.Data.Common;
using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stations;
using Npgsql;

namespace ChaosLab.Shortener.Stores;

/// <summary>
/// Links in PostgreSQL. Reads go to the primary, or to a standby while there is none or when told so. Writes go to the primary only. Nothing
/// is ever cancelled: callers stop waiting, the server's own limits end what takes too long.
/// </summary>
/// <remarks>
/// A cancelled wait for the synchronous standby would be a commit that PostgreSQL reports as done and a failover may lose. The
/// server's statement_timeout is switched off before the commit of a single statement begins (finish_xact_command in postgres.c),
/// so it cannot do that.
/// </remarks>
public sealed class PostgresStore : ILinkStore
{
    // The primary answers a look-up within milliseconds or it is in trouble. Short against the attempt's time of half a second.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // What a row of generate_series costs, about 0.1 µs. Doses are measured, so it need not be right.
    private const double BurntRowsPerSecond = 1e7;

    private const string Columns = "SELECT code, url, created_at, expires_at, clicks, idem_key, idem_hash FROM links ";
    private const string ByCode = Columns + "WHERE code = $1";
    private const int WarmConnections = 4;
    private readonly NpgsqlDataSource _reads, _writes;
    private readonly NpgsqlDataSource? _standby;
    private readonly TimeProvider _time;
    private readonly PostgresReads _wanted;
    private readonly StationSet? _stations;
    private readonly ReadTotal? _total;

    /// <summary>Prepares the pools; nothing is connected yet.</summary>
    /// <param name="connectionString">In the words of Npgsql, one host or several. What it says wins over the defaults set here.</param>
    /// <param name="standby">The same for a standby, asked for a link when the primary fails or is silent for 0.1 s; null: there is none.</param>
    /// <param name="limit">How long the server may work on a statement; null = as long as it likes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reads">How links are read; null: from the primary, with eight connections.</param>
    /// <param name="stations">Doses and counts on the way of reads; null without chaos.</param>
    public PostgresStore(string connectionString, string? standby, TimeSpan? limit, TimeProvider time, PostgresReads? reads = null, StationSet? stations = null)
    {
        (_time, _wanted, _stations) = (time, reads ?? new(8, false, 0), stations);
        // With stations their turnstile is the limit, which a dose may widen; the pool only has to be wide enough.
        var pool = (_wanted.Connections + (stations is null ? 0 : 64)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var isMultiHost = new NpgsqlConnectionStringBuilder(connectionString).Host!.Contains(',', StringComparison.Ordinal);
        _writes = Source(connectionString, limit, isMultiHost, TargetSessionAttributes.Primary, new() { ["Maximum Pool Size"] = "16" });
        // Not multiplexed, though that reads twice as fast: after the primary had been cut off for 25 s, multiplexed reads of all
        // three instances hung for good, without a single connection (Npgsql 10, seen 2026-11-29). Misses of the cache are rare.
        _reads = Source(connectionString, limit, isMultiHost, TargetSessionAttributes.PreferPrimary, new() { ["Maximum Pool Size"] = pool });
        if (standby is not null)
            _standby = Source(standby, limit, isMultiHost: false, TargetSessionAttributes.Any, new() { ["Maximum Pool Size"] = _wanted.FromStandby ? pool : "8" });
        if (_wanted.TotalRows > 0) _total = new ReadTotal(_writes, _wanted.TotalRows, stations);
    }

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken stop)
    {
        await using var connection = await _writes.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        // One instance at a time: CREATE … IF NOT EXISTS fails when two run it at once. A little room (fillfactor) lets click updates stay on their page.
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("SELECT pg_advisory_xact_lock(7316492)"),
                new("""
                    CREATE TABLE IF NOT EXISTS links(
                      code text COLLATE "C" PRIMARY KEY, url text NOT NULL, created_at timestamptz NOT NULL, expires_at timestamptz,
                      idem_key text COLLATE "C" UNIQUE, idem_hash bytea, clicks bigint NOT NULL DEFAULT 0) WITH (fillfactor = 70)
                    """),
                new("CREATE TABLE IF NOT EXISTS click_writers(writer text PRIMARY KEY, last_batch bigint NOT NULL, at timestamptz NOT NULL)"),
                new("DELETE FROM click_writers WHERE at < now() - interval '7 days'"),
            },
        };
        if (_total is not null) ReadTotal.AddSchema(batch);
        await batch.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public Task WarmAsync(CancellationToken stop)
    {
        // Twice each: the second time a connection prepares the statement. A few connections at once, as a burst of visitors wants them.
        return Task.WhenAll(Enumerable.Range(0, WarmConnections).SelectMany(_ => new[] { LookAsync(_reads), LookAsync(_standby), StoreNothingAsync() })).WaitAsync(stop);

        async Task LookAsync(NpgsqlDataSource? source)
        {
            for (var round = 0; source is not null && round < 2; round++) await FindAsync(source, ByCode, ShortCode.Random().Text);
        }

        async Task StoreNothingAsync()
        {
            for (var round = 0; round < 2; round++) await WriteAsync(static connection => StoreAsync(connection, []));
        }
    }

    /// <inheritdoc/>
    public async Task<Link?> FindAsync(ShortCode code, CancellationToken stop)
    {
        var link = await (_stations is { IsDosed: true } ? InTurnAsync(_stations, code, stop) : AskAsync(code, stop));
        if (link is not null && _total is not null) await _total.AddAsync().WaitAsync(stop);
        return link;
    }

    private async Task<Link?> InTurnAsync(StationSet stations, ShortCode code, CancellationToken stop)
    {
        await stations.Connections.EnterAsync(stop);
        // Whoever stops waiting leaves the connection at work: it is free only when the work has ended.
        var asking = HoldAndAskAsync();
        return await asking.WaitAsync(stop);

        async Task<Link?> HoldAndAskAsync()
        {
            try
            {
                await stations.HoldAsync(StationSet.ConnectionName, "link.get");
                return await AskAsync(code, CancellationToken.None);
            }
            finally
            {
                stations.Connections.Exit();
            }
        }
    }

    private async Task<Link?> AskAsync(ShortCode code, CancellationToken stop)
    {
        if (_standby is not null && _wanted.FromStandby && _stations is not { MayReadStandby: false })
        {
            try
            {
                // It may lag: only the primary may say that there is no such link.
                if (await FindAsync(_standby, ByCode, code.Text).WaitAsync(stop) is { } known) return known;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _ = e; // then the primary's answer, or its failure, is the store's
            }

            return await FindAsync(_reads, ByCode, code.Text).WaitAsync(stop);
        }

        var primary = FindAsync(_reads, ByCode, code.Text);
        if (_standby is null || _wanted.FromStandby) return await primary.WaitAsync(stop);
        try
        {
            return await primary.WaitAsync(Patience, _time, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A standby may lag: that a link is not there yet does not mean that there is none. Only the primary may say so.
            return await OfStandbyAsync(FindAsync(_standby, ByCode, code.Text), primary, stop) ?? await primary.WaitAsync(stop);
        }
    }

    /// <inheritdoc/>
    public Task<Link?> FindByKeyAsync(string key, CancellationToken stop) => FindAsync(_reads, Columns + "WHERE idem_key = $1", key).WaitAsync(stop);

    /// <inheritdoc/>
    public Task<IReadOnlyList<InsertOutcome>> InsertAsync(Func<IReadOnlyList<NewLink>> take) => WriteAsync<IReadOnlyList<InsertOutcome>>(async connection =>
    {
        var links = take();
        if (links.Count == 0) return [];
        var stored = await StoreAsync(connection, links);
        var keys = links.Where(link => link.Key is not null && !stored.Contains(link.Code.Text)).Select(static link => link.Key!).ToArray();
        var (known, trouble) = await KnownKeysAsync(connection, keys);
        return [.. links.Select(link => stored.Contains(link.Code.Text) ? new InsertOutcome.Created(link.Stored) : Explain(link, known, trouble))];
    });

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ShortCode code, WriteTicket ticket) => WriteAsync(async connection =>
    {
        await using var command = new NpgsqlCommand("DELETE FROM links WHERE code = $1", connection) { Parameters = { Value(code.Text) } };
        return ticket.TryBegin() && await command.ExecuteNonQueryAsync() > 0;
    });

    /// <inheritdoc/>
    public Task AddClicksAsync(ClickBatch batch, WriteTicket ticket) => WriteAsync(async connection =>
    {
        // One statement, so that a frozen client holds no lock. "turn" is empty when an earlier attempt with this number went
        // through after all; "held" locks rows in the order of their codes, so that instances cannot deadlock.
        await using var command = new NpgsqlCommand("""
            WITH turn AS (
              INSERT INTO click_writers(writer, last_batch, at) VALUES ($1, $2, now())
              ON CONFLICT (writer) DO UPDATE SET last_batch = excluded.last_batch, at = excluded.at WHERE click_writers.last_batch < excluded.last_batch
              RETURNING 1),
            held AS MATERIALIZED (
              SELECT l.code, v.clicks FROM unnest($3::text[], $4::bigint[]) AS v(code, clicks) JOIN links l ON l.code = v.code
              WHERE EXISTS (SELECT 1 FROM turn) ORDER BY l.code FOR UPDATE OF l)
            UPDATE links l SET clicks = l.clicks + held.clicks FROM held WHERE l.code = held.code
            """, connection)
        {
            Parameters =
            {
                Value(batch.Writer), Value(batch.Number),
                Values(batch.Clicks.Select(static link => link.Key)), Values(batch.Clicks.Select(static link => link.Value)),
            },
        };
        return ticket.TryBegin() ? await command.ExecuteNonQueryAsync() : 0;
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reads.DisposeAsync();
        await _writes.DisposeAsync();
        if (_standby is not null) await _standby.DisposeAsync();
    }

    private static NpgsqlDataSource Source(string connectionString, TimeSpan? limit, bool isMultiHost, TargetSessionAttributes target, Dictionary<string, string> defaults)
    {
        var text = new DbConnectionStringBuilder { ConnectionString = connectionString };
        defaults["Application Name"] = "shortener";
        defaults["Max Auto Prepare"] = "20";
        defaults["Auto Prepare Min Usages"] = "2";
        defaults["No Reset On Close"] = "true"; // safe: no SET, no temporary tables, no session locks, no LISTEN
        defaults["Timeout"] = "2";
        // The client's own limit is the last resort, for a server that died without a word: what it sends then is a cancellation,
        // waited for or not (seen in the server's log, 2026-11-29), on a new connection and on the thread that reads everybody's answers.
        defaults["Command Timeout"] = "30";
        defaults["Cancellation Timeout"] = "-1"; // a server that does not answer will not answer a cancellation either: break at once
        defaults["Tcp Keepalive"] = "true";
        defaults["Tcp Keepalive Time"] = "5"; // the kernel's: costs no statement
        if (isMultiHost) defaults["Host Recheck Seconds"] = "1"; // how long a host's role is believed: fast failover
        foreach (var (name, value) in defaults)
        {
            if (!text.ContainsKey(name)) text[name] = value;
        }

        if (limit is { } statement)
        {
            text.TryGetValue("Options", out var options);
            text["Options"] = FormattableString.Invariant($"{options} -c statement_timeout={(long)statement.TotalMilliseconds}").Trim();
        }

        var builder = new NpgsqlDataSourceBuilder(text.ConnectionString) { Name = "shortener" };
        return isMultiHost ? builder.BuildMultiHost().WithTargetSession(target) : builder.Build();
    }

    // What the standby says, or null when it says nothing or the primary was faster after all.
    private static async Task<Link?> OfStandbyAsync(Task<Link?> standby, Task<Link?> primary, CancellationToken stop)
    {
        if (!primary.IsFaulted && await Task.WhenAny(standby, primary).WaitAsync(stop) == primary && primary.IsCompletedSuccessfully) return null;
        try
        {
            return await standby.WaitAsync(stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _ = e; // then the primary's answer, or its failure, is the store's
            return null;
        }
    }

    private async Task<Link?> FindAsync(NpgsqlDataSource source, string sql, string value)
    {
        var station = source == _standby ? _stations?.Standby : _stations?.Primary;
        station?.Arrive();
        station?.Begin();
        try
        {
            using var burn = _stations?.BurnInDatabase("link.get") ?? default;
            await using var batch = source.CreateBatch();
            if (burn.Length > TimeSpan.Zero)
                batch.BatchCommands.Add(new("SELECT count(n) FROM generate_series(1, $1) AS n") { Parameters = { Value((int)(burn.Length.TotalSeconds * BurntRowsPerSecond)) } });
            batch.BatchCommands.Add(new(sql) { Parameters = { Value(value) } });
            await using var row = await batch.ExecuteReaderAsync();
            if (burn.Length > TimeSpan.Zero) await row.NextResultAsync();
            return await row.ReadAsync() ? Read(row) : null;
        }
        finally
        {
            station?.End();
        }
    }

    private async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work)
    {
        NpgsqlConnection connection;
        try
        {
            connection = await _writes.OpenConnectionAsync();
        }
        catch (Exception e)
        {
            throw new StoreException(e.Message, mayHaveWritten: false, e);
        }

        await using (connection)
        {
            try
            {
                return await work(connection);
            }
            catch (Exception e)
            {
                throw new StoreException(e.Message, MayHaveWritten(e), e);
            }
        }
    }

    // An error the server reports rolled the statement back, unless it says that it is going down or does not know itself
    // (PostgreSQL manual, appendix A: classes 08, 57P, 58, XX and 40003). Anything else broke on the way: nobody can tell.
    private static bool MayHaveWritten(Exception e) =>
        e is not PostgresException { SqlState: var state } || state is ['0', '8', ..] or ['5', '7', 'P', ..] or ['5', '8', ..] or ['X', 'X', ..] or "40003";

    // The codes that were not there yet.
    private static async Task<HashSet<string>> StoreAsync(NpgsqlConnection connection, IReadOnlyList<NewLink> links)
    {
        HashSet<string> stored = new(StringComparer.Ordinal);
        await using var insert = new NpgsqlCommand("""
            INSERT INTO links(code, url, created_at, expires_at, idem_key, idem_hash)
            SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::bytea[]) ORDER BY 1
            ON CONFLICT DO NOTHING RETURNING code
            """, connection);
        insert.Parameters.Add(Values(links.Select(static link => link.Code.Text)));
        insert.Parameters.Add(Values(links.Select(static link => link.Url)));
        insert.Parameters.Add(Values(links.Select(static link => link.CreatedAt.UtcDateTime)));
        insert.Parameters.Add(Values(links.Select(static link => link.ExpiresAt?.UtcDateTime)));
        insert.Parameters.Add(Values(links.Select(static link => link.Key)));
        insert.Parameters.Add(Values(links.Select(static link => link.RequestHash)));
        await using var rows = await insert.ExecuteReaderAsync();
        while (await rows.ReadAsync()) stored.Add(rows.GetString(0));
        return stored;
    }

    // Runs after the commit of the insert: whatever goes wrong here must not make those who were stored look unsaved.
    private static async Task<(Dictionary<string, (Link Link, byte[] Hash)> Known, StoreException? Trouble)> KnownKeysAsync(NpgsqlConnection connection, string[] keys)
    {
        Dictionary<string, (Link, byte[])> known = new(StringComparer.Ordinal);
        if (keys.Length == 0) return (known, null);
        try
        {
            await using var command = new NpgsqlCommand(Columns + "WHERE idem_key = ANY($1)", connection) { Parameters = { Values(keys) } };
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync()) known[rows.GetString(5)] = (Read(rows), rows.GetFieldValue<byte[]>(6));
            return (known, null);
        }
        catch (Exception e)
        {
            return (known, new(e.Message, mayHaveWritten: false, e));
        }
    }

    private static InsertOutcome Explain(NewLink link, Dictionary<string, (Link Link, byte[] Hash)> known, StoreException? trouble)
    {
        if (link.Key is null) return new InsertOutcome.CodeTaken();
        if (trouble is not null) return new InsertOutcome.Unexplained(trouble);
        if (!known.TryGetValue(link.Key, out var first)) return new InsertOutcome.CodeTaken();
        return first.Hash.AsSpan().SequenceEqual(link.RequestHash) ? new InsertOutcome.Replayed(first.Link) : new InsertOutcome.KeyReused();
    }

    private static Link Read(NpgsqlDataReader row) => new(
        ShortCode.Parse(row.GetString(0)), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2),
        row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.GetInt64(4));

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter<T[]> Values<T>(IEnumerable<T> values) => new() { TypedValue = [.. values] };
}
