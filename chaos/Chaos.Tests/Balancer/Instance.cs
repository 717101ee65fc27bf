using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosLab.Chaos.Embedded;

namespace ChaosLab.Chaos.Tests.Balancer;

/// <summary>A request as it arrived on the wire.</summary>
public sealed record Arrived(string Head, string Body)
{
    public string Line => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];
}

/// <summary>A small real server on a real socket that answers, resets, hangs or tears its answer as a test says.</summary>
public sealed class Instance : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> work = [];
    private TcpListener listener;
    private Task accepting;
    private int port;

    public Instance(string name)
    {
        Name = name;
        Behave = AnswerAsync;
        listener = ListenSomewhere();
        accepting = AcceptAsync(listener);
    }

    public string Name { get; }

    public int Port => port;

    /// <summary>What it does with a request. Probes are answered apart from it.</summary>
    public Func<Arrived, Socket, Task> Behave { get; set; }

    /// <summary>Status its probe answers; null: the probe hangs.</summary>
    public int? Probe { get; set; } = 200;

    /// <summary>Everything that arrived, without probes.</summary>
    public ConcurrentQueue<Arrived> Requests { get; } = new();

    public string Backend => $"{Name}|http://127.0.0.1:{Port}|http://127.0.0.1:{Port}/health/ready";

    /// <summary>The usual answer: 302 with its name.</summary>
    public Task AnswerAsync(Arrived request, Socket socket) =>
        SendAsync(socket, $"HTTP/1.1 302 Found\r\nLocation: https://example.org/\r\nX-Instance: {Name}\r\nContent-Length: 0\r\n\r\n");

    /// <summary>Closes with RST and no answer.</summary>
    public static Task ResetAsync(Arrived request, Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        return Task.CompletedTask;
    }

    /// <summary>Never answers.</summary>
    public Task HangAsync(Arrived request, Socket socket) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);

    public static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Stops listening: from now on connections are refused.</summary>
    public async Task CloseAsync()
    {
        listener.Stop();
        await accepting;
    }

    /// <summary>Listens again, on the same port.</summary>
    public void Open()
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        lock (work) Assert.True(Task.WaitAll([.. work], TimeSpan.FromSeconds(20)), "an instance of the test did not end");
        stop.Dispose();
    }

    // Outside the range of outgoing connections: while it is closed, nobody else may get its port.
    private TcpListener ListenSomewhere()
    {
        var random = new Random(Guid.NewGuid().GetHashCode());
        for (var tries = 0; ; tries++)
        {
            port = FreePorts.Take(1, random)[0];
            var somewhere = new TcpListener(IPAddress.Loopback, port);
            try
            {
                somewhere.Start();
                return somewhere;
            }
            catch (SocketException) when (tries < 20)
            {
                // Another test was quicker.
            }
        }
    }

    private async Task AcceptAsync(TcpListener from)
    {
        try
        {
            while (true)
            {
                var socket = await from.AcceptSocketAsync();
                lock (work) work.Add(ServeAsync(socket));
            }
        }
        catch (Exception closed) when (closed is SocketException or InvalidOperationException)
        {
            // Closed by the test, in the middle of a wait or between two.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var text = "";
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (end >= 0 && IsWhole(text[..end], text[(end + 4)..]))
                {
                    var request = new Arrived(text[..end], text[(end + 4)..]);
                    text = "";
                    if (request.Line.StartsWith("GET /health/ready", StringComparison.Ordinal))
                    {
                        if (Probe is not { } status) await HangAsync(request, socket);
                        else await SendAsync(socket, $"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
                    }
                    else
                    {
                        Requests.Enqueue(request);
                        await Behave(request, socket);
                    }

                    continue;
                }

                var read = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop.Token);
                if (read == 0) return;
                text += Encoding.ASCII.GetString(buffer, 0, read);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test or the other side ended the connection.
        }
    }

    private static bool IsWhole(string head, string body)
    {
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase)) return body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        var at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        return at < 0 || body.Length >= int.Parse(head[(at + 16)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
