using System.Globalization;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Verbs;

namespace ChaosLab.Chaos.Tests.Endurance;

/// <summary>The real program, killed without warning at moments spread over a whole run: from before its guardian stands to after its reports.</summary>
[Collection(nameof(Alone))]
public class KilledRunnerTests
{
    private const int Kills = 50;
    private const int Lanes = 2;

    private const string Experiment = """
        title: Redirects survive a paused instance
        hypothesis:
          - redirect success >= 50 %
        load: { scenario: follow-links, rate: 40/s, for: 5s, warm-up: 0s }
        faults:
          - { at: 2s, kind: pause-process, target: { name: app1 }, for: 1s }
          - { at: 2s, kind: app-error, target: { name: app2 }, for: 1s }
        """;

    [Fact]
    public async Task Fifty_killed_runners_leave_nothing_behind_and_the_next_run_starts_clean()
    {
        var kills = await Task.WhenAll(Enumerable.Range(1, Lanes).Select(lane => Task.Run(() => KillAsync(lane))));

        Assert.True(kills.Sum() >= Kills, $"only {kills.Sum()} runs were killed before their end");
    }

    private static async Task<int> KillAsync(int lane)
    {
        using var lab = new LabProgram();
        var file = lab.File("paused.yaml", Experiment);
        var seeded = new Random(lane);
        var whole = await WholeRunAsync(lab, file);
        var killed = 0;
        for (var attempt = 0; killed < Kills / Lanes && attempt < Kills; attempt++)
        {
            using var runner = lab.Start("run", file, "--seed", attempt.ToString(CultureInfo.InvariantCulture));
            var said = (Output: runner.StandardOutput.ReadToEndAsync(), Error: runner.StandardError.ReadToEndAsync());
            var moment = whole * seeded.NextDouble();
            using (var patience = new CancellationTokenSource(moment, TimeProvider.System))
            {
                try { await runner.WaitForExitAsync(patience.Token); }
                catch (OperationCanceledException) { } // the moment has come
            }

            if (runner.HasExited)
            {
                // Ended before its moment. It may have learned nothing on a crowded machine, but it must not have met leftovers.
                var error = await said.Error;
                var starved = runner.ExitCode == 4 && error.Contains("steady state did not hold", StringComparison.Ordinal);
                Assert.True(starved || runner.ExitCode is 0 or 1 or 3, $"run {attempt} of lane {lane} ended with {runner.ExitCode}:\n{error}");
                continue;
            }

            runner.Kill();
            killed++;
            await NothingIsLeftAsync(lab, $"run {attempt} of lane {lane}, killed after {moment.TotalSeconds:F2} s");
        }

        await WholeRunAsync(lab, file);
        return killed;
    }

    // Held, asked a second time when the first run says that it learned nothing.
    private static async Task<TimeSpan> WholeRunAsync(LabProgram lab, string file)
    {
        for (var last = false; ; last = true)
        {
            var began = TimeProvider.System.GetTimestamp();
            var ended = await lab.RunAsync("run", file);
            if (ended.ExitCode is 3 or 4 && !last) continue;
            Assert.True(ended.ExitCode == 0, $"exit code {ended.ExitCode}:\n{ended.Out}\n{ended.Error}");
            return TimeProvider.System.GetElapsedTime(began);
        }
    }

    private static async Task NothingIsLeftAsync(LabProgram lab, string which)
    {
        var labs = Path.Combine(lab.State, "labs");
        IReadOnlyList<string> left = [];
        await Until.TrueAsync(
            () =>
            {
                left = [.. ProcessesOf(lab.Folder)];
                if (Directory.Exists(labs)) left = [.. left, .. Directory.GetDirectories(labs)];
                if (Directory.Exists(lab.State)) left = [.. left, .. new UndoLog(lab.State).ReadPending().Select(entry => $"pending undo {entry}")];
                return Task.FromResult(left.Count == 0);
            },
            () => $"{which} leaves nothing, but there are {string.Join("; ", left)}");
    }

    // Every process of a run inherits the folder of its state by environment: a witness that shares no code with the lab.
    private static IEnumerable<string> ProcessesOf(string folder)
    {
        foreach (var process in Directory.GetDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            string environment, command;
            try
            {
                environment = File.ReadAllText(Path.Combine(process, "environ"));
                command = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue; // ended meanwhile
            }

            if (environment.Contains($"CHAOSLAB_STATE={folder}", StringComparison.Ordinal)) yield return $"{process} {command}";
        }
    }
}
