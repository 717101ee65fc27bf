using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>The table of links is locked: every query on it waits.</summary>
public sealed record TableLock : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("table-lock", "Locks the table of links; aim it at `who: primary`", ["db"], [])
    {
        Read = (_, _) => new TableLock(),
    };

    /// <inheritdoc/>
    public override string Kind => "table-lock";

    /// <inheritdoc/>
    public override string Dose => "links locked in access exclusive mode";

    private protected override Injection On(HostSite site) => new LockInjection(site, site.For, TimeSpan.Zero);
}

/// <summary>Queries on the table of links are slow: it is locked again and again, for a moment each.</summary>
/// <param name="Hold">How long each lock is held: what an unlucky query waits, 10 ms to 30 s.</param>
/// <param name="Release">How long it is free between two, 1 ms to 30 s.</param>
public sealed record SlowQueries(TimeSpan Hold, TimeSpan Release) : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("slow-queries", "Queries on the table of links wait; aim it at `who: primary`", ["db"],
        [new("hold", "how long a query may have to wait, 10ms to 30s, required"), new("release", "time between two waits, 1ms to 30s, default 50ms")])
    {
        Read = (dose, _) =>
        {
            var release = dose.Duration("release", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30)) ?? TimeSpan.FromMilliseconds(50);
            return dose.Duration("hold", TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30), "Write hold: 800ms") is { } hold ? new SlowQueries(hold, release) : null;
        },
    };

    /// <inheritdoc/>
    public override string Kind => "slow-queries";

    /// <inheritdoc/>
    public override string Dose => $"queries on links wait up to {Units.Say(Hold)}, {Units.Say(Release)} free between";

    private protected override Injection On(HostSite site) => new LockInjection(site, Hold, Release);
}

/// <summary>Every connection that is not reserved for administrators is taken.</summary>
public sealed record ConnectionsTaken : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("connections-taken", "Takes every free connection of the database, never the reserved ones; aim it at `who: primary`", ["db"], [])
    {
        Read = (_, _) => new ConnectionsTaken(),
    };

    /// <inheritdoc/>
    public override string Kind => "connections-taken";

    /// <inheritdoc/>
    public override string Dose => "all connections but the reserved ones taken, and those of the application ended";

    private protected override Injection On(HostSite site) => new ConnectionInjection(site);
}

/// <summary>A program at the primary that holds something, known in PostgreSQL by its application name.</summary>
internal abstract class HoldInjection(HostSite site, string name, string program, IReadOnlyList<string> words)
    : UnitInjection(site, name, ["User=postgres"], ["/usr/bin/python3", "-c", program, $"lab-fault-{site.Mark}", .. words])
{
    private const string Stop = """
        systemctl stop "$1" 2>/dev/null || true
        systemctl reset-failed "$1" 2>/dev/null || true
        # Ended by its name also where the program is gone and its connection is not. No server here, nothing to end.
        cd /
        runuser -u postgres -- psql -qtAX -d postgres -v name="$2" <<'EOF' 2>/dev/null || true
        select pg_terminate_backend(pid) from pg_stat_activity where application_name = :'name';
        EOF
        """;

    protected string Name => $"lab-fault-{Site.Mark}";

    public override UndoAction Undo => Site.Undo($"end {Unit} and its connections", Stop, Unit, Name);

    public override async Task<string?> RefusalAsync(CancellationToken stop) =>
        (await Site.Lab.ClusterAsync(stop))?.Leader == Site.Host.Name ? null : $"{Site.Host.Name} is not the primary: aim at `who: primary`";

    protected async Task<string> AskAsync(string query, CancellationToken stop) => (await Site.Host.Ssh.AskAsync("""
        cd /
        printf '%s\n' "$1" | runuser -u postgres -- psql -qtAX -d "$2"
        """, [query, Site.Lab.Reach.DatabaseUser], stop)).Output.Trim();
}

internal sealed class LockInjection(HostSite site, TimeSpan hold, TimeSpan release) : HoldInjection(site, "lock", Program,
    [site.Lab.Reach.DatabaseUser, hold.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture), release.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)])
{
    private const string Program = """
        import sys, time, psycopg2
        name, database, hold, release = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
        connection = psycopg2.connect(dbname=database, application_name=name, host="/var/run/postgresql")
        cursor = connection.cursor()
        cursor.execute("set idle_in_transaction_session_timeout = %s", (str(int(hold * 1000) + 10000),))
        connection.commit()
        while True:
            cursor.execute("lock table links in access exclusive mode")
            time.sleep(hold)
            connection.commit()
            time.sleep(release)
        """;

    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        var waiting = await AskAsync($"select count(*) from pg_locks l join pg_stat_activity holder on holder.pid = any(pg_blocking_pids(l.pid)) where not l.granted and holder.application_name = '{Name}'", stop);
        return new Sight(int.TryParse(waiting, out var queries) && queries > 0, $"{(waiting.Length == 0 ? "no answer, so no" : waiting)} queries wait for it");
    }
}

internal sealed class ConnectionInjection(HostSite site) : HoldInjection(site, "connections", Program, [site.Lab.Reach.DatabaseUser])
{
    // The program is a superuser, so nothing but its own arithmetic keeps it from the reserved connections: it must leave
    // them, and one more, for the undo and for Patroni.
    private const string Program = """
        import sys, time, psycopg2
        name, role = sys.argv[1], sys.argv[2]
        def connect():
            one = psycopg2.connect(dbname="postgres", application_name=name, host="/var/run/postgresql")
            one.autocommit = True
            return one
        first = connect()
        ask = first.cursor()
        ask.execute("select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - current_setting('reserved_connections')::int")
        most = ask.fetchone()[0]
        held = []
        while True:
            ask.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s and application_name <> 'lab-witness'", (role,))
            ask.execute("select count(*) from pg_stat_activity where backend_type in ('client backend', 'walsender')")
            for _ in range(most - ask.fetchone()[0]):
                try:
                    held.append(connect())
                except psycopg2.OperationalError:
                    break  # somebody else was faster
            time.sleep(0.1)
        """;

    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        var counts = await AskAsync($"select count(*) filter (where application_name = '{Name}') || ' ' || count(*) || ' ' || current_setting('max_connections') from pg_stat_activity where backend_type = 'client backend'", stop);
        return counts.Split(' ') is [var ours, var all, var most] && int.TryParse(ours, out var held)
            ? new Sight(held > 1 && int.Parse(all, System.Globalization.CultureInfo.InvariantCulture) >= int.Parse(most, System.Globalization.CultureInfo.InvariantCulture) - 10, $"{held} of {most} connections taken, {all} in use")
            : new Sight(false, $"{await SaidAsync(stop)} {counts}");
    }
}
