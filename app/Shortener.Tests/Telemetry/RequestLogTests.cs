using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Telemetry;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Telemetry;

public class RequestLogTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1), Brief = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(503, false, true)]
    [InlineData(500, false, true)]
    [InlineData(404, false, false)]
    [InlineData(302, false, false)]
    [InlineData(302, true, true)]
    public void Failed_and_slow_requests_leave_a_line_and_others_do_not(int status, bool isSlow, bool leaves)
    {
        var lines = new Lines();
        var log = new RequestLog(new LogSettings(Long, 10), new FakeTimeProvider(), lines);

        log.Answered(Request(status), isSlow ? Long : Brief);

        Assert.Equal(leaves ? [$"GET /a7Xb2Qz answered {status} after {(isSlow ? 1000 : 1)} ms"] : [], lines.Said);
    }

    [Fact]
    public void An_outage_fills_no_log_and_what_was_left_out_is_counted()
    {
        var (lines, time) = (new Lines(), new FakeTimeProvider());
        var log = new RequestLog(new LogSettings(Long, 3), time, lines);

        for (var request = 0; request < 100; request++) log.Answered(Request(503), Brief);
        time.Advance(TimeSpan.FromSeconds(1));
        log.Answered(Request(504), Brief);

        Assert.Equal(5, lines.Said.Count);
        Assert.Equal(["97 failed or slow requests before this one were not logged: more than 3 lines a second", "GET /a7Xb2Qz answered 504 after 1 ms"], lines.Said.Skip(3));
    }

    [Fact]
    public async Task A_failed_request_is_found_by_the_trace_id_that_its_client_gave_it()
    {
        using var folder = new TempFolder();
        var variables = ShortenerProcess.Environment(folder.Database);
        variables["Chaos__Enabled"] = "true";
        using var process = await ShortenerProcess.ServeAsync(variables);
        await process.Admin.PostAsJsonAsync("/chaos/faults", new { kind = "error", rate = 1.0, operations = new[] { "link.get" }, exception = "unavailable", seed = 1, timeToLive = "00:01:00" }).Within("a fault");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/failing");
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{Trace}-b7ad6b7169203331-01");

        Assert.Equal(503, (int)(await process.Http.SendAsync(request).Within("a redirect")).StatusCode);

        await Patience.Until(() => process.Output.Any(static line => line.Contains(Trace, StringComparison.Ordinal)), "its line");
        var line = JsonNode.Parse(process.Output.First(static line => line.Contains(Trace, StringComparison.Ordinal)))!;
        Assert.Equal(("warning", "child1", "GET", "/failing", 503, Trace), ((string?)line["level"], (string?)line["instance"], (string?)line["method"], (string?)line["path"], (int)line["status"]!, (string?)line["traceId"]));
    }

    private static DefaultHttpContext Request(int status) => new() { Request = { Method = "GET", Path = "/a7Xb2Qz" }, Response = { StatusCode = status } };

    private sealed class Lines : ILogger<RequestLog>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add(formatter(state, exception));
    }
}
