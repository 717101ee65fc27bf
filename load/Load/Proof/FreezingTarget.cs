using System.Net;
using System.Net.Sockets;

namespace ChaosLab.Load.Proof;

/// <summary>A small HTTP server on loopback whose latency law is known: it answers at once, except during one freeze, when
/// it answers nothing until the freeze is over.</summary>
internal sealed class FreezingTarget : IAsyncDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray();
    private readonly TimeProvider _time;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private (long From, long To) _freeze = (long.MaxValue, long.MaxValue);
    private readonly Lock _gate = new();

    public FreezingTarget(TimeProvider time)
    {
        _time = time;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Sets the freeze, in timestamps of the clock.</summary>
    public void FreezeBetween(long from, long to)
    {
        lock (_gate)
            _freeze = (from, to);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_end.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var (buffer, length) = (new byte[4096], 0);
        try
        {
            while (true)
            {
                var got = await socket.ReceiveAsync(buffer.AsMemory(length), _end.Token).ConfigureAwait(false);
                if (got == 0)
                    return;
                length += got;
                if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is var end && end < 0)
                    continue;
                length = 0; // the clients here send one request at a time
                await ThawAsync().ConfigureAwait(false);
                await socket.SendAsync(Answer, _end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the client left, or the experiment is over
        }
    }

    private async ValueTask ThawAsync()
    {
        var now = _time.GetTimestamp();
        (long From, long To) freeze;
        lock (_gate)
            freeze = _freeze;
        if (now >= freeze.From && now < freeze.To)
            await Task.Delay(_time.GetElapsedTime(now, freeze.To), _time, _end.Token).ConfigureAwait(false);
    }
}
