using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChaosLab.Shortener.Stores;

/// <summary>A connection with its prepared statements, used by one thread.</summary>
public sealed class SqliteSession : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>Opens the file.</summary>
    /// <param name="connectionString">In the words of Microsoft.Data.Sqlite.</param>
    /// <param name="busyTimeout">How long to wait for another instance's write (1 ms …).</param>
    public SqliteSession(string connectionString, TimeSpan busyTimeout)
    {
        Connection = new(connectionString);
        try
        {
            Connection.Open();
            // FULL: a commit returns after the log is on the disk, so an acknowledged link survives a power cut, not only a crash.
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {Math.Max(1, (long)busyTimeout.TotalMilliseconds)}; PRAGMA synchronous = FULL;"));
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    /// <summary>The open connection.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>A prepared statement with positional parameters <c>$1 … $n</c> set.</summary>
    /// <param name="sql">The statement; the same text is prepared once.</param>
    /// <param name="values">The values; null becomes NULL.</param>
    public SqliteCommand Prepare(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            // The library's own waiting sleeps 150 ms at a time; SQLite's busy_timeout waits better, so one second more is plenty.
            command.CommandTimeout = 1;
            for (var i = 1; i <= values.Length; i++) command.Parameters.AddWithValue("$" + i.ToString(CultureInfo.InvariantCulture), DBNull.Value);
            _prepared.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>
    /// Runs work in a write transaction. A failure before COMMIT leaves nothing behind; a failure of COMMIT itself cannot be told
    /// from success, unless SQLite says that it was busy.
    /// </summary>
    /// <typeparam name="T">What the work yields.</typeparam>
    /// <param name="work">Called once the write lock is held.</param>
    /// <exception cref="StoreException">Anything went wrong.</exception>
    public T Write<T>(Func<T> work)
    {
        var committing = false;
        try
        {
            Execute("BEGIN IMMEDIATE");
            var result = work();
            committing = true;
            Execute("COMMIT");
            return result;
        }
        catch (Exception e)
        {
            throw new StoreException(e.Message, committing && e is not SqliteException { SqliteErrorCode: raw.SQLITE_BUSY }, e);
        }
    }

    /// <summary>Closes the connection; an open transaction is rolled back.</summary>
    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        Connection.Dispose();
    }
}
