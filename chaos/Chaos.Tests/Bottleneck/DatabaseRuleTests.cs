using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Lab.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

/// <summary>The database's parts are named by what the database says of itself, whatever was planted.</summary>
public class DatabaseRuleTests
{
    private const string LookUp = "SELECT code, url FROM links WHERE code = $1";

    private static DatabaseSight Sight(bool isStandby = false, double lockWaiters = 0, double scans = 0, double rows = 0) => new(
        isStandby ? "db2" : "db1", isStandby, lockWaiters > 0 ? new Dictionary<string, double> { ["Lock:transactionid"] = lockWaiters - 1, ["Lock:tuple"] = 1 } : new(),
        new StatementSight(LookUp, 120, 0.003, 0.95), scans > 0 ? new ScanSight("links", scans, rows) : null, 250);

    private static BottleneckVerdict Busy(DatabaseSight sight) => VerdictRules.Decide(Recorded.OnPostgres(sight, path: 0.005, database: 0.003, cores: 0.4, row: 0));

    private static BottleneckVerdict Queued(DatabaseSight sight) => VerdictRules.Decide(Recorded.OnPostgres(sight, path: 0.005, database: 0.0002, cores: 2, row: 0.008));

    [Fact]
    public void A_row_that_transactions_wait_for_is_a_hot_row()
    {
        var verdict = Queued(Sight(lockWaiters: 9));

        Assert.Equal("hot-row", verdict.Word);
        Assert.Contains(verdict.Because, line => line.Contains("row lock waits: 9.0 backends", StringComparison.Ordinal));
    }

    [Fact]
    public void A_queue_at_the_row_that_the_database_does_not_confirm_is_not_called_a_hot_row() => Assert.Equal("row", Queued(Sight()).Word);

    [Fact]
    public void A_busy_primary_whose_look_ups_scan_misses_an_index()
    {
        var verdict = Busy(Sight(scans: 118, rows: 30_000));

        Assert.Equal(("missing-index", "db1"), (verdict.Word, verdict.Component?.Instance));
        Assert.Contains(verdict.Because, line => line.Contains("118 sequential scans/s of links read 30000 rows each", StringComparison.Ordinal));
        Assert.NotEqual("low", verdict.Confidence);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(118, 50)] // a small table is best read as a whole
    [InlineData(3, 30_000)] // somebody else's scans
    public void A_busy_primary_whose_look_ups_do_not_scan_is_just_busy(double scans, double rows) => Assert.Equal("database", Busy(Sight(scans: scans, rows: rows)).Word);

    [Fact]
    public void A_busy_standby_that_answers_look_ups_is_a_slow_replica()
    {
        var verdict = Busy(Sight(isStandby: true, scans: 118, rows: 30_000));

        Assert.Equal(("slow-replica", "db2"), (verdict.Word, verdict.Component?.Instance));
    }

    [Fact]
    public void A_database_with_time_to_spare_is_no_bottleneck_whatever_it_scans() =>
        Assert.Equal("nothing", VerdictRules.Decide(Recorded.OnPostgres(Sight(scans: 118, rows: 30_000), path: 0.060, database: 0.0004, cores: 0.4, row: 0)).Word);

    [Fact]
    public void Laws_hold_where_a_connection_is_held_while_its_holder_is_elsewhere()
    {
        var reading = Recorded.OnPostgres(Sight(), path: 0.005, database: 0.003, cores: 0.4, row: 0.001).Baseline;

        Assert.Empty(OperationalLaws.Broken(reading));
        Assert.NotEmpty(OperationalLaws.Broken(reading with { Resources = [.. reading.Resources.Select(resource => resource with { Inside = 0 })] }));
    }

    [Fact]
    public void The_cure_is_predicted_from_what_remains()
    {
        var reading = Recorded.OnPostgres(Sight(scans: 118, rows: 30_000), path: 0.005, database: 0.003, cores: 0.4, row: 0).Baseline;

        var indexed = Relief.Predict(reading, resource => resource.Capacity, resource => resource.Kind == ComponentKind.Database ? 0.05 : 1);
        var truth = Recorded.OnPostgres(Sight(), path: 0.005, database: 0.003 * 0.05, cores: 0.4, row: 0).Baseline;

        Assert.InRange(indexed.Throughput / truth.Throughput, 0.95, 1.05);
        Assert.Equal("lock@app1", indexed.Next);
    }

    [Fact]
    public void A_second_row_gives_what_mean_value_analysis_says()
    {
        var reading = Recorded.OnPostgres(Sight(lockWaiters: 9), path: 0.005, database: 0.0002, cores: 2, row: 0.008).Baseline;

        Assert.InRange(Relief.Predict(reading, resource => resource.Capacity + (resource.Kind == ComponentKind.Row ? 1 : 0)).Throughput / reading.Throughput, 1.8, 2.0);
    }

    [Theory]
    [InlineData(LookUp, "code")]
    [InlineData("select 1 from t where Id = $3 ", "Id")]
    [InlineData("SELECT code FROM links WHERE code = $1 AND url = $2", null)]
    [InlineData("SELECT count(n) FROM generate_series($2, $1) AS n", null)]
    public void The_column_that_wants_an_index_is_read_off_the_statement(string statement, string? column) => Assert.Equal(column, Cures.ColumnOf(statement));
}
