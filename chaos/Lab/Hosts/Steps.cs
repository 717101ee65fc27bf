using System.Globalization;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Lab.Hosts;

/// <summary>The long steps of a verb, one after the other: each shows what it is at, and all that was said is kept in one log.</summary>
internal sealed class Steps : IDisposable
{
    private readonly Places places;
    private readonly Screen screen;
    private readonly TimeProvider time;
    private readonly StreamWriter log;
    private readonly Lock gate = new();

    public Steps(Places places, string verb, Screen screen, TimeProvider time)
    {
        (this.places, this.screen, this.time) = (places, screen, time);
        var folder = Path.Combine(places.State, "logs");
        Directory.CreateDirectory(folder);
        LogFile = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{verb}.log"));
        log = new StreamWriter(LogFile) { AutoFlush = true };
    }

    /// <summary>The file that holds everything.</summary>
    public string LogFile { get; }

    /// <summary>The repository's <c>ansible</c>.</summary>
    public string AnsibleFolder => Path.Combine(places.Root, "ansible");

    /// <summary>A program below <c>ansible/</c> that tells its own progress on standard error.</summary>
    /// <returns>The last line of its standard output.</returns>
    /// <exception cref="StepFailedException">It ended with something else than 0.</exception>
    public async Task<string> ProgramAsync(string says, IReadOnlyList<string> words, TimeSpan limit, CancellationToken stop)
    {
        var answer = await RunAsync(says, limit, line => screen.Live("  " + line), (onLine, ended) =>
            LocalCommand.RunAsync([Path.Combine(AnsibleFolder, words[0]), .. words.Skip(1)], null, Ansible.Variables(AnsibleFolder, places.State), limit, onLine, ended), stop);
        return answer.ExitCode == 0 ? answer.Output.Trim().Split('\n')[^1] : throw new StepFailedException(says, answer.ExitCode, answer.LastWords, LogFile);
    }

    /// <summary>A playbook.</summary>
    /// <returns>What it did.</returns>
    /// <exception cref="StepFailedException">A task failed or a host did not answer; holds what Ansible said of it.</exception>
    public async Task<PlayProgress> PlaybookAsync(string says, string inventory, string playbook, IReadOnlyList<string> more, TimeSpan limit, CancellationToken stop)
    {
        var progress = new PlayProgress();
        var answer = await RunAsync(says, limit, line =>
        {
            if (progress.Take(line) is not { } shown) return;
            if (shown.IsPlay) screen.Say("  " + shown.Line);
            else screen.Live("    " + shown.Line);
        }, (onLine, ended) => Ansible.RunAsync(AnsibleFolder, Ansible.Play(AnsibleFolder, inventory, playbook, more), limit, onLine, ended, places.State), stop);
        if (answer.ExitCode == 0) return progress;
        throw new StepFailedException(says, answer.ExitCode, progress.Failures.Count > 0 ? string.Join("\n", progress.Failures) : answer.LastWords, LogFile);
    }

    public void Dispose() => log.Dispose();

    private async Task<CommandAnswer> RunAsync(string says, TimeSpan limit, Action<string> show, Func<Action<string>, CancellationToken, Task<CommandAnswer>> run, CancellationToken stop)
    {
        screen.Say(says);
        var began = time.GetTimestamp();
        try
        {
            var answer = await run(Take, stop);
            screen.Say(string.Create(CultureInfo.InvariantCulture, $"  {(answer.ExitCode == 0 ? "done" : "failed")} in {time.GetElapsedTime(began).TotalSeconds:0} s"));
            return answer;
        }
        catch (TimeoutException slow)
        {
            throw new StepFailedException(says, 124, slow.Message, LogFile);
        }

        void Take(string line)
        {
            lock (gate)
            {
                log.WriteLine(line);
                show(line);
            }
        }
    }
}

/// <summary>A step did not succeed; the message is for people.</summary>
internal sealed class StepFailedException(string step, int exitCode, string why, string log) : Exception($"{step} failed:\n{why}\n(all that was said: {Places.Shown(log)})")
{
    /// <summary>Exit code of its program.</summary>
    public int ExitCode => exitCode;
}
