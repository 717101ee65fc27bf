using System.Runtime.InteropServices;
using ChaosLab.Shortener.Configuration;
using Microsoft.AspNetCore.Hosting.Server;

namespace ChaosLab.Shortener.Hosting;

/// <summary>The life of the process: start, serve until SIGTERM, drain, end.</summary>
public static partial class ServiceProcess
{
    /// <summary>Serves until SIGTERM or SIGINT.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Exit code: 0 after a clean end, 1 when a listener could not be opened.</returns>
    public static async Task<int> RunAsync(Settings settings, TimeProvider time)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!settings.Shutdown.Drain) Environment.Exit(0);
            stop.TrySetResult();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var host = ShortenerHost.Build(settings, time);
        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shortener");
        try
        {
            await host.StartAsync();
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"Http__Listen, Admin__Listen {e.Message}");
            return 1;
        }

        await stop.Task;
        Draining(log);
        host.Services.GetRequiredService<Readiness>().Drain();
        await Task.Delay(settings.Shutdown.DrainDelay, time);
        // The listeners first, with a limit of their own, so that a request that never ends cannot eat the time of the last flush.
        using (var patience = new CancellationTokenSource(settings.Shutdown.Timeout, time))
        {
            await host.Services.GetRequiredService<IServer>().StopAsync(patience.Token);
        }

        await host.StopAsync();
        Ended(log);
        return 0;
    }

    [LoggerMessage(LogLevel.Information, "Draining: not ready any more, still serving")]
    private static partial void Draining(ILogger log);

    [LoggerMessage(LogLevel.Information, "Ended cleanly")]
    private static partial void Ended(ILogger log);
}
