using System.Net;
using ChaosLab.Chaos.Running;
using ChaosLab.Lab.Balancer;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChaosLab.Lab.Metrics;

/// <summary>What only the runner knows, as a Prometheus endpoint: load, faults, the outside view, the machine, and itself.</summary>
internal sealed class RunnerMetrics : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new(); // two may read at once
    private readonly Births births = new();
    private readonly MachineFigures machine;
    private readonly Prober prober;
    private readonly Task probing;
    private Listener? listener;

    private RunnerMetrics(RunningLab lab, TimeProvider time)
    {
        Load = new LoadFigures(time);
        machine = lab.Topology switch
        {
            "embedded" => new MachineFigures(lab.Id, null),
            "docker" => new MachineFigures(null, new ContainerServices([.. lab.Hosts.Select(host => host.Name)])),
            _ => new MachineFigures(null, null), // machines elsewhere
        };
        prober = new Prober(lab, time);
        probing = prober.RunAsync(stop.Token);
    }

    /// <summary>Takes samples and arrivals.</summary>
    public LoadFigures Load { get; }

    /// <summary>Takes events.</summary>
    public FaultFigures Faults { get; } = new();

    /// <summary>Where Prometheus reads, with the real port.</summary>
    public Uri Address => listener!.Address;

    /// <summary>Starts to listen and to probe.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<RunnerMetrics> StartAsync(IPEndPoint at, RunningLab lab, TimeProvider time)
    {
        var metrics = new RunnerMetrics(lab, time);
        try
        {
            metrics.listener = await Listener.StartAsync(at, metrics.ServeAsync, NullLoggerFactory.Instance, CancellationToken.None);
            return metrics;
        }
        catch
        {
            await metrics.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await probing;
        prober.Dispose();
        Load.Dispose();
        listener?.Dispose();
        stop.Dispose();
    }

    /// <summary>The figures as Prometheus text.</summary>
    public string ToPrometheus()
    {
        using var alone = gate.EnterScope();
        births.Begin();
        var text = new MetricsText(births);
        Load.WriteTo(text);
        Faults.WriteTo(text);
        prober.WriteTo(text);
        machine.WriteTo(text);
        var own = Environment.CpuUsage;
        text.Family("dotnet_process_cpu_time_seconds_total", "counter", "Processor time of the runner, which is the load generator.")
            .Line("dotnet_process_cpu_time_seconds_total", own.UserTime.TotalSeconds, ("cpu_mode", "user"))
            .Line("dotnet_process_cpu_time_seconds_total", own.PrivilegedTime.TotalSeconds, ("cpu_mode", "system"));
        text.Single("dotnet_process_cpu_count", "gauge", "Processors that the runner may use.", Environment.ProcessorCount);
        text.Single("dotnet_gc_pause_time_seconds_total", "counter", "Time that the runner was paused by the garbage collector.", GC.GetTotalPauseDuration().TotalSeconds);
        text.Single("dotnet_thread_pool_queue_length", "gauge", "Work waiting for a thread of the runner.", ThreadPool.PendingWorkItemCount);
        return text.ToString();
    }

    private Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path != "/metrics")
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("there is GET /metrics\n");
        }

        context.Response.ContentType = MetricsText.ContentType;
        return context.Response.WriteAsync(ToPrometheus());
    }
}
