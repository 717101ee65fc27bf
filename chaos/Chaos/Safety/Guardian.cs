using System.Runtime.InteropServices;

namespace ChaosLab.Chaos.Safety;

/// <summary>
/// The dead man's switch: a process of its own that lives before anything of the lab does, and takes the lab away when
/// the runner's lease ends: by a word, by end of file (the runner died) or by silence (the runner hangs).
/// </summary>
public static class Guardian
{
    /// <summary>How often the runner says that it is there.</summary>
    public static TimeSpan Heartbeat { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the guardian waits for a word.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long it waits for a silent runner that lives and is not stopped. Its heart is a thread of its own, so silence
    /// then means that the machine gives it no time; taking its lab away would turn a busy machine into a wrong verdict.
    /// </summary>
    public static TimeSpan LeaseOfTheStarved { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The word that ends the lease in order.</summary>
    internal const string Release = "release";

    /// <summary>
    /// Guards one lab until its lease ends, then heals. Writes <c>ready</c>, <c>busy …</c> or <c>leftovers …</c> first,
    /// and <c>clean</c> or <c>failed …</c> last. Ignores SIGINT and SIGHUP; SIGTERM ends the lease.
    /// </summary>
    /// <param name="stateRoot">State root whose lock it holds.</param>
    /// <param name="lab">Lab to guard.</param>
    /// <param name="runnerPid">Process that holds the other end of <paramref name="lease"/>.</param>
    /// <param name="lease">Standard input of the guardian.</param>
    /// <param name="answers">Standard output of the guardian.</param>
    /// <param name="time">Clock.</param>
    /// <returns>Exit code: 0 healed, 4 refused to guard, 6 something could not be healed.</returns>
    public static async Task<int> RunAsync(string stateRoot, string lab, int runnerPid, TextReader lease, TextWriter answers, TimeProvider time)
    {
        using var held = RunLock.TryTake(stateRoot);
        if (held is null)
            return Refuse($"busy {RunLock.WhoHolds(stateRoot)?.Lab}");
        var log = new UndoLog(stateRoot);
        if (log.ReadPending().Select(entry => entry.Lab).Distinct().ToList() is { Count: > 0 } leftovers)
            return Refuse($"leftovers {string.Join(' ', leftovers)}");

        using var terminated = new CancellationTokenSource();
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => { context.Cancel = true; terminated.Cancel(); });
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);

        RunLock.Note(stateRoot, new RunHolder(lab, runnerPid, ProcessTable.Read(runnerPid)?.StartTicks ?? 0, Environment.ProcessId));
        var folder = LabFolder.Of(stateRoot, lab);
        log.Write(new UndoEntry
        {
            Id = "lab",
            Lab = lab,
            Sequence = 0,
            Cause = "lab started",
            Action = new UndoAction.TakeLabAway(lab, folder),
            WrittenAt = time.GetUtcNow(),
        });
        LabFolder.Make(folder);
        Say(answers, "ready");

        var why = await WaitForTheEndAsync(lease, runnerPid, time, terminated.Token);
        var (healed, failed) = await Healing.HealAsync(log, lab, time);
        Note(stateRoot, $"{time.GetUtcNow():O} lab {lab}: {why}; {string.Join("; ", healed.Concat(failed))}");
        Say(answers, failed.Count == 0 ? "clean" : "failed " + string.Join("; ", failed));
        return failed.Count == 0 ? 0 : 6;

        int Refuse(string why)
        {
            Say(answers, why);
            return 4;
        }
    }

    // The lease is counted in own turns, not by the clock: a machine that froze for longer than the lease froze the
    // heartbeats too, and the guardian must not punish the runner for that.
    private static async Task<string> WaitForTheEndAsync(TextReader lease, int runnerPid, TimeProvider time, CancellationToken terminated)
    {
        var heard = 0;
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                while (lease.ReadLine() is { } line)
                {
                    if (line == Release)
                        ended.TrySetResult("released");
                    Interlocked.Increment(ref heard);
                }
            }
            catch (Exception broken) when (broken is IOException or ObjectDisposedException)
            {
                _ = broken; // a broken pipe means what its end means
            }

            ended.TrySetResult("the runner is gone");
        }) { IsBackground = true, Name = "lease" }.Start();

        var (silent, last) = (0, 0);
        while (true)
        {
            await Task.WhenAny(ended.Task, Task.Delay(Heartbeat, time, terminated));
            if (ended.Task.IsCompleted)
                return await ended.Task;
            if (terminated.IsCancellationRequested)
                return "SIGTERM";
            var now = Volatile.Read(ref heard);
            silent = now == last ? silent + 1 : 0;
            last = now;
            if (silent * Heartbeat >= LeaseOfTheStarved || (silent * Heartbeat >= Lease && ProcessTable.Read(runnerPid) is null or { State: 'T' or 't' or 'Z' }))
                return $"the runner was silent for {(silent * Heartbeat).TotalSeconds:0.#} s";
        }
    }

    // Beside the locks, because the lab's own folder goes with the lab: whoever wonders where a lab went looks here.
    private static void Note(string stateRoot, string line)
    {
        try
        {
            File.AppendAllText(Path.Combine(stateRoot, "guardian.log"), line + "\n");
        }
        catch (IOException)
        {
            // A full disk must not keep anything alive.
        }
    }

    private static void Say(TextWriter answers, string line)
    {
        try
        {
            answers.WriteLine(line);
            answers.Flush();
        }
        catch (IOException)
        {
            // The runner is gone, which is exactly when the guardian must go on.
        }
    }
}
