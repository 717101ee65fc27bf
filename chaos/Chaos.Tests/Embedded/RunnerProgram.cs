using System.Runtime.InteropServices;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Tests.Embedded;

/// <summary>A small runner in a process of its own, for tests that end it: starts a lab, runs the experiments, says what happens.</summary>
internal static class RunnerProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var (state, runs) = (args[0], args[1]);
        var without = args.Where(arg => arg.StartsWith("--without=", StringComparison.Ordinal)).Select(arg => Safeguards.Find(arg["--without=".Length..])!.Value).ToList();
        var experiments = args.Skip(2).Where(arg => arg.EndsWith(".yaml", StringComparison.Ordinal)).Select(Read).ToList();
        Console.WriteLine("starting");
        await using var lab = await EmbeddedLab.StartAsync(Labs.Options(state) with { Without = without, Database = args.Contains("--postgres") ? new EmbeddedDatabase(true, []) : null, LogFolder = Path.Combine(runs, "logs") }, null, stop.Token);
        Console.WriteLine($"lab {lab.Id} guardian {lab.GuardianPid}");
        if (experiments.Count == 0)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        var day = await ExperimentRunner.RunAllAsync(experiments, lab, Labs.Run(runs), new Said(), result =>
        {
            foreach (var line in result.Expectations)
                Console.WriteLine($"    {line.Judgement,-9} {line.Text}: {line.Measured} [{line.Window}, {line.Samples}] {line.Interval} baseline {line.Baseline}");
            Console.WriteLine($"=== {result.Id}: {result.Verdict.Word()}: {result.Reason} ({result.Duration.TotalSeconds:0.0} s, load {result.Validity?.Verdict})");
        }, stop.Token);
        return day.Verdict.ExitCode();

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static Experiment Read(string path)
    {
        var (experiment, problems) = ExperimentFile.Load(path);
        return experiment ?? throw new InvalidDataException(string.Join('\n', problems));
    }

    private sealed class Said : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => Console.WriteLine($"{value.Offset?.TotalSeconds,8:0.00} {value.Kind} {value.Subject} {value.Text}");
    }
}
