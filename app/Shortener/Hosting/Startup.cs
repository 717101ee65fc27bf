using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Stores;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ChaosLab.Shortener.Hosting;

/// <summary>Brings the schema up to date, warms the store, waits out a slow start, then says ready. The listeners are up meanwhile, so that "starting" can be seen.</summary>
/// <param name="settings">Whether to migrate, and how slow the start is.</param>
/// <param name="store">The store.</param>
/// <param name="readiness">Told at the end.</param>
/// <param name="server">Knows which ports were taken.</param>
/// <param name="life">Says when the listeners are up.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed partial class Startup(
    Settings settings, ILinkStore store, Readiness readiness, IServer server, IHostApplicationLifetime life, TimeProvider time, ILogger<Startup> log) : BackgroundService
{
    private static readonly TimeSpan MostWarming = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (settings.Store.Migrate)
        {
            try
            {
                await store.MigrateAsync(stoppingToken);
                break;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Several instances may start at once on one file, and a database may come up after us.
                MigrationFailed(log, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, stoppingToken);
            }
        }

        await WarmAsync(stoppingToken);
        await Task.Delay(settings.StartDelay, time, stoppingToken);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (life.ApplicationStarted.Register(listening.SetResult)) await listening.Task.WaitAsync(stoppingToken);
        readiness.Started();
        Ready(log, settings.InstanceName, string.Join(' ', server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses));
    }

    // A store that is away holds nobody up: known links are served without it, and visitors meet it as it is.
    private async Task WarmAsync(CancellationToken stop)
    {
        try
        {
            await store.WarmAsync(stop).WaitAsync(MostWarming, time, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            NotWarmed(log, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Starting with a store that is cold or away: {Reason}")]
    private static partial void NotWarmed(ILogger log, string reason);

    [LoggerMessage(LogLevel.Warning, "The schema could not be brought up to date, trying again: {Reason}")]
    private static partial void MigrationFailed(ILogger log, string reason);

    [LoggerMessage(LogLevel.Information, "{Name} is ready, public and admin: {Addresses}")]
    private static partial void Ready(ILogger log, string name, string addresses);
}
