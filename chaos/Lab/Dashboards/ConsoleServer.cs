using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Balancer;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChaosLab.Lab.Dashboards;

/// <summary>Serves the page, the dashboard files, the reports, and what Prometheus knows about a run; reads only, on loopback.</summary>
internal sealed class ConsoleServer : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8", [".js"] = "text/javascript", [".css"] = "text/css", [".json"] = "application/json", [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2", [".md"] = "text/plain; charset=utf-8", [".xml"] = "application/xml", [".png"] = "image/png",
    };

    private static readonly HashSet<string> Asked = ["query", "query_range", "label", "series"];
    private readonly Places places;
    private readonly string page;
    private readonly string? chosen;
    private readonly WatchedRuns runs;
    private readonly HttpClient prometheus = new() { Timeout = TimeSpan.FromSeconds(20) };
    private Listener? listener;

    private ConsoleServer(Places places, string page, string? chosen, TimeProvider time)
    {
        (this.places, this.page, this.chosen) = (places, page, chosen);
        runs = new WatchedRuns(places, time);
    }

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address => listener!.Address;

    /// <summary>The run that is shown first: the one asked for, the one at work, or the last that kept figures.</summary>
    public string? Run => Shown(runs.Live, runs.List());

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<ConsoleServer> StartAsync(IPEndPoint at, Places places, string page, string? run, TimeProvider time)
    {
        var server = new ConsoleServer(places, page, run, time);
        server.listener = await Listener.StartAsync(at, server.ServeAsync, NullLoggerFactory.Instance, CancellationToken.None);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        listener?.Dispose();
        prometheus.Dispose();
        await runs.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        // Other pages in the same browser must not read the lab through a name that leads here.
        if (!IPAddress.TryParse(context.Request.Host.Host, out var host) || !IPAddress.IsLoopback(host))
        {
            if (context.Request.Host.Host != "localhost")
            {
                await AnswerAsync(context, 403, "text/plain", "the console answers to loopback addresses only\n"u8.ToArray());
                return;
            }
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await AnswerAsync(context, 405, "text/plain", "the console only reads\n"u8.ToArray());
            return;
        }

        switch ((context.Request.Path.Value ?? "/").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["api", "state"]: await JsonAsync(context, 200, State()); break;
            case ["api", "runs"]: await JsonAsync(context, 200, Runs()); break;
            case ["api", "prometheus", var run, "api", "v1", var first, .. var rest] when Asked.Contains(first): await PassOnAsync(context, run, string.Join('/', [first, .. rest])); break;
            case ["runs", .. var path]: await FileAsync(context, places.Runs, path); break;
            case []: await FileAsync(context, page, ["index.html"]); break;
            case var path: await FileAsync(context, page, path); break;
        }
    }

    // Once for a page.
    private JsonObject State()
    {
        var state = Runs();
        state["boards"] = new JsonArray([.. Directory.GetFiles(places.Dashboards, "*.json").Order(StringComparer.Ordinal).Select(file => JsonNode.Parse(File.ReadAllText(file)))]);
        return state;
    }

    // Every few seconds: a run begins and ends while the page is open.
    private JsonObject Runs()
    {
        var (live, all) = (runs.Live, runs.List());
        return new JsonObject { ["run"] = Shown(live, all), ["live"] = live, ["runs"] = JsonSerializer.SerializeToNode(all, JsonSerializerOptions.Web) };
    }

    private string? Shown(string? live, IReadOnlyList<RunEntry> all) => chosen ?? live ?? all.FirstOrDefault(one => one.Watched)?.Id;

    private async Task PassOnAsync(HttpContext context, string run, string path)
    {
        try
        {
            var target = new Uri(await runs.OpenAsync(run, context.RequestAborted), $"api/v1/{path}{context.Request.QueryString}");
            using var answer = await prometheus.GetAsync(target, context.RequestAborted);
            await AnswerAsync(context, (int)answer.StatusCode, "application/json", await answer.Content.ReadAsByteArrayAsync(context.RequestAborted));
        }
        catch (LabRefusedException refused)
        {
            await JsonAsync(context, 502, new JsonObject { ["status"] = "error", ["error"] = refused.Message });
        }
        catch (HttpRequestException silent)
        {
            await JsonAsync(context, 502, new JsonObject { ["status"] = "error", ["error"] = $"{silent.Message}: figures of hosts are with their obs host, and go with it" });
        }
        catch (OperationCanceledException)
        {
            context.Abort(); // the page asked for something newer, or Prometheus hangs
        }
    }

    private static async Task FileAsync(HttpContext context, string root, string[] path)
    {
        var file = Path.GetFullPath(Path.Combine([root, .. path]));
        if (!file.StartsWith(Path.GetFullPath(root) + "/", StringComparison.Ordinal) || !Types.TryGetValue(Path.GetExtension(file), out var type) || !File.Exists(file))
            await AnswerAsync(context, 404, "text/plain", "there is no such file\n"u8.ToArray());
        else
            await AnswerAsync(context, 200, type, await File.ReadAllBytesAsync(file, context.RequestAborted));
    }

    private static Task JsonAsync(HttpContext context, int status, JsonNode body) =>
        AnswerAsync(context, status, "application/json", System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));

    private static Task AnswerAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
