using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace ChaosLab.Lab.Balancer;

/// <summary>
/// Kestrel on one address without the web host around it: no routing, no middleware, no activity or log line for each request.
/// The balancer stands in front of every request of the lab, so its cost is everybody's.
/// </summary>
internal sealed class Listener : IHttpApplication<DefaultHttpContext>, IDisposable
{
    private readonly KestrelServer server;
    private readonly Func<HttpContext, Task> serve;

    private Listener(KestrelServer server, Func<HttpContext, Task> serve)
    {
        this.server = server;
        this.serve = serve;
    }

    /// <summary>The address it listens on, with the real port.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts to listen.</summary>
    public static async Task<Listener> StartAsync(IPEndPoint at, Func<HttpContext, Task> serve, ILoggerFactory logs, CancellationToken stop)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        options.Listen(at, listen => listen.Protocols = HttpProtocols.Http1);
        var sockets = new SocketTransportOptions { UnsafePreferInlineScheduling = true };
        var server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(sockets), logs), logs);
        var listener = new Listener(server, serve);
        try
        {
            await server.StartAsync(listener, stop);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        listener.Address = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return listener;
    }

    /// <summary>Accepts nothing more and lets what is at work finish until <paramref name="patience"/> ends.</summary>
    public Task StopAsync(CancellationToken patience) => server.StopAsync(patience);

    public void Dispose() => server.Dispose();

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // One context per connection, used again for each of its requests.
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> connection) return new DefaultHttpContext(contextFeatures);
        if (connection.HostContext is not { } context) return connection.HostContext = new DefaultHttpContext(contextFeatures);
        context.Initialize(contextFeatures);
        return context;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => serve(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
