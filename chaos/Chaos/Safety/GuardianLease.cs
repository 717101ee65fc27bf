using System.Diagnostics;

namespace ChaosLab.Chaos.Safety;

/// <summary>The runner's end of the dead man's switch. While it is held, the lab lives; when this process ends in any way, it is taken away.</summary>
public sealed class GuardianLease : IAsyncDisposable
{
    private readonly Process _guardian;
    private readonly CancellationTokenSource _lost = new();
    private readonly ManualResetEventSlim _releasing = new();
    private readonly Thread _heart;

    private GuardianLease(Process guardian, string lab)
    {
        _guardian = guardian;
        Lab = lab;
        // A thread of its own: a starved thread pool must not look like a dead runner.
        _heart = new Thread(Beat) { IsBackground = true, Name = "guardian heartbeat" };
        _heart.Start();
    }

    /// <summary>Lab under guard.</summary>
    public string Lab { get; }

    /// <summary>Process id of the guardian.</summary>
    public int GuardianPid => _guardian.Id;

    /// <summary>Cancelled when the guardian has gone before its time.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>
    /// Starts a guardian and returns when it stands guard: it holds the lock of the state root, has written the lab's
    /// undo, and has made the lab's folder.
    /// </summary>
    /// <param name="command">Program and leading arguments that call <see cref="Guardian.RunAsync"/>; <c>guardian --state … --lab … --runner …</c> is added.</param>
    /// <param name="stateRoot">State root.</param>
    /// <param name="lab">Name of the lab to be.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stop">Gives up waiting.</param>
    /// <exception cref="LabRefusedException">Another run holds the state root, or something was left behind.</exception>
    public static async Task<GuardianLease> TakeAsync(IReadOnlyList<string> command, string stateRoot, string lab, TimeProvider time, CancellationToken stop)
    {
        var patience = TimeSpan.FromSeconds(40); // a guardian that heals after a dead run needs lease + healing
        var began = time.GetTimestamp();
        while (true)
        {
            var guardian = Start(command, stateRoot, lab);
            string? answer;
            try
            {
                answer = await guardian.StandardOutput.ReadLineAsync(stop).AsTask().WaitAsync(TimeSpan.FromSeconds(60), time, stop);
            }
            catch
            {
                End(guardian);
                throw;
            }

            if (answer == "ready")
                return new GuardianLease(guardian, lab);
            End(guardian);
            if (answer?.StartsWith("leftovers", StringComparison.Ordinal) == true)
                throw new LabRefusedException($"an earlier run left something behind ({answer["leftovers".Length..].Trim()}): run `lab restore` first");
            if (answer?.StartsWith("busy", StringComparison.Ordinal) != true)
                throw new LabRefusedException($"the guardian process did not start: {string.Join(' ', command)} guardian answered {answer ?? "nothing"}");
            var holder = RunLock.WhoHolds(stateRoot);
            if (holder is { RunnerLives: true } || time.GetElapsedTime(began) > patience)
                throw new LabRefusedException($"another run holds {stateRoot} (lab {holder?.Lab}, process {holder?.RunnerPid}): wait for it, stop it, or set CHAOSLAB_STATE to another folder");
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, stop);
        }
    }

    /// <summary>Ends the lease in order: the guardian takes the lab away and goes. Safe to call twice.</summary>
    /// <exception cref="UndoFailedException">The guardian could not heal everything, or is gone itself.</exception>
    public async Task ReleaseAsync(TimeProvider time)
    {
        if (_releasing.IsSet)
            return;
        _releasing.Set();
        _heart.Join();
        string? answer = null;
        try
        {
            await _guardian.StandardInput.WriteLineAsync(Guardian.Release);
            await _guardian.StandardInput.FlushAsync();
            answer = await _guardian.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60), time);
            await _guardian.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10), time);
        }
        catch (Exception broken) when (broken is IOException or TimeoutException or InvalidOperationException)
        {
            answer ??= broken.Message;
        }
        finally
        {
            End(_guardian);
        }

        if (answer != "clean")
            throw new UndoFailedException($"the guardian of lab {Lab} did not report a clean end ({answer ?? "it is gone"}): run `lab restore`");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync(TimeProvider.System);
        _lost.Dispose();
    }

    private void Beat()
    {
        while (!_releasing.Wait(Guardian.Heartbeat))
        {
            try
            {
                _guardian.StandardInput.Write("alive\n");
                _guardian.StandardInput.Flush();
            }
            catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
            {
                _lost.Cancel();
                return;
            }
        }
    }

    private static Process Start(IReadOnlyList<string> command, string stateRoot, string lab)
    {
        // A session of its own: no Ctrl-C and no hang-up of the terminal reaches it.
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var word in command.Concat(["guardian", "--state", stateRoot, "--lab", lab, "--runner", $"{Environment.ProcessId}"]))
            start.ArgumentList.Add(word);
        // It must survive what it does to everything that carries the mark.
        start.Environment.Remove(MarkedProcesses.LabMark);
        start.Environment.Remove(MarkedProcesses.HostMark);
        return Process.Start(start) ?? throw new LabRefusedException("setsid did not start");
    }

    private static void End(Process guardian)
    {
        try
        {
            guardian.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has gone already.
        }

        guardian.Dispose();
    }
}

/// <summary>The lab may not or cannot start; the message says why and what to do.</summary>
public sealed class LabRefusedException(string message, Exception? cause = null) : Exception(message, cause);
