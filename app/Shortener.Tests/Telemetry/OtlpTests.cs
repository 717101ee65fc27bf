using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ChaosLab.Shortener.Tests.Support;

namespace ChaosLab.Shortener.Tests.Telemetry;

/// <summary>The service as a process of its own that pushes to a receiver, set by the standard variables alone.</summary>
public class OtlpTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Parent = "b7ad6b7169203331";

    [Theory]
    [InlineData("http/protobuf", "", "x-honeycomb-team=key-of-a-team,x-honeycomb-dataset=lab", "x-honeycomb-team: key-of-a-team|x-honeycomb-dataset: lab")] // Honeycomb
    [InlineData("grpc", "", "x-honeycomb-team=key-of-a-team", "x-honeycomb-team: key-of-a-team")] // Honeycomb, the other way
    [InlineData("http/protobuf", "", "api-key=licence-key", "api-key: licence-key")] // New Relic
    [InlineData("http/protobuf", "/otlp", "Authorization=Basic%20MTIzOnRva2VuPQ==", "Authorization: Basic MTIzOnRva2VuPQ==")] // Grafana Cloud
    public async Task Traces_metrics_and_logs_arrive_with_the_vendors_headers(string protocol, string basePath, string headers, string expected)
    {
        await using var receiver = await OtlpReceiver.StartAsync(protocol, basePath);
        using var folder = new TempFolder();
        using var process = await ShortenerProcess.ServeAsync(Variables(folder, receiver, protocol, headers));
        await CreateAsync(process);
        await process.Http.GetAsync("/one").Within("a redirect");

        await Patience.Until(() => receiver.Spans.Any(Is("GET /{code}")) && receiver.Spans.Any(Is("POST /api/links")) && receiver.Logs.Any(static log => log.TraceId == Trace)
            && receiver.Metrics.Any(static metric => metric is { Name: "http.server.request.duration", Count: >= 2 }), "all three signals");

        Assert.Empty(receiver.Problems);
        var create = receiver.Spans.First(Is("POST /api/links"));
        Assert.Equal((Trace, Parent, "/api/links", "POST"), (create.TraceId, create.ParentId, create.Attributes["http.route"], create.Attributes["http.request.method"]));
        Assert.NotEqual(Trace, receiver.Spans.First(Is("GET /{code}")).TraceId);
        // The log record, and the line on standard output, belong to the same span.
        var record = receiver.Logs.First(static log => log.TraceId == Trace);
        Assert.Equal((create.SpanId, "201", "/api/links"), (record.SpanId, record.Attributes["Status"], record.Attributes["Path"]));
        Assert.StartsWith("POST /api/links answered 201 after ", record.Body, StringComparison.Ordinal);
        var line = process.Output.Select(static said => JsonNode.Parse(said)!).First(static said => (string?)said["traceId"] == Trace);
        Assert.Equal((create.SpanId, 201), ((string?)line["spanId"], (int)line["status"]!));
        Assert.All([create.Resource, record.Resource, receiver.Metrics.First().Resource], static resource =>
            Assert.Equal(("shortener", "child1", "lab"), (resource["service.name"], resource["service.instance.id"], resource["deployment.environment.name"])));
        foreach (var (name, unit, kind) in ((string, string, string)[])[("http.server.request.duration", "s", "histogram"), ("shortener.cache.lookups", "", "sum"), ("resilience.circuit.state", "", "gauge"), ("dotnet.gc.collections", "{collection}", "sum")])
            Assert.Contains(receiver.Metrics, metric => (metric.Name, metric.Unit, metric.Kind) == (name, unit, kind));
        foreach (var signal in (string[])["traces", "metrics", "logs"])
            Assert.All(receiver.Requests.Where(request => request.Signal == signal), request => Assert.All(expected.Split('|'), header => Assert.Equal(header.Split(": ")[1], request.Headers.GetValueOrDefault(header.Split(": ")[0]))));
        Assert.Equal(["logs", "metrics", "traces"], receiver.Requests.Select(static request => request.Signal).Distinct().Order());
    }

    [Fact]
    public async Task A_receiver_that_refuses_the_key_costs_the_service_nothing()
    {
        await using var receiver = await OtlpReceiver.StartAsync("http/protobuf");
        receiver.RefusesKeys = true;
        using var folder = new TempFolder();
        using var process = await ShortenerProcess.ServeAsync(Variables(folder, receiver, "http/protobuf", "api-key=wrong"));
        await CreateAsync(process);
        await Patience.Until(() => receiver.Requests.Select(static request => request.Signal).Distinct().Count() == 3, "a refusal of each signal");

        Assert.Equal(302, (int)(await process.Http.GetAsync("/one").Within("a redirect")).StatusCode);
        process.Signal("TERM");
        Assert.Equal(0, await process.ExitAsync());
        Assert.Empty(process.Errors);
    }

    private static Func<ReceivedSpan, bool> Is(string name) => span => span.Name == name && span.Kind == 2; // a server's

    private static async Task CreateAsync(ShortenerProcess process)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/links") { Content = JsonContent.Create(new { url = "https://example.org/one", alias = "one" }) };
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{Trace}-{Parent}-01");
        Assert.Equal(201, (int)(await process.Http.SendAsync(request).Within("a create")).StatusCode);
    }

    private static Dictionary<string, string> Variables(TempFolder folder, OtlpReceiver receiver, string protocol, string headers) => new(ShortenerProcess.Environment(folder.Database))
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol, ["OTEL_EXPORTER_OTLP_HEADERS"] = headers,
        ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=lab", ["OTEL_METRIC_EXPORT_INTERVAL"] = "200", ["OTEL_BSP_SCHEDULE_DELAY"] = "100", ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["Log__SlowerThan"] = "00:00:00", // every request that had to wait gets a line
    };
}
