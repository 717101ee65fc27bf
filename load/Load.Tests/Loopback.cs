using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChaosLab.Load.Tests;

/// <summary>A real web server on a free loopback port.</summary>
internal sealed class Loopback : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Loopback(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First() + "/");

    public static async Task<Loopback> ServeAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        return new Loopback(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>A server that says exactly these bytes to each request, then may close: what a web framework never would.</summary>
internal sealed class ByteServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly Func<int, string, (string Answer, bool Close)?> _answer;
    private int _requests, _connections;

    /// <param name="answer">From the request's number (from 1) and text; null to stay silent.</param>
    public ByteServer(Func<int, string, (string Answer, bool Close)?> answer)
    {
        _answer = answer;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");
    public int Requests => Volatile.Read(ref _requests);
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var (buffer, length) = (new byte[8192], 0);
        try
        {
            while (true)
            {
                var got = await socket.ReceiveAsync(buffer.AsMemory(length), _end.Token);
                if (got == 0)
                    return;
                length += got;
                if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
                    continue;
                var request = Encoding.Latin1.GetString(buffer, 0, length);
                length = 0;
                if (_answer(Interlocked.Increment(ref _requests), request) is not { } says)
                    continue;
                await socket.SendAsync(Encoding.Latin1.GetBytes(says.Answer), _end.Token);
                if (says.Close)
                    return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }
}

/// <summary>Runs with a generous limit, so that a hang is a failure and not a dead build.</summary>
internal static class Runs
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static LoadRunner Quiet(params ScenarioProps[] scenarios) => LoadRunner.RegisterScenarios(scenarios).WithoutReports();

    public static Task<LoadResult> ToTheEndAsync(this LoadRunner runner, CancellationToken stop = default) => runner.RunAsync(stop).WaitAsync(Limit, CancellationToken.None); // a stopped run must still end by itself

    /// <summary>A folder of its own that is gone afterwards.</summary>
    public sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("load-tests-").FullName;
        public string File(string name) => System.IO.Path.Combine(Path, name);
        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
