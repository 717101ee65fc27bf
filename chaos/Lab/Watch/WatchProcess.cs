using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Watch;

/// <summary>
/// A Prometheus or Alertmanager on loopback, tied to this process: when it ends, the program is asked to stop and writes its data. Beside
/// a lab it also carries the lab's mark, so that the guardian ends what is left.
/// </summary>
internal sealed class WatchProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    // Ends the program when standard input ends, which it does when whoever started it is gone, however that happened.
    private const string Tied = """
        exec 3<&0 </dev/null
        "$0" "$@" >>"$CHAOSLAB_LOG" 2>&1 3<&- & child=$!
        { cat <&3 >/dev/null; kill -TERM $child 2>/dev/null; } & watcher=$!
        exec 3<&-
        wait $child; code=$?
        kill $watcher 2>/dev/null
        exit $code
        """;

    private readonly Process process;
    private readonly TimeProvider time;

    private WatchProcess(Process process, TimeProvider time)
    {
        this.process = process;
        this.time = time;
    }

    /// <summary>Path of a program that is installed; null when it is not.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>A loopback address that is free just now.</summary>
    public static Uri FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/");
    }

    /// <summary>Starts it as part of a lab and returns when it is ready.</summary>
    /// <exception cref="LabRefusedException">It ended, or was not ready in time; the message holds the end of its log.</exception>
    public static Task<WatchProcess> StartAsync(RunningLab lab, string name, string program, string folder, Uri address, TimeProvider time, CancellationToken stop, params string[] arguments) =>
        StartAsync(new Dictionary<string, string> { [MarkedProcesses.LabMark] = lab.Id, [MarkedProcesses.HostMark] = name }, name, program, folder, address, time, stop, arguments);

    /// <summary>Starts it and returns when it is ready.</summary>
    /// <param name="marks">Added to its environment.</param>
    /// <param name="name">Name for messages and its log.</param>
    /// <param name="program">Path of the program.</param>
    /// <param name="folder">Folder it runs in; gets its log.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stop">Gives up; it is ended.</param>
    /// <param name="arguments">Its command line.</param>
    public static async Task<WatchProcess> StartAsync(
        IReadOnlyDictionary<string, string> marks, string name, string program, string folder, Uri address, TimeProvider time, CancellationToken stop, params string[] arguments)
    {
        var log = Path.Combine(folder, name + ".log");
        // A session of its own keeps Ctrl-C of the terminal away.
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = folder, RedirectStandardInput = true };
        foreach (var word in (string[])["/bin/sh", "-c", Tied, program, .. arguments]) start.ArgumentList.Add(word);
        foreach (var (mark, value) in marks) start.Environment[mark] = value;
        start.Environment["CHAOSLAB_LOG"] = log;
        var watch = new WatchProcess(Process.Start(start) ?? throw new LabRefusedException($"{name}: setsid did not start"), time);
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
            for (var began = time.GetTimestamp(); !await IsReadyAsync(client, address, stop);)
            {
                if (watch.process.HasExited || time.GetElapsedTime(began) > StartLimit)
                    throw new LabRefusedException($"{name} {(watch.process.HasExited ? "ended" : "was not ready in time")}. Its last words:\n{string.Join('\n', File.ReadLines(log).TakeLast(10))}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, stop);
            }

            return watch;
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(StopLimit, time);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, Uri address, CancellationToken stop)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(address, "-/ready"), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or IOException || (notYet is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }
}
