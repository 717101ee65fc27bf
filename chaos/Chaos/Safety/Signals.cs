using System.Runtime.InteropServices;

namespace ChaosLab.Chaos.Safety;

/// <summary>The signals we send, with their Linux numbers.</summary>
internal static partial class Signals
{
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>False when there is no such process (any more).</summary>
    /// <exception cref="InvalidOperationException">The process is not ours to signal.</exception>
    public static bool Send(int pid, int signal)
    {
        // pid 0, 1 and negative ones mean groups, the first process or everybody.
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2);
        if (SendSignal(pid, signal) == 0)
            return true;
        const int NoSuchProcess = 3;
        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new InvalidOperationException($"signal {signal} to process {pid}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>To every process of a group that this program made; none left means nothing to do.</summary>
    public static void SendToGroup(int group, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(group, 2);
        _ = SendSignal(-group, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
