using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Stores;

namespace ChaosLab.Shortener.Hosting;

/// <summary>Brings the schema up to date, waits out a slow start, then says ready. The listeners are up meanwhile, so that "starting" can be seen.</summary>
/// <param name="settings">Whether to migrate, and how slow the start is.</param>
/// <param name="store">The store.</param>
/// <param name="readiness">Told at the end.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed partial class Startup(Settings settings, ILinkStore store, Readiness readiness, TimeProvider time, ILogger<Startup> log) : BackgroundService
{
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

        await Task.Delay(settings.StartDelay, time, stoppingToken);
        readiness.Started();
        Ready(log, settings.InstanceName, settings.HttpListen.ToString(), settings.AdminListen.ToString());
    }

    [LoggerMessage(LogLevel.Warning, "The schema could not be brought up to date, trying again: {Reason}")]
    private static partial void MigrationFailed(ILogger log, string reason);

    [LoggerMessage(LogLevel.Information, "{Instance} is ready: public {Http}, admin {Admin}")]
    private static partial void Ready(ILogger log, string instance, string http, string admin);
}
