using ChaosLab.Shortener.Caching;
using ChaosLab.Shortener.Clicks;
using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Stations;
using ChaosLab.Shortener.Stores;
using ChaosLab.Shortener.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace ChaosLab.Shortener.Hosting;

/// <summary>Puts the parts together.</summary>
public static class ShortenerHost
{
    private const int LargestBody = 32 * 1024;

    /// <summary>Builds the service, not yet started.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    public static IHost Build(Settings settings, TimeProvider time) => new HostBuilder()
        .ConfigureHostConfiguration(configuration => configuration.AddInMemoryCollection(settings.OpenTelemetry))
        .ConfigureLogging(logging => AddLogging(logging))
        .ConfigureServices(services => AddServices(services, settings, time))
        // Added last, so stopped first: the last click is flushed after the last request.
        .ConfigureWebHost(web => web
            .UseKestrelCore()
            .UseSockets(sockets => Tune(sockets, settings))
            .ConfigureKestrel(kestrel => Listen(kestrel, settings))
            .Configure(Configure))
        .Build();

    private static void AddServices(IServiceCollection services, Settings settings, TimeProvider time)
    {
        services.AddSingleton(settings).AddSingleton(settings.Cache).AddSingleton(settings.RateLimit).AddSingleton(settings.Log).AddSingleton(time);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Shutdown.Timeout + settings.Shutdown.Timeout + TimeSpan.FromSeconds(5));
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.AddRoutingCore();
        TelemetrySetup.Add(services, settings);

        services.AddSingleton<FaultList>().AddSingleton<FaultApi>();
        services.AddSingleton(static it => new StoreChaos(it.GetRequiredService<FaultList>(), it.GetRequiredService<TimeProvider>(), it.GetRequiredService<ShortenerMetrics>().Dose));
        services.AddSingleton<StorePipelines>();
        if (settings.ChaosEnabled) services.AddSingleton(it => new StationSet(it.GetRequiredService<FaultList>(), settings.Store.Readers, it.GetRequiredService<TimeProvider>(), settings.Store.TotalRows)).AddSingleton<StationApi>();
        services.AddSingleton(static it => LinkStores.Open(it.GetRequiredService<Settings>(), it.GetRequiredService<TimeProvider>(), it.GetService<StationSet>()));
        services.AddSingleton(static it => new GroupWriter(it.GetRequiredService<ILinkStore>(), ShortCode.Random));
        services.AddSingleton<ResilientStore>();
        services.AddSingleton<LinkCache>().AddSingleton<LinkLookup>().AddSingleton<Redirects>().AddSingleton<TokenBucket>().AddSingleton<LinkApi>();
        services.AddSingleton(new ClickCounter(settings.Clicks.QueueCapacity)).AddSingleton<ClickFlusher>();
        services.AddSingleton<Readiness>();

        services.AddHostedService(static it => it.GetRequiredService<GroupWriter>());
        services.AddHostedService(static it => it.GetRequiredService<ClickFlusher>());
        services.AddHostedService<Startup>();
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // Not a matter of noise: with this category on, the server makes an activity for every request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConsole(static console => console.FormatterName = JsonLines.FormatterName).AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
    }

    private static void Tune(SocketTransportOptions sockets, Settings settings)
    {
        sockets.UnsafePreferInlineScheduling = settings.InlineSockets;
        // A buffer for every open connection (4 KiB) instead of one more system call for every request.
        sockets.WaitForDataBeforeAllocatingBuffer = false;
    }

    private static void Listen(KestrelServerOptions kestrel, Settings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Listen(settings.HttpListen, static listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Listen(settings.AdminListen, static listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(static next => connection =>
            {
                connection.Features.Set(AdminConnection.Mark);
                return next(connection);
            });
        });
    }

    private static void Configure(IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        services.GetRequiredService<ShortenerMetrics>().Observe(
            services.GetRequiredService<StorePipelines>(), services.GetRequiredService<ClickCounter>(), services.GetRequiredService<ClickFlusher>(),
            services.GetRequiredService<FaultList>(), services.GetRequiredService<Settings>());

        app.MapWhen(static context => context.Features.Get<AdminConnection>() is not null, AdminApi.Build);
        app.UseMiddleware<PublicEdge>();
        app.Use(static (context, next) =>
        {
            SecurityHeaders.Set(context.Response.Headers);
            return next(context);
        });
        app.UseRouting();
        app.UseEndpoints(map =>
        {
            var links = services.GetRequiredService<LinkApi>();
            map.MapPost("/api/links", links.CreateAsync);
            map.MapGet("/api/links/by-key/{**key}", links.ByKeyAsync);
            map.MapGet("/api/links/{code}", links.InspectAsync);
            map.MapDelete("/api/links/{code}", links.DeleteAsync);
            Pages.StaticPages.Map(map);
        });
    }

    private sealed class AdminConnection
    {
        public static AdminConnection Mark { get; } = new();
    }

    // The process decides itself when to stop: it first says "not ready" and goes on serving for a while.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
