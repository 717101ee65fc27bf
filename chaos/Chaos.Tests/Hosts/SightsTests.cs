using ChaosLab.Chaos.Faults.Hosts;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Chaos.Tests.Hosts;

public class SightsTests
{
    [Fact]
    public void The_balancer_s_page_becomes_backends()
    {
        var state = HaproxyView.Parse("""
            # HELP haproxy_server_status Current status of the service, per state label value.
            haproxy_server_status{proxy="follow",server="app1",state="DOWN"} 0
            haproxy_server_status{proxy="follow",server="app1",state="UP"} 1
            haproxy_server_status{proxy="follow",server="app2",state="DOWN"} 1
            haproxy_server_status{proxy="follow",server="app2",state="UP"} 0
            haproxy_server_status{proxy="follow",server="app3",state="DRAIN"} 1
            haproxy_server_status{proxy="primary",server="db1",state="UP"} 1
            haproxy_server_retry_warnings_total{proxy="follow",server="app1"} 3
            haproxy_server_retry_warnings_total{proxy="create",server="app1"} 1
            haproxy_server_sessions_total{proxy="follow",server="app1"} 431

            """);

        Assert.Equal(["app1 up", "app2 down", "app3 draining"], state.Backends.Select(backend => $"{backend.Name} {backend.State}"));
        Assert.Equal(4, state.Retries);
        Assert.Equal(431, state.Find("app1")!.Requests);
    }

    [Fact]
    public void The_cluster_is_told_without_who_plays_which_part()
    {
        const string Before = """{"members": [{"name": "db1", "role": "sync_standby", "state": "streaming", "timeline": 1}, {"name": "db2", "role": "leader", "state": "running", "timeline": 1}, {"name": "db3", "role": "replica", "state": "streaming", "timeline": 1}]}""";
        const string After = """{"members": [{"name": "db1", "role": "leader", "state": "running", "timeline": 2}, {"name": "db2", "role": "replica", "state": "streaming", "timeline": 2}, {"name": "db3", "role": "sync_standby", "state": "streaming", "timeline": 2}]}""";
        const string Between = """{"members": [{"name": "db1", "role": "leader", "state": "running", "timeline": 2}, {"name": "db2", "role": "replica", "state": "stopped"}, {"name": "db3", "role": "replica", "state": "streaming", "timeline": 2}]}""";

        var (before, after, between) = (ClusterView.Parse(Before), ClusterView.Parse(After), ClusterView.Parse(Between));

        Assert.Equal(before.Text, after.Text);
        Assert.NotEqual(before.Text, between.Text);
        Assert.Equal(("db2", "db1", "db3", 1), (before.Leader, before.SyncStandby, before.Replica, before.Timeline));
    }

    [Fact]
    public void Packets_are_counted_over_all_rules_of_a_table()
    {
        const string Table = """
            {"nftables": [{"metainfo": {"version": "1.1.3"}}, {"table": {"family": "inet", "name": "lab_1"}}, {"chain": {"name": "in"}},
              {"rule": {"chain": "in", "expr": [{"match": {}}, {"counter": {"packets": 5, "bytes": 300}}, {"drop": null}]}},
              {"rule": {"chain": "out", "expr": [{"counter": {"packets": 2, "bytes": 120}}, {"drop": null}]}}]}
            """;

        Assert.Equal(7, NetTable.PacketsIn(Table));
    }

    [Fact]
    public void Processes_of_a_unit_are_read_with_start_and_state()
    {
        var state = HostService.Parse("101 5000 S\n102 5001 T\n");

        Assert.True(state.IsPaused);
        Assert.Equal([101, 102], state.Processes.Select(process => process.Pid));
        Assert.False(HostService.Parse("").IsRunning);
    }

    public static TheoryData<string, bool> Histories => new()
    {
        // host@begun-acknowledged, in seconds
        { "a@0-0.1 a@0.3-0.4 b@20-20.1 b@20.3-20.4", false },
        { "a@0-0.1 b@0.2-0.3 a@0.4-0.5", true },
        { "a@0-0.1 b@0.2-0.3 b@0.4-0.5 a@0.7-0.8", true },
        // one change, the last write of the old one answered late
        { "a@0-2.5 b@2-2.1 b@2.4-2.5", false },
        // there and back again, as slowly as failover goes
        { "a@0-0.1 b@5-5.1 b@9-9.1 a@14-14.1", false },
        { "a@0-0.1", false },
        { "", false },
    };

    [Theory]
    [MemberData(nameof(Histories))]
    public void Two_hosts_that_accept_writes_in_turn_are_two_primaries(string history, bool isSplit)
    {
        var writes = history.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text =>
        {
            var (host, times) = (text.Split('@')[0], text.Split('@')[1].Split('-'));
            return new AcceptedWrite(host, Seconds(times[0]), Seconds(times[1]));
        }).ToList();

        Assert.Equal(isSplit, AcceptedWrite.TwoAtOnce(writes) is not null);

        static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    }
}
