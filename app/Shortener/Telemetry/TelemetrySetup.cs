using System.Diagnostics.Metrics;
using ChaosLab.Shortener.Configuration;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ChaosLab.Shortener.Telemetry;

/// <summary>Wires the OpenTelemetry SDK: metrics for whoever scrapes, and everything by OTLP when an endpoint is set.</summary>
public static class TelemetrySetup
{
    /// <summary>Histogram limits of durations in seconds: five a decade from 0.1 ms to 10 s. The stock limits start at 5 ms and would show every redirect as equally fast.</summary>
    public static IReadOnlyList<double> SecondBounds { get; } =
        [.. Enumerable.Range(-4, 5).SelectMany(static decade => new[] { 1, 1.5, 2.5, 5, 7.5 }.Select(step => double.Parse($"{step}e{decade}", System.Globalization.CultureInfo.InvariantCulture))), 10];

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql", "Polly", ShortenerMetrics.MeterName,
    ];

    /// <summary>Adds it all.</summary>
    /// <param name="services">The services.</param>
    /// <param name="settings">Name of the instance, and whether to push.</param>
    public static void Add(IServiceCollection services, Settings settings)
    {
        services.AddSingleton<ShortenerMetrics>().AddSingleton<RequestMetrics>().AddSingleton<RequestLog>();
        services.AddSingleton<PrometheusText>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("shortener", serviceInstanceId: settings.InstanceName).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddView(Bounds).AddReader(static services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusText>()));
                if (settings.PushesTelemetry) metrics.AddOtlpExporter();
            });
        if (!settings.PushesTelemetry) return;
        telemetry.WithTracing(static traces => traces.AddAspNetCoreInstrumentation().AddSource("Npgsql").AddOtlpExporter());
        services.AddLogging(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddOtlpExporter();
        }));
    }

    private static ExplicitBucketHistogramConfiguration? Bounds(Instrument instrument)
    {
        var isHistogram = instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);
        return (isHistogram ? instrument.Unit : null) switch
        {
            "s" => new() { Boundaries = [.. SecondBounds] },
            "ms" => new() { Boundaries = [.. SecondBounds.Select(static bound => double.Round(bound * 1000, 4))] },
            _ => null,
        };
    }
}
