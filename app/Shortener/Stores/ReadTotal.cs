using ChaosLab.Shortener.Stations;
using Npgsql;

namespace ChaosLab.Shortener.Stores;

/// <summary>How links are read from PostgreSQL.</summary>
/// <param name="Connections">Connections that reads share, ≥ 1.</param>
/// <param name="FromStandby">Links are asked of the standby first.</param>
/// <param name="TotalRows">Rows of the running total; 0: there is none.</param>
public sealed record PostgresReads(int Connections, bool FromStandby, int TotalRows);

/// <summary>
/// A running total of look-ups, exact at every moment because each adds to it before it is answered. Whoever adds holds the lock of a row to
/// the end of a durable commit, so with one row all instances together do one look-up after the other. The cure is more rows: the total is their sum.
/// </summary>
/// <param name="writes">Leads to the primary.</param>
/// <param name="rows">Rows, 1 … 64, without a dose.</param>
/// <param name="stations">Doses and counts; null without chaos.</param>
internal sealed class ReadTotal(NpgsqlDataSource writes, int rows, StationSet? stations)
{
    private uint _next;

    /// <summary>Adds what makes the table.</summary>
    public static void AddSchema(NpgsqlBatch batch)
    {
        // Room for the versions of so few rows, so that each update finds a place on its page.
        batch.BatchCommands.Add(new("CREATE TABLE IF NOT EXISTS read_totals(slot int PRIMARY KEY, reads bigint NOT NULL DEFAULT 0) WITH (fillfactor = 20)"));
        batch.BatchCommands.Add(new("INSERT INTO read_totals(slot) SELECT generate_series(0, 127) ON CONFLICT DO NOTHING"));
    }

    /// <summary>Adds one; comes back when it is durable.</summary>
    public async Task AddAsync()
    {
        var slot = (int)(Interlocked.Increment(ref _next) % (uint)(stations?.Row.Capacity ?? rows));
        await using var connection = await writes.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("UPDATE read_totals SET reads = reads + 1 WHERE slot = $1", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = slot } },
        };
        stations?.Row.Arrive();
        try
        {
            await command.ExecuteNonQueryAsync();
        }
        catch
        {
            stations?.Row.GiveUp();
            throw;
        }

        stations?.Row.Begin();
        try
        {
            if (stations is not null) await stations.HoldAsync(StationSet.RowName, "link.get");
            await transaction.CommitAsync();
        }
        finally
        {
            stations?.Row.End();
        }
    }
}
