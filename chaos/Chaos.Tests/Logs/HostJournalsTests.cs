using System.Diagnostics;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Tests.Embedded;
using ChaosLab.Chaos.Tests.Hosts;
using ChaosLab.Lab.Logs;

namespace ChaosLab.Chaos.Tests.Logs;

public class HostJournalsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public async Task The_journal_is_asked_for_whole_seconds_around_the_window_and_for_the_units_of_the_host()
    {
        var words = await AskedAsync(HostJournals.Words(new Window(Noon, Noon.AddSeconds(5)), ["haproxy", "keepalived"]));

        Assert.Equal(["--no-pager", "--quiet", "--all", "--output=json", "--output-fields=MESSAGE", "--since=@1795953600", "--until=@1795953606", "--unit=haproxy", "--unit=keepalived"], words);
    }

    [Fact]
    public async Task Without_an_end_it_is_asked_until_now()
    {
        var words = await AskedAsync(HostJournals.Words(new Window(DateTimeOffset.MinValue, DateTimeOffset.MaxValue), ["shortener"]));

        Assert.Equal(["--no-pager", "--quiet", "--all", "--output=json", "--output-fields=MESSAGE", "--since=@0", "--unit=shortener"], words);
    }

    [Fact]
    public void What_it_answers_becomes_lines_with_the_services_own_time()
    {
        var lines = HostJournals.Read("app1", """
            {"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":"{\"time\":\"2026-11-29T12:00:00.100Z\",\"message\":\"said\",\"status\":503}"}
            {"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":[66,108,195,164]}
            {"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":null}

            """);

        Assert.Equal(["said", "Blä", ""], lines.Select(line => line.Message));
        Assert.Equal([Noon.AddMilliseconds(-150), Noon, Noon], lines.Select(line => line.At));
        Assert.Equal(503, lines[0].Status);
    }

    [Fact]
    public async Task A_line_longer_than_journalctl_likes_comes_whole()
    {
        var stack = new string('x', 10_000);
        // As the real one: fields of more than 4096 bytes are null unless all is asked for.
        var printed = await RunAsync(HostJournals.Words(new Window(Noon, Noon.AddSeconds(5)), ["shortener"]), $$"""
            #!/bin/sh
            case " $* " in *" --all "*) said='"{{stack}}"' ;; *) said=null ;; esac
            printf '{"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":%s}\n' "$said"

            """);

        Assert.Equal(stack, Assert.Single(HostJournals.Read("app1", printed)).Message);
    }

    [Fact]
    public void What_was_said_twice_in_one_entry_is_read_as_two_lines_of_it()
    {
        var line = Assert.Single(HostJournals.Read("db1", """{"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":["one",[66,108,195,164]]}"""));

        Assert.Equal("one\nBlä", line.Message);
    }

    [Theory]
    [InlineData("app", "shortener")]
    [InlineData("lb", "haproxy keepalived")]
    [InlineData("db", "etcd patroni")]
    [InlineData("obs", "prometheus prometheus-alertmanager prometheus-blackbox-exporter")]
    public void Every_service_of_a_host_is_asked_for(string role, string units) => Assert.Equal(units.Split(' '), HostJournals.UnitsOf(role));

    [Fact]
    public async Task Hosts_that_do_not_answer_are_named_with_the_reason()
    {
        // Nothing listens on port 1 of loopback.
        HostReach[] away = [new("app1", "app", "127.0.0.1", 1, "nobody", "", [], false), new("lb1", "lb", "127.0.0.1", 1, "nobody", "", [], false)];

        var (lines, silent) = await Until.Done(HostJournals.ReadAsync(away, new Window(Noon, Noon.AddSeconds(5)), CancellationToken.None));

        Assert.Empty(lines);
        Assert.Equal(["app1 (127.0.0.1) cannot be reached by ssh", "lb1 (127.0.0.1) cannot be reached by ssh"], silent.Select(why => why.Split(':')[0]));
    }

    [Fact]
    public async Task A_host_that_does_not_answer_keeps_no_line_of_the_others_away()
    {
        RealHosts.NeedThem();
        var stop = TestContext.Current.CancellationToken;
        var (_, reach) = await HostsLab.ReachAsync(RealHosts.Options(Labs.Program), stop);
        var away = reach.Hosts[0] with { Name = "away", Port = 1 };

        var (lines, silent) = await Until.Done(HostJournals.ReadAsync([away, .. reach.Hosts], new Window(TimeProvider.System.GetUtcNow().AddDays(-1), DateTimeOffset.MaxValue), stop));

        Assert.StartsWith("away ", Assert.Single(silent), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Host.StartsWith("app", StringComparison.Ordinal));
    }

    // With a journalctl that tells its words.
    private static async Task<string[]> AskedAsync(IReadOnlyList<string> words) =>
        (await RunAsync(words, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // The script as a host's shell runs it, with a journalctl of ours.
    private static async Task<string> RunAsync(IReadOnlyList<string> words, string journalctl)
    {
        using var folder = new Folder();
        var tool = folder.File("journalctl");
        File.WriteAllText(tool, journalctl);
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("/bin/sh", ["-s", "--", .. words]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = folder.Path + ":" + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(HostJournals.Script + "\n");
        process.StandardInput.Close();
        return await Until.Done(process.StandardOutput.ReadToEndAsync());
    }
}
