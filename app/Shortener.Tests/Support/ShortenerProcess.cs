using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace ChaosLab.Shortener.Tests.Support;

/// <summary>The service as its own process, as it is deployed: environment in, signals, standard output and exit code out.</summary>
public sealed class ShortenerProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Shortener");
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new(), _errors = new();

    private ShortenerProcess(Dictionary<string, string> variables, string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    public HttpClient Http { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public static Dictionary<string, string> Environment(string database) => new()
    {
        ["Http__Listen"] = "127.0.0.1:0", ["Admin__Listen"] = "127.0.0.1:0", ["Admin__Token"] = "secret", ["Instance__Name"] = "child1", ["Public__Url"] = "http://go.test",
        ["Store__ConnectionString"] = database, ["Store__AttemptTimeout"] = "00:00:40", ["Store__Deadline"] = "00:00:50", ["Breaker__BreakDuration"] = "00:01:00",
        ["Shutdown__DrainDelay"] = "00:00:00.200", ["Shutdown__Timeout"] = "00:00:30", ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
    };

    public static ShortenerProcess Run(Dictionary<string, string> variables, params string[] arguments) => new(variables, arguments);

    public static async Task<ShortenerProcess> ServeAsync(Dictionary<string, string> variables)
    {
        var process = new ShortenerProcess(variables, []);
        await Patience.Until(() => process._process.HasExited || process._output.Any(static line => line.Contains("is ready", StringComparison.Ordinal)), "the ready line");
        Assert.False(process._process.HasExited, string.Join('\n', process._errors));
        var ready = JsonNode.Parse(process._output.First(static line => line.Contains("is ready", StringComparison.Ordinal)))!;
        var addresses = ((string)ready["addresses"]!).Split(' ');
        process.Http = TestService.Client(addresses[0]);
        process.Admin = TestService.Client(addresses[1]);
        process.Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        return process;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.True(kill.WaitForExit(Patience.Limit));
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().Within("the end of the process");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Http?.Dispose();
        Admin?.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }
}
