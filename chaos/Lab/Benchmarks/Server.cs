using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ChaosLab.Lab.Benchmarks;

/// <summary>A server under measurement: a child process on a free loopback port, ended with its children when disposed.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process process;
    private readonly DirectoryInfo folder;

    private Server(Process process, DirectoryInfo folder, Uri link)
    {
        (this.process, this.folder, Link) = (process, folder, link);
        // Told twice to stop, this program ends without disposing; its servers end with it.
        AppDomain.CurrentDomain.ProcessExit += End;
    }

    /// <summary>The address that answers 302.</summary>
    public Uri Link { get; private set; }

    /// <summary>Its process.</summary>
    public int ProcessId => process.Id;

    /// <summary>Seconds of processor time used so far by the server and its workers.</summary>
    public double CpuSeconds => ProcessorTime.OfFamily(process.Id);

    /// <summary>Starts a server; <paramref name="describe"/> gets its port and its own empty folder.</summary>
    /// <exception cref="InvalidOperationException">It did not answer within 20 s.</exception>
    public static async Task<Server> StartAsync(Func<int, string, ProcessStartInfo> describe, string path, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("chaoslab-bench-");
        var port = FreePort();
        var start = describe(port, folder.FullName);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { }; // drained, or a talkative server would block on a full pipe
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new Server(process, folder, new Uri($"http://127.0.0.1:{port}{path}"));
        try { await server.AnswersAsync(stop); }
        catch { await server.DisposeAsync(); throw; }
        return server;
    }

    /// <summary>Moves the measurement to another path of the same server.</summary>
    public void Measure(string path) => Link = new Uri(Link, path);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task AnswersAsync(CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
        for (var attempt = 0; attempt < 200 && !process.HasExited; attempt++)
        {
            try { using var answer = await client.GetAsync(Link, stop); return; }
            catch (HttpRequestException) { } // not listening yet
            catch (TaskCanceledException) when (!stop.IsCancellationRequested) { }
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
        }
        throw new InvalidOperationException($"{process.StartInfo.FileName} did not answer on {Link}.");
    }

    private void End(object? sender, EventArgs ending)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        End(this, EventArgs.Empty);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
