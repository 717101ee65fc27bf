using System.Diagnostics;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Chaos.Tests.Hosts;

public class LocalCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Both_outputs_the_exit_code_and_the_input_are_passed_on()
    {
        var lines = new List<string>();
        var answer = await LocalCommand.RunAsync(["/bin/sh", "-c", "cat; echo wrong >&2; exit 7"], "right\n", null, Patience, lines.Add, TestContext.Current.CancellationToken);

        Assert.Equal(new CommandAnswer(7, "right\n", "wrong\n"), answer);
        Assert.Equal(2, lines.Count);
        Assert.Equal("wrong", answer.LastWords);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var missing = await Assert.ThrowsAsync<CommandMissingException>(() => LocalCommand.RunAsync(["no-such-program-here"], null, null, Patience, null, TestContext.Current.CancellationToken));

        Assert.Equal("no-such-program-here", missing.Program);
    }

    [Fact]
    public async Task Too_long_ends_the_program_and_everything_it_started()
    {
        var folder = Directory.CreateTempSubdirectory("lab-command-");
        try
        {
            var file = Path.Combine(folder.FullName, "child");
            var told = new TaskCompletionSource();
            using var stop = new CancellationTokenSource();
            var run = LocalCommand.RunAsync(["/bin/sh", "-c", "sh -c 'trap \"\" TERM; echo $$ >\"$0\"; echo ready; while :; do sleep 1; done' \"$0\" & wait", file],
                null, null, Patience, line => told.TrySetResult(), stop.Token);
            await told.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
            var child = int.Parse((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim(), System.Globalization.CultureInfo.InvariantCulture);

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

            await Until.TrueAsync(() => !IsAlive(child), "the child has ended");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_time_limit_is_told_as_one()
    {
        var late = await Assert.ThrowsAsync<TimeoutException>(() => LocalCommand.RunAsync(["sleep", "600"], null, null, TimeSpan.FromMilliseconds(300), null, TestContext.Current.CancellationToken));

        Assert.Contains("sleep", late.Message, StringComparison.Ordinal);
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] != 'Z';
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }
}
