using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ChaosLab.Lab.Balancer;

/// <summary>The admin interface: readiness, state, figures, drain. Everything but readiness needs the bearer token.</summary>
internal sealed class BalancerAdmin(BalancerOptions options, BackendPool pool, BalancerFigures figures, TimeProvider time)
{
    private readonly byte[] expected = Encoding.UTF8.GetBytes("Bearer " + options.Token);

    /// <summary>Set while the balancer stops: it is no longer ready.</summary>
    public bool Stopping { get; set; }

    /// <summary>Answers one request.</summary>
    public Task ServeAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? "/");
        if (path == "/health/ready" && HttpMethods.IsGet(method))
            return pool.AnyUp && !Stopping ? AnswerAsync(context, 200, "ready\n") : AnswerAsync(context, 503, "not ready\n");
        if (!IsAllowed(context.Request)) return AnswerAsync(context, 401, "a bearer token is needed\n");
        return (method, path.Split('/', StringSplitOptions.RemoveEmptyEntries)) switch
        {
            ("GET", ["state"]) => AnswerAsync(context, 200, BalancerFigures.State(pool).ToJsonString(), "application/json"),
            ("GET", ["metrics"]) => AnswerAsync(context, 200, figures.ToPrometheus(pool), "text/plain; version=0.0.4"),
            ("GET", ["stations"]) => AnswerAsync(context, 200, BalancerFigures.Stations(pool, time).ToJsonString(), "application/json"),
            ("GET", ["chaos", "faults"]) => AnswerAsync(context, 200, new JsonObject { ["faults"] = new JsonArray([.. pool.Doses.Active.Select(dose => (JsonNode)dose.Report())]) }.ToJsonString(), "application/json"),
            ("POST", ["chaos", "faults"]) => AddDoseAsync(context),
            ("GET", ["chaos", "faults", var id]) => pool.Doses.Find(id) is { } dose ? AnswerAsync(context, 200, dose.Report().ToJsonString(), "application/json") : AnswerAsync(context, 404, "no such dose\n"),
            ("DELETE", ["chaos", "faults", var id]) => RemoveDoseAsync(context, id),
            ("POST", ["backends", var name, "drain"]) => SetDrainingAsync(context, name, draining: true),
            ("POST", ["backends", var name, "ready"]) => SetDrainingAsync(context, name, draining: false),
            _ => AnswerAsync(context, 404, "there is GET /health/ready, /state, /stations, /chaos/faults, /metrics and POST /backends/{name}/drain, /backends/{name}/ready\n"),
        };
    }

    private bool IsAllowed(HttpRequest request) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), expected);

    private async Task AddDoseAsync(HttpContext context)
    {
        List<string> problems = [];
        var order = SlotDoses.Read(await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted), problems);
        if (order is null) await AnswerAsync(context, 422, string.Join('\n', problems) + "\n");
        else await AnswerAsync(context, 201, pool.Doses.Add(order).Report().ToJsonString(), "application/json");
    }

    private Task RemoveDoseAsync(HttpContext context, string id)
    {
        pool.Doses.Remove(id);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private Task SetDrainingAsync(HttpContext context, string name, bool draining)
    {
        if (pool.Backends.FirstOrDefault(backend => backend.Name == name) is not { } backend)
            return AnswerAsync(context, 404, $"no backend '{name}'; there are {string.Join(", ", pool.Backends.Select(b => b.Name))}\n");
        pool.SetDraining(backend, draining);
        return AnswerAsync(context, 200, BalancerFigures.State(pool).ToJsonString(), "application/json");
    }

    private static Task AnswerAsync(HttpContext context, int status, string text, string type = "text/plain")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text);
    }
}
