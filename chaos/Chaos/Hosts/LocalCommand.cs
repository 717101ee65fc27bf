using System.Text;
using ChaosLab.Chaos.Safety;
using CliWrap;

namespace ChaosLab.Chaos.Hosts;

/// <summary>Runs a program of this machine in a session of its own, and ends the whole session when it takes too long.</summary>
public static class LocalCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Runs it to its end. A non-zero exit code is an answer, not an exception.</summary>
    /// <param name="words">Program and arguments; no shell reads them.</param>
    /// <param name="input">Its standard input; null: empty.</param>
    /// <param name="environment">Variables on top of this program's; null value: without it.</param>
    /// <param name="limit">After this, and when <paramref name="stop"/> is cancelled, every process of the session gets SIGTERM and 3 s later SIGKILL.</param>
    /// <param name="onLine">Gets each line of both outputs as it comes; null: nobody.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="TimeoutException">It took longer than <paramref name="limit"/>.</exception>
    /// <exception cref="CommandMissingException">There is no such program.</exception>
    public static async Task<CommandAnswer> RunAsync(
        IReadOnlyList<string> words, string? input, IReadOnlyDictionary<string, string?>? environment, TimeSpan limit, Action<string>? onLine, CancellationToken stop)
    {
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        var gate = new Lock();
        // setsid: process and group id are one, so that the group can be ended; and no Ctrl-C of the terminal reaches it.
        // chrt: a real-time turn of this program is for its own threads.
        var command = Cli.Wrap("chrt")
            .WithArguments(["--other", "0", "setsid", .. words])
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithStandardInputPipe(input is null ? PipeSource.Null : PipeSource.FromString(input, new UTF8Encoding(false)))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => Take(output, line)))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line => Take(errors, line)))
            .WithValidation(CommandResultValidation.None);
        var run = command.ExecuteAsync(CancellationToken.None);
        using var timer = new CancellationTokenSource(limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
        var ended = run.Task;
        try
        {
            await ended.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!ended.IsCompleted)
        {
            await EndAsync(run.ProcessId, ended);
            stop.ThrowIfCancellationRequested();
            throw new TimeoutException($"{words[0]} took longer than {limit.TotalSeconds:0.#} s and was ended{(errors.Length > 0 ? $"; it said: {errors.ToString().Trim()}" : "")}");
        }

        var result = await ended;
        // What setsid says when it finds no program to become.
        if (result.ExitCode == 127 && errors.ToString().StartsWith("setsid: failed to execute", StringComparison.Ordinal))
            throw new CommandMissingException(words[0]);
        return new CommandAnswer(result.ExitCode, output.ToString(), errors.ToString());

        void Take(StringBuilder to, string line)
        {
            lock (gate)
                to.Append(line).Append('\n');
            onLine?.Invoke(line);
        }
    }

    private static async Task EndAsync(int session, Task ended)
    {
        Signals.SendToGroup(session, Signals.Terminate);
        try
        {
            await ended.WaitAsync(Grace, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            // it has had its chance
        }

        Signals.SendToGroup(session, Signals.Kill);
    }
}

/// <summary>What a command answered.</summary>
/// <param name="ExitCode">0 to 255.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
public sealed record CommandAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>The last thing it said, for messages: errors first.</summary>
    public string LastWords => (Errors.Trim().Length > 0 ? Errors : Output).Trim() is { Length: > 0 } said ? string.Join(" / ", said.Split('\n').TakeLast(3)) : "it said nothing";
}

/// <summary>A program is not installed; the message says which.</summary>
public sealed class CommandMissingException(string program) : Exception($"the program `{program}` is not installed: `./lab up` installs it on Debian and Ubuntu when run as root")
{
    /// <summary>Its name.</summary>
    public string Program => program;
}
