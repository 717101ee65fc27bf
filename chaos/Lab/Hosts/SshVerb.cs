using System.CommandLine;
using System.Diagnostics;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Hosts;

/// <summary>A shell, or one command, on a host.</summary>
internal static class SshVerb
{
    public static Command Create()
    {
        var verb = new Verb("ssh", "Open a shell on a host, or run a command there. Exit code: that of the command; 2 when there is no such host; 255 when it cannot be reached.",
            ("./lab ssh db1", "a shell"),
            ("./lab ssh db1 -- systemctl status patroni", "a command"));
        var on = LabChoice.On(LabChoice.Docker);
        var host = new Argument<string>("HOST") { Description = "Name of a host, as `lab status` shows it." };
        var command = new Argument<string[]>("COMMAND") { Description = "Program and arguments, after --.", Arity = ArgumentArity.ZeroOrMore };
        verb.Add(on);
        verb.Add(host);
        verb.Add(command);
        verb.SetAction(async (asked, stop) =>
        {
            try
            {
                var (_, reach) = await HostsLab.ReachAsync(LabChoice.Options(Places.Find(), asked.GetValue(on)!, TimeProvider.System), stop);
                var wanted = HostNames.Find(reach, asked.GetValue(host)!);
                var words = asked.GetValue(command)!;
                // The terminal is the shell's: nothing of ours stands between.
                var start = new ProcessStartInfo("ssh");
                foreach (var word in wanted.SshWords(null).Skip(1)) start.ArgumentList.Add(word);
                if (words.Length > 0)
                {
                    start.ArgumentList.Add("--");
                    start.ArgumentList.Add(RemoteWords.Join(words));
                }

                using var shell = Process.Start(start)!;
                await shell.WaitForExitAsync(CancellationToken.None);
                return shell.ExitCode;
            }
            catch (LabRefusedException refused)
            {
                await Console.Error.WriteLineAsync("lab: " + refused.Message);
                return Chaos.Verdicts.Verdicts.ExitCodeOfAMistake;
            }
        });
        return verb;
    }
}

/// <summary>Hosts by the names people type.</summary>
internal static class HostNames
{
    /// <exception cref="LabRefusedException">There is none of that name.</exception>
    public static HostReach Find(LabReach lab, string name) => lab.Hosts.FirstOrDefault(host => host.Name == name)
        ?? throw new LabRefusedException($"there is no host `{name}`. There are: {string.Join(", ", lab.Hosts.Select(host => host.Name))}");
}
