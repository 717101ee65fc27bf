using System.Globalization;
using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Running;
using Npgsql;
using Host = ChaosLab.Chaos.Running.Host;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Looks at one PostgreSQL server whose processes are on this machine: its own figures by SQL, its processor time by the kernel's.</summary>
internal sealed class DatabaseView : IAsyncDisposable
{
    // Who is the service's: the name that the shortener gives its connections.
    private const string Service = "shortener";
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(100);
    private readonly Func<IEnumerable<int>> processes;
    private readonly NpgsqlDataSource source;
    private readonly TimeProvider time;

    /// <summary>Prepares; nothing is connected yet.</summary>
    /// <param name="host">Its host.</param>
    /// <param name="connection">In the words of Npgsql.</param>
    /// <param name="processes">Numbers of its processes on this machine; none when it has ended.</param>
    /// <param name="time">The clock.</param>
    public DatabaseView(Host host, string connection, Func<IEnumerable<int>> processes, TimeProvider time)
    {
        (Host, this.processes, this.time) = (host, processes, time);
        source = NpgsqlDataSource.Create(connection + ";Application Name=lab;Maximum Pool Size=4;Command Timeout=60");
    }

    /// <summary>Processes of the server whose data lie in a folder: the one that its pid file names, and its children.</summary>
    public static IEnumerable<int> ProcessesOf(string folder)
    {
        try
        {
            var first = File.ReadLines(Path.Combine(folder, "postmaster.pid")).First();
            return [.. File.ReadAllText($"/proc/{first}/task/{first}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend(first).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // it has ended; whoever waits for its answers will say so
        }
    }

    public Host Host { get; }

    /// <summary>Processor time of each of its processes so far, in s, by process id (/proc/pid/schedstat: the first figure is ns on a processor).</summary>
    public IReadOnlyDictionary<int, double> ReadProcessors()
    {
        var times = new Dictionary<int, double>();
        foreach (var pid in processes())
            if (ReadProcessor(pid) is { } seconds) times[pid] = seconds;
        return times;
    }

    /// <summary>What it says of itself over so long.</summary>
    public async Task<DatabaseSight> LookAsync(TimeSpan length, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var before = await SumAsync(stop);
        var (waits, samples) = (new Dictionary<string, double>(), 0);
        while (samples == 0 || time.GetElapsedTime(began) < length)
        {
            await Task.Delay(SampleEvery, time, stop);
            samples++;
            await foreach (var row in ReadAsync("SELECT wait_event_type || ':' || wait_event, count(*) FROM pg_stat_activity WHERE application_name = $1 AND state = 'active' AND wait_event IS NOT NULL AND wait_event_type <> 'Client' GROUP BY 1", stop, Service))
                waits[row.GetString(0)] = waits.GetValueOrDefault(row.GetString(0)) + row.GetInt64(1);
        }

        var after = await SumAsync(stop);
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        var statements = after.Statements.Select(now => (now.Key, Calls: now.Value.Calls - before.Statements.GetValueOrDefault(now.Key).Calls, Seconds: now.Value.Seconds - before.Statements.GetValueOrDefault(now.Key).Seconds)).ToList();
        var heaviest = statements.Where(statement => statement.Calls > 0).OrderByDescending(statement => statement.Seconds).FirstOrDefault();
        var scans = after.Scans.Select(now => (now.Key, Scans: now.Value.Scans - before.Scans.GetValueOrDefault(now.Key).Scans, Rows: now.Value.Rows - before.Scans.GetValueOrDefault(now.Key).Rows)).ToList();
        var scanned = scans.Where(scan => scan.Scans > 0).OrderByDescending(scan => scan.Rows).FirstOrDefault();
        return new DatabaseSight(
            Host.Name, after.IsStandby, waits.ToDictionary(wait => wait.Key, wait => wait.Value / samples),
            heaviest.Key is null ? null : new StatementSight(heaviest.Key, heaviest.Calls / seconds, heaviest.Seconds / heaviest.Calls, heaviest.Seconds / Math.Max(1e-9, statements.Sum(statement => statement.Seconds))),
            scanned.Key is null ? null : new ScanSight(scanned.Key, scanned.Scans / seconds, (double)scanned.Rows / scanned.Scans),
            (after.Transactions - before.Transactions) / seconds);
    }

    /// <summary>Does something to it.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken stop)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(stop);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<Sums> SumAsync(CancellationToken stop)
    {
        var sums = new Sums();
        await foreach (var row in ReadAsync("SELECT pg_is_in_recovery(), xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()", stop))
            (sums.IsStandby, sums.Transactions) = (row.GetBoolean(0), row.GetInt64(1));
        // An extension: where nobody made it, statements are not known.
        var knowsStatements = false;
        await foreach (var row in ReadAsync("SELECT to_regclass('pg_stat_statements') IS NOT NULL", stop)) knowsStatements = row.GetBoolean(0);
        if (knowsStatements)
        {
            await foreach (var row in ReadAsync("SELECT query, sum(calls)::bigint, sum(total_exec_time) / 1000 FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY 1", stop))
                sums.Statements[row.GetString(0)] = (row.GetInt64(1), row.GetDouble(2));
        }

        await foreach (var row in ReadAsync("SELECT relname::text, coalesce(seq_scan, 0), coalesce(seq_tup_read, 0) FROM pg_stat_user_tables", stop))
            sums.Scans[row.GetString(0)] = (row.GetInt64(1), row.GetInt64(2));
        return sums;
    }

    private async IAsyncEnumerable<NpgsqlDataReader> ReadAsync(string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop, params string[] values)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        await using var rows = await command.ExecuteReaderAsync(stop);
        while (await rows.ReadAsync(stop)) yield return rows;
    }

    private static double? ReadProcessor(int pid)
    {
        try
        {
            return double.Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/schedstat")).Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;
        }
        catch (IOException)
        {
            return null; // it ended between listing and reading
        }
    }

    private sealed class Sums
    {
        public bool IsStandby { get; set; }

        public long Transactions { get; set; }

        public Dictionary<string, (long Calls, double Seconds)> Statements { get; } = [];

        public Dictionary<string, (long Scans, long Rows)> Scans { get; } = [];
    }
}
