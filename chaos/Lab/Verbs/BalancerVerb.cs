using System.CommandLine;
using System.Runtime.InteropServices;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Balancer;

namespace ChaosLab.Lab.Verbs;

/// <summary>The balancer of the embedded lab: a process of its own, set by the environment, ended by SIGTERM.</summary>
internal static class BalancerVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var command = new Command("balancer", "Serve as the load balancer of an embedded lab, set by Balancer__* variables.") { Hidden = true };
        command.SetAction((_, stop) => RunAsync(stop));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken stop)
    {
        var problems = new List<string>();
        if (BalancerOptions.Read(Environment.GetEnvironmentVariable, problems) is not { } options)
        {
            foreach (var problem in problems) await Console.Error.WriteLineAsync(problem);
            return Verdicts.ExitCodeOfAMistake;
        }

        using var logs = LoggerFactory.Create(log => log
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddJsonConsole(json => json.TimestampFormat = "O"));
        try
        {
            await using var balancer = await RunningBalancer.StartAsync(options, TimeProvider.System, logs);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            await balancer.StopAsync(Patience, TimeProvider.System);
            return 0;

            void End(PosixSignalContext signal)
            {
                signal.Cancel = true;
                ended.Cancel();
            }
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync($"balancer: {taken.Message} — choose another port");
            return Verdicts.ExitCodeOfAMistake;
        }
    }
}
