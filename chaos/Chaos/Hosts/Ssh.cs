using System.Globalization;

namespace ChaosLab.Chaos.Hosts;

/// <summary>Runs scripts on one host with OpenSSH's client, over one shared connection.</summary>
/// <param name="reach">The host.</param>
/// <param name="folder">Folder of the connection's socket; null: a connection of its own for every call, which an undo wants.</param>
/// <param name="lab">Lab whose mark the client carries, so that taking the lab away ends it; null: none.</param>
internal sealed class Ssh(HostReach reach, string? folder, string? lab)
{
    // Longest name of a Unix socket is 107 bytes, and ssh adds 17 while it makes one.
    private const int LongestSocket = 88;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string? _socket = folder is not null && Path.Combine(folder, reach.Name) is { Length: <= LongestSocket } socket ? socket : null;

    public HostReach Reach => reach;

    /// <summary>Runs a script; its words arrive as <c>$1</c>, <c>$2</c> …</summary>
    /// <returns>Standard output.</returns>
    /// <exception cref="HostUnreachableException">ssh could not get there.</exception>
    /// <exception cref="InvalidOperationException">The script ended with something else than 0; names host and last words.</exception>
    public async Task<string> RunAsync(string script, IReadOnlyList<string> words, CancellationToken stop, TimeSpan? limit = null)
    {
        var answer = await AskAsync(script, words, stop, limit);
        return answer.ExitCode == 0 ? answer.Output : throw new InvalidOperationException($"{reach.Name}: {answer.LastWords} (exit {answer.ExitCode.ToString(CultureInfo.InvariantCulture)})");
    }

    /// <summary>The same, with any exit code but ssh's own 255.</summary>
    public async Task<CommandAnswer> AskAsync(string script, IReadOnlyList<string> words, CancellationToken stop, TimeSpan? limit = null)
    {
        var remote = (reach.Become ? "sudo -n " : "") + "/bin/sh -s -- " + RemoteWords.Join(words);
        CommandAnswer answer;
        try
        {
            answer = await LocalCommand.RunAsync([.. reach.SshWords(_socket), "--", remote], script + "\n", Mark, limit ?? Limit, null, stop);
        }
        catch (TimeoutException silent)
        {
            throw new HostUnreachableException(reach, "it did not answer in time", silent);
        }

        return answer.ExitCode != 255 ? answer : throw new HostUnreachableException(reach, answer.LastWords, null);
    }

    /// <summary>Closes the shared connection.</summary>
    public async Task CloseAsync()
    {
        if (_socket is null || !File.Exists(_socket))
            return;
        try
        {
            await LocalCommand.RunAsync([.. reach.SshWords(_socket), "-O", "exit"], null, Mark, TimeSpan.FromSeconds(5), null, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // its master ends with the lab, by its mark
        }
    }

    private Dictionary<string, string?>? Mark => lab is null ? null : new() { [Safety.MarkedProcesses.LabMark] = lab };
}

/// <summary>A host cannot be reached by ssh; the message names it and says what ssh said.</summary>
public sealed class HostUnreachableException(HostReach reach, string why, Exception? cause) : Exception($"{reach.Name} ({reach.Address}) cannot be reached by ssh: {why}", cause);
