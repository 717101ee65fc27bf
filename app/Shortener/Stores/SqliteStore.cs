using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Stations;
using Microsoft.Data.Sqlite;

namespace ChaosLab.Shortener.Stores;

/// <summary>Links in one SQLite file (write-ahead log), shared by the instances of one machine.</summary>
public sealed class SqliteStore : ILinkStore
{
    private const string Columns = "SELECT code, url, created_at, expires_at, clicks, idem_hash FROM links ";
    private static readonly TimeSpan WriterMemory = TimeSpan.FromDays(7);
    private readonly SqliteReaders _readers;
    private readonly SqliteLane _writer;
    private readonly TimeProvider _time;

    /// <summary>Opens nothing yet: the file is opened by the first call.</summary>
    /// <param name="connectionString">In the words of Microsoft.Data.Sqlite.</param>
    /// <param name="busyTimeout">How long a write waits for another instance's write.</param>
    /// <param name="time">The clock.</param>
    /// <param name="readers">Connections that reads share, ≥ 1.</param>
    /// <param name="stations">Doses and counts on the way of reads; null without chaos.</param>
    public SqliteStore(string connectionString, TimeSpan busyTimeout, TimeProvider time, int readers = 2, StationSet? stations = null)
    {
        // Each lane owns its connection for good; the library's pool would only keep the file open after the end.
        var text = new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString();
        SqliteSession Open() => new(text, busyTimeout);
        _readers = new(readers, Open, stations, time);
        _writer = new("sqlite-write", Open);
        _time = time;
    }

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken stop) => _writer.RunAsync(session =>
    {
        session.Execute("PRAGMA journal_mode = WAL");
        return session.Write(() =>
        {
            session.Execute("""
                CREATE TABLE IF NOT EXISTS links(
                  code TEXT PRIMARY KEY, url TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER,
                  idem_key TEXT UNIQUE, idem_hash BLOB, clicks INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID
                """);
            session.Execute("CREATE TABLE IF NOT EXISTS click_writers(writer TEXT PRIMARY KEY, last_batch INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID");
            return session.Execute("DELETE FROM click_writers WHERE at < $1", Milliseconds(_time.GetUtcNow() - WriterMemory));
        });
    }, stop);

    /// <inheritdoc/>
    public async Task WarmAsync(CancellationToken stop)
    {
        await FindAsync(ShortCode.Random(), stop);
        await FindByKeyAsync("", stop);
    }

    /// <inheritdoc/>
    public Task<Link?> FindAsync(ShortCode code, CancellationToken stop) =>
        _readers.RunAsync("link.get", session => Find(session, Columns + "WHERE code = $1", code.Text)?.Link, stop);

    /// <inheritdoc/>
    public Task<Link?> FindByKeyAsync(string key, CancellationToken stop) =>
        _readers.RunAsync("link.by-key", session => Find(session, Columns + "WHERE idem_key = $1", key)?.Link, stop);

    /// <inheritdoc/>
    public Task<IReadOnlyList<InsertOutcome>> InsertAsync(Func<IReadOnlyList<NewLink>> take) =>
        _writer.RunAsync(session => session.Write<IReadOnlyList<InsertOutcome>>(() => [.. take().Select(link => Insert(session, link))]), CancellationToken.None);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ShortCode code, WriteTicket ticket) =>
        _writer.RunAsync(session => session.Write(() => ticket.TryBegin() && session.Execute("DELETE FROM links WHERE code = $1", code.Text) > 0), CancellationToken.None);

    /// <inheritdoc/>
    public Task AddClicksAsync(ClickBatch batch, WriteTicket ticket) => _writer.RunAsync(session => session.Write(() =>
    {
        if (!ticket.TryBegin()) return false;
        // Whoever finds the batch's number already there knows that an earlier attempt went through after all.
        var isNew = session.Execute("""
            INSERT INTO click_writers(writer, last_batch, at) VALUES ($1, $2, $3)
            ON CONFLICT(writer) DO UPDATE SET last_batch = excluded.last_batch, at = excluded.at WHERE last_batch < excluded.last_batch
            """, batch.Writer, batch.Number, Milliseconds(_time.GetUtcNow())) > 0;
        if (isNew)
        {
            foreach (var (code, clicks) in batch.Clicks) session.Execute("UPDATE links SET clicks = clicks + $2 WHERE code = $1", code, clicks);
        }

        return isNew;
    }), CancellationToken.None);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        _readers.Dispose();
        return ValueTask.CompletedTask;
    }

    private static InsertOutcome Insert(SqliteSession session, NewLink link)
    {
        var isStored = session.Execute(
            "INSERT INTO links(code, url, created_at, expires_at, idem_key, idem_hash) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            link.Code.Text, link.Url, Milliseconds(link.CreatedAt), link.ExpiresAt is { } end ? Milliseconds(end) : null, link.Key, link.RequestHash) > 0;
        if (isStored) return new InsertOutcome.Created(link.Stored);
        if (link.Key is null || Find(session, Columns + "WHERE idem_key = $1", link.Key) is not { } first) return new InsertOutcome.CodeTaken();
        return link.RequestHash.AsSpan().SequenceEqual(first.Hash) ? new InsertOutcome.Replayed(first.Link) : new InsertOutcome.KeyReused();
    }

    private static (Link Link, byte[]? Hash)? Find(SqliteSession session, string sql, string value)
    {
        using var row = session.Prepare(sql, value).ExecuteReader();
        if (!row.Read()) return null;
        var link = new Link(ShortCode.Parse(row.GetString(0)), row.GetString(1), Time(row.GetInt64(2)), row.IsDBNull(3) ? null : Time(row.GetInt64(3)), row.GetInt64(4));
        return (link, row.IsDBNull(5) ? null : (byte[])row[5]);
    }

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
