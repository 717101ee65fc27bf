using System.Diagnostics;
using System.Globalization;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Embedded;

namespace ChaosLab.Chaos.Tests.Safety;

/// <summary>A real runner in a process of its own, to be killed.</summary>
internal sealed class RunnerProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _said = [];

    public RunnerProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(Labs.Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public string Said
    {
        get
        {
            lock (_said)
                return string.Join('\n', _said);
        }
    }

    public async Task SaysAsync(string what) => await Until.TrueAsync(() => Said.Contains(what, StringComparison.Ordinal) || _process.HasExited, $"{what} in:\n{Said}");

    /// <summary>Lab and guardian, once it has said them.</summary>
    public async Task<(string Lab, int Guardian)> LabAsync()
    {
        await SaysAsync("guardian ");
        lock (_said)
        {
            var words = _said.First(line => line.StartsWith("lab ", StringComparison.Ordinal)).Split(' ');
            return (words[1], int.Parse(words[3], CultureInfo.InvariantCulture));
        }
    }

    public async Task<int> ExitCodeAsync()
    {
        await Until.Done(_process.WaitForExitAsync());
        return _process.ExitCode;
    }

    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
            if (line.Data is { } text)
                _said.Add(text);
    }
}
