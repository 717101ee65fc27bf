using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Stations;
using ChaosLab.Shortener.Telemetry;

namespace ChaosLab.Shortener.Hosting;

/// <summary>The admin listener: health for balancers, everything else for those who hold the token.</summary>
public static class AdminApi
{
    /// <summary>Lays out the listener.</summary>
    public static void Build(IApplicationBuilder admin)
    {
        var services = admin.ApplicationServices;
        var settings = services.GetRequiredService<Settings>();
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + settings.AdminToken));
        admin.Use(next => context => GuardAsync(context, next, expected));
        admin.UseRouting();
        admin.UseEndpoints(endpoints => Map(endpoints, services, settings));
    }

    private static void Map(IEndpointRouteBuilder map, IServiceProvider services, Settings settings)
    {
        var readiness = services.GetRequiredService<Readiness>();
        var pipelines = services.GetRequiredService<StorePipelines>();
        var flusher = services.GetRequiredService<ClickFlusher>();
        map.MapGet("/health/live", static context => context.Response.WriteAsync("live\n"));
        map.MapGet("/health/ready", context =>
        {
            var state = readiness.Ask();
            if (state != "ready") context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(state + "\n");
        });
        map.MapGet("/metrics", services.GetRequiredService<PrometheusText>().WriteAsync);
        map.MapGet("/resilience", context => context.Response.WriteAsJsonAsync(
            new ResilienceReport(settings.InstanceName, [pipelines.Read.Watch.Report, pipelines.Write.Watch.Report]), AdminJson.Default.ResilienceReport));
        map.MapPost("/clicks/flush", context => FlushAsync(context, flusher));
        if (!settings.ChaosEnabled) return;
        var faults = services.GetRequiredService<FaultApi>();
        map.MapGet("/stations", services.GetRequiredService<StationApi>().ReadAsync);
        map.MapGet("/chaos/faults", faults.ListAsync);
        map.MapPost("/chaos/faults", faults.AddAsync);
        map.MapDelete("/chaos/faults", faults.ClearAsync);
        map.MapGet("/chaos/faults/{id}", faults.GetAsync);
        map.MapDelete("/chaos/faults/{id}", faults.RemoveAsync);
    }

    private static async Task GuardAsync(HttpContext context, RequestDelegate next, byte[] expected)
    {
        var path = context.Request.Path;
        var isHealth = path.StartsWithSegments("/health", StringComparison.Ordinal);
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()));
        if (!isHealth && !CryptographicOperations.FixedTimeEquals(given, expected))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ProblemAnswer.WriteAsync(context, 401, "Send Authorization: Bearer with the admin token.");
        }
        else if (path.StartsWithSegments("/chaos", StringComparison.Ordinal) && context.Request.Headers.UserAgent.ToString().StartsWith("Mozilla/", StringComparison.Ordinal))
        {
            // A web page that tricks somebody's browser must not be able to start faults.
            await ProblemAnswer.WriteAsync(context, 403, "Faults are not started from a browser.");
        }
        else
        {
            await next(context);
        }
    }

    private static async Task FlushAsync(HttpContext context, ClickFlusher flusher)
    {
        try
        {
            await flusher.FlushAsync(context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (StoreUnavailableException e)
        {
            await ProblemAnswer.WriteAsync(context, 503, "The clicks could not be stored; they are kept.", e.RetryAfter);
        }
    }
}

/// <summary>Body of <c>GET /resilience</c>.</summary>
/// <param name="Instance">Name of the instance.</param>
/// <param name="Pipelines">Its pipelines.</param>
public sealed record ResilienceReport(string Instance, IReadOnlyList<CircuitReport> Pipelines);

/// <summary>How bodies of the admin listener are written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ResilienceReport))]
public sealed partial class AdminJson : JsonSerializerContext;
