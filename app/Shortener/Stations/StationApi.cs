using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosLab.Shortener.Configuration;

namespace ChaosLab.Shortener.Stations;

/// <summary><c>GET /stations</c> on the admin listener; exists only when chaos is enabled. Everything in one answer, on one clock.</summary>
/// <param name="stations">The stations.</param>
/// <param name="settings">Name of the instance.</param>
/// <param name="time">The clock.</param>
public sealed class StationApi(StationSet stations, Settings settings, TimeProvider time)
{
    /// <summary>Answers.</summary>
    public Task ReadAsync(HttpContext context)
    {
        var at = time.GetElapsedTime(0).TotalSeconds;
        return context.Response.WriteAsJsonAsync(new StationReports(settings.InstanceName, at, Environment.CpuUsage.TotalTime.TotalSeconds, stations.Read()), StationJson.Default.StationReports);
    }
}

/// <summary>Body of <c>GET /stations</c>.</summary>
/// <param name="Instance">Name of the instance.</param>
/// <param name="AtSeconds">Monotonic time of this process when it was read; only differences mean something.</param>
/// <param name="CpuSeconds">Processor time of the process so far.</param>
/// <param name="Stations">The stations.</param>
public sealed record StationReports(string Instance, double AtSeconds, double CpuSeconds, IReadOnlyList<StationReport> Stations);

/// <summary>How the body of <c>/stations</c> is written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StationReports))]
public sealed partial class StationJson : JsonSerializerContext;
