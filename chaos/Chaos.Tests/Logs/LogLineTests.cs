using ChaosLab.Lab.Logs;

namespace ChaosLab.Chaos.Tests.Logs;

public class LogLineTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private static readonly DateTimeOffset Before = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private const string Shortener = $$"""{"time":"2026-11-29T15:07:52.123Z","level":"warning","instance":"app1","category":"Requests","message":"GET /a7Xb2Qz answered 503 after 4 ms","method":"GET","path":"/a7Xb2Qz","status":503,"milliseconds":4.1,"traceId":"{{Trace}}"}""";
    private const string Balancer = $$$"""{"Timestamp":"2026-11-29T16:07:53.0000000+01:00","EventId":7,"LogLevel":"Warning","Category":"balancer","Message":"POST /api/links answered 504: too slow","State":{"Message":"POST /api/links answered 504: too slow","method":"POST","path":"/api/links","status":504,"traceId":"{{{Trace}}}","{OriginalFormat}":"x"}}""";

    [Fact]
    public void The_shorteners_and_the_balancers_lines_are_read_alike()
    {
        var (app, lb) = (LogLine.Read("app1", Shortener, Before), LogLine.Read("lb1", Balancer, Before));

        Assert.Equal((503, Trace, "/a7Xb2Qz", "warning", "GET /a7Xb2Qz answered 503 after 4 ms"), (app.Status, app.TraceId, app.Path, app.Level, app.Message));
        Assert.Equal((504, Trace, "/api/links", "warning", "POST /api/links answered 504: too slow"), (lb.Status, lb.TraceId, lb.Path, lb.Level, lb.Message));
        Assert.Equal((new DateTimeOffset(2026, 11, 29, 15, 7, 52, 123, TimeSpan.Zero), new DateTimeOffset(2026, 11, 29, 15, 7, 53, TimeSpan.Zero)), (app.At, lb.At));
    }

    // As HAProxy writes it: slashes escaped; no instance was left, or a path with quotes.
    [Theory]
    [InlineData("""{"time":"2026-11-29T15:07:54.007Z","level":"warning","instance":"lb1","category":"balancer","message":"GET \/a7Xb2Qz answered 503 after 0 ms by follow\/<NOSRV>, ended SC--, retries 0","method":"GET","path":"\/a7Xb2Qz","status":503,"milliseconds":0,"traceId":"0af7651916cd43dd8448eb211c80319c"}""", 503, "/a7Xb2Qz", Trace)]
    [InlineData("""{"time":"2026-11-29T15:07:54.007Z","level":"warning","instance":"lb1","category":"balancer","message":"GET \/b]\"\\ answered 504 after 4512 ms by follow\/app1, ended sH--, retries +2","method":"GET","path":"\/b]\"\\","status":504,"milliseconds":4512,"traceId":""}""", 504, "/b]\"\\", "")]
    public void HAProxys_lines_are_read_like_the_others(string text, int status, string path, string trace)
    {
        var line = LogLine.Read("lb1", text, Before);

        Assert.Equal((status, trace, path, "warning", new DateTimeOffset(2026, 11, 29, 15, 7, 54, 7, TimeSpan.Zero)), (line.Status, line.TraceId, line.Path, line.Level, line.At));
        Assert.StartsWith($"GET {path} answered {status} after ", line.Message);
    }

    [Theory]
    [InlineData("Unhandled exception. System.Exception: boom")]
    [InlineData("{\"half\": ")]
    [InlineData("{\"twice\":1,\"twice\":2}")]
    [InlineData("[1]")]
    [InlineData("member joined with {\"id\":1}")]
    [InlineData("haproxy[412]: {\"time\":\"2026-11-29T15:07:54Z\",\"message\":\"cut o")]
    public void What_is_no_object_is_kept_as_it_is_at_the_time_of_the_line_before(string text)
    {
        var line = LogLine.Read("app1", text, Before);

        Assert.Equal((text, Before, null, ""), (line.Message, line.At, line.Status, line.TraceId));
        Assert.NotNull(LogPrint.Json(line));
    }

    [Theory]
    [InlineData("503", null, null, true)]
    [InlineData("5xx", null, null, true)]
    [InlineData("504", null, null, false)]
    [InlineData("4xx", null, null, false)]
    [InlineData(null, "0AF7", null, true)]
    [InlineData(null, "1af7", null, false)]
    [InlineData(null, null, "a7Xb2Qz", true)]
    [InlineData(null, null, "a7Xb2Q", false)]
    [InlineData("503", "0af7", "a7Xb2Qz", true)]
    [InlineData("503", "1af7", "a7Xb2Qz", false)]
    public void A_line_is_wanted_when_it_is_all_that_was_asked_for(string? status, string? trace, string? link, bool isWanted) =>
        Assert.Equal(isWanted, new LogFilter { Status = status, Trace = trace, Link = link }.Wants(LogLine.Read("app1", Shortener, Before)));

    [Fact]
    public void A_line_belongs_to_a_window_with_both_its_ends()
    {
        var at = LogLine.Read("app1", Shortener, Before).At;
        bool Is(int from, int to) => new LogFilter { Windows = [new(Before, Before), new(at + TimeSpan.FromMilliseconds(from), at + TimeSpan.FromMilliseconds(to))] }.Wants(LogLine.Read("app1", Shortener, Before));

        Assert.Equal([true, true, false, false], [Is(0, 1), Is(-1, 0), Is(1, 2), Is(-2, -1)]);
    }

    [Fact]
    public void Every_mistake_is_named_at_once() =>
        Assert.Equal(["--code", "--trace", "--link"], LogFilter.Problems("5x", "xyz", "a/b").Select(problem => problem.Split(':')[0]));

    [Theory]
    [InlineData("")]
    [InlineData("haproxy[412]: ")]
    [InlineData("<133>Nov 29 15:07:54 lb1 haproxy[412]: ")]
    public void What_HAProxy_says_of_its_own_failures_is_read_with_and_without_the_words_of_syslog(string prefix)
    {
        const string Said = $$"""{"time":"2026-11-29T15:07:54.001Z","level":"error","status":503,"method":"GET","path":"/a7Xb2Qz","traceId":"{{Trace}}","message":"GET /a7Xb2Qz answered 503: no instance"}""";

        var line = LogLine.Read("lb1", prefix + Said, Before);

        Assert.Equal((503, Trace, "/a7Xb2Qz", "error", "GET /a7Xb2Qz answered 503: no instance"), (line.Status, line.TraceId, line.Path, line.Level, line.Message));
        Assert.Equal(new DateTimeOffset(2026, 11, 29, 15, 7, 54, 1, TimeSpan.Zero), line.At);
        Assert.True(new LogFilter { Status = "5xx", Trace = Trace[..4], Link = "a7Xb2Qz" }.Wants(line));
    }

    [Fact]
    public void A_request_that_ended_without_an_answer_has_no_status() =>
        Assert.Null(LogLine.Read("lb1", """{"time":"2026-11-29T15:07:54Z","status":-1,"message":"the client hung up"}""", Before).Status);
}
