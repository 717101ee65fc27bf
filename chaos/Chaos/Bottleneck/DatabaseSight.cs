namespace ChaosLab.Chaos.Bottleneck;

/// <summary>What one PostgreSQL server said of itself over a stretch of time.</summary>
/// <param name="Server">Its host.</param>
/// <param name="IsStandby">It replays what another one writes (<c>pg_is_in_recovery</c>).</param>
/// <param name="Waits">Mean number of backends of the service that wait, by event such as <c>Lock:transactionid</c> (<c>pg_stat_activity</c>, sampled).</param>
/// <param name="Heaviest">The statement with the most time (<c>pg_stat_statements</c>); null when none was called.</param>
/// <param name="Scanned">The table with the most rows read one after the other (<c>pg_stat_user_tables</c>); null when none was.</param>
/// <param name="Transactions">Ended per second (<c>pg_stat_database</c>).</param>
public sealed record DatabaseSight(string Server, bool IsStandby, IReadOnlyDictionary<string, double> Waits, StatementSight? Heaviest, ScanSight? Scanned, double Transactions)
{
    /// <summary>Mean number of backends that wait for a lock that another transaction holds.</summary>
    public double LockWaiters => Waits.Where(wait => wait.Key.StartsWith("Lock:", StringComparison.Ordinal)).Sum(wait => wait.Value);
}

/// <summary>One statement.</summary>
/// <param name="Text">With placeholders.</param>
/// <param name="Calls">Per second.</param>
/// <param name="Seconds">Mean time of a call in the server.</param>
/// <param name="Share">Share of all statements' time, 0 to 1.</param>
public sealed record StatementSight(string Text, double Calls, double Seconds, double Share);

/// <summary>Sequential scans of one table.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Scans">Per second.</param>
/// <param name="Rows">Rows read by each.</param>
public sealed record ScanSight(string Table, double Scans, double Rows);
