using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ChaosLab.Shortener.Tests.Telemetry;

/// <summary>A span that arrived. Ids in hexadecimal.</summary>
internal sealed record ReceivedSpan(string Name, string TraceId, string SpanId, string ParentId, int Kind, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>A log record that arrived.</summary>
internal sealed record ReceivedLog(string Body, string Severity, string TraceId, string SpanId, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>A metric that arrived; <paramref name="Count"/> is the sum of the counts of a histogram's points.</summary>
internal sealed record ReceivedMetric(string Name, string Unit, string Kind, ulong Count, IReadOnlyDictionary<string, string> Resource);

/// <summary>
/// An OTLP endpoint on loopback, by HTTP with Protocol Buffers or by gRPC, that decodes what it gets. Field numbers are those of
/// opentelemetry-proto 1.5.0: trace/v1, logs/v1, metrics/v1, common/v1, resource/v1 and their collector services.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Signals = new()
    {
        ["/v1/traces"] = "traces", ["/v1/metrics"] = "metrics", ["/v1/logs"] = "logs",
        ["/opentelemetry.proto.collector.trace.v1.TraceService/Export"] = "traces",
        ["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"] = "metrics",
        ["/opentelemetry.proto.collector.logs.v1.LogsService/Export"] = "logs",
    };

    private readonly WebApplication _app;
    private readonly string _basePath;

    private OtlpReceiver(WebApplication app, string basePath) => (_app, _basePath) = (app, basePath);

    /// <summary>Where to send to.</summary>
    public string Endpoint => _app.Urls.First() + _basePath;

    /// <summary>Answers 401 to everything, as a vendor does to a wrong key.</summary>
    public bool RefusesKeys { get; set; }

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public ConcurrentQueue<ReceivedLog> Logs { get; } = new();

    public ConcurrentQueue<ReceivedMetric> Metrics { get; } = new();

    /// <summary>Signal and headers of every request.</summary>
    public ConcurrentQueue<(string Signal, IReadOnlyDictionary<string, string> Headers)> Requests { get; } = new();

    /// <summary>What was wrong with a request.</summary>
    public ConcurrentQueue<string> Problems { get; } = new();

    /// <param name="protocol"><c>http/protobuf</c> or <c>grpc</c>, as in OTEL_EXPORTER_OTLP_PROTOCOL.</param>
    /// <param name="basePath">Path before <c>/v1/…</c>; empty for none.</param>
    public static async Task<OtlpReceiver> StartAsync(string protocol, string basePath = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var receiver = new OtlpReceiver(builder.Build(), basePath);
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(_basePath, StringComparison.Ordinal) || !Signals.TryGetValue(path[_basePath.Length..], out var signal))
        {
            Problems.Enqueue($"nobody sends to {path}");
            context.Response.StatusCode = 404;
            return;
        }

        Requests.Enqueue((signal, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (RefusesKeys)
        {
            context.Response.StatusCode = 401;
            return;
        }

        var isGrpc = context.Request.ContentType == "application/grpc";
        try
        {
            if (!isGrpc && context.Request.ContentType != "application/x-protobuf") throw new FormatException($"content type {context.Request.ContentType}");
            Decode(signal, isGrpc ? Unframed(body.ToArray()) : body.ToArray());
        }
        catch (FormatException wrong)
        {
            Problems.Enqueue($"{signal}: {wrong.Message}");
        }

        // An empty Export…ServiceResponse: everything was accepted.
        context.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (!isGrpc) return;
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    // One message: a byte that says uncompressed, its length, itself (gRPC over HTTP/2, length-prefixed message).
    private static ReadOnlySpan<byte> Unframed(ReadOnlySpan<byte> body) =>
        body.Length >= 5 && body[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(body[1..]) == body.Length - 5 ? body[5..] : throw new FormatException("this is no single uncompressed message");

    private void Decode(string signal, ReadOnlySpan<byte> request)
    {
        foreach (var ofResource in new ProtoMessage(request).All(1))
        {
            var resource = Attributes(ofResource.One(1), 1);
            foreach (var item in ofResource.All(2).SelectMany(static scope => scope.All(2)))
            {
                switch (signal)
                {
                    case "traces": Spans.Enqueue(new(item.Text(5), item.Hex(1), item.Hex(2), item.Hex(4), (int)item.Number(6), Attributes(item, 9), resource)); break;
                    case "logs": Logs.Enqueue(new(Value(item.One(5)), item.Text(3), item.Hex(9), item.Hex(10), Attributes(item, 6), resource)); break;
                    default: Metrics.Enqueue(Metric(item, resource)); break;
                }
            }
        }
    }

    private static ReceivedMetric Metric(ProtoMessage metric, IReadOnlyDictionary<string, string> resource)
    {
        var kind = metric.Has(5) ? "gauge" : metric.Has(7) ? "sum" : metric.Has(9) ? "histogram" : throw new FormatException($"metric {metric.Text(1)} is of no known kind");
        var count = kind == "histogram" ? metric.One(9).All(1).Aggregate(0UL, static (sum, point) => sum + point.Number(4)) : 0;
        return new(metric.Text(1), metric.Text(3), kind, count, resource);
    }

    private static Dictionary<string, string> Attributes(ProtoMessage message, int field) => message.All(field).ToDictionary(static pair => pair.Text(1), static pair => Value(pair.One(2)));

    private static string Value(ProtoMessage any) => any switch
    {
        _ when any.Has(1) => any.Text(1),
        _ when any.Has(2) => any.Number(2) == 1 ? "true" : "false",
        _ when any.Has(3) => ((long)any.Number(3)).ToString(CultureInfo.InvariantCulture),
        _ when any.Has(4) => BitConverter.UInt64BitsToDouble(any.Number(4)).ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
