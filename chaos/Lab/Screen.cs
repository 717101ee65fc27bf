using System.Globalization;
using ChaosLab.Chaos.Running;
using Spectre.Console;

namespace ChaosLab.Lab;

/// <summary>Progress for people, on standard error only: standard output belongs to the answer. Colours only on a terminal, and not with NO_COLOR.</summary>
internal sealed class Screen : IProgress<RunEvent>, IProgress<string>
{
    private readonly IAnsiConsole console;
    private readonly bool terminal = !Console.IsErrorRedirected;
    private readonly Lock gate = new();
    private int quiet;
    private bool live;

    public Screen()
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        // A log is not wrapped.
        if (!terminal) console.Profile.Width = 10_000;
    }

    /// <summary>Standard output for tables: as wide as the terminal, or wide enough for a log.</summary>
    public static IAnsiConsole Answer()
    {
        var answer = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) answer.Profile.Width = 180;
        return answer;
    }

    /// <summary>One line.</summary>
    public void Say(string line)
    {
        lock (gate)
        {
            EndLive();
            console.WriteLine(line);
        }
    }

    /// <summary>A line that the next one replaces; away from a terminal only every tenth is kept.</summary>
    public void Live(string line)
    {
        lock (gate)
        {
            if (!terminal)
            {
                if (quiet++ % 10 == 0) console.WriteLine(line);
                return;
            }

            var width = Math.Max(20, console.Profile.Width - 1);
            Console.Error.Write("\r\u001b[K" + (line.Length > width ? line[..width] : line));
            live = true;
        }
    }

    void IProgress<string>.Report(string value) => Say("  starting " + value);

    void IProgress<RunEvent>.Report(RunEvent value)
    {
        var at = value.Offset is { } offset ? string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds,6:0.0} s") : "        ";
        var line = $"{at}  {value.Kind,-18} {string.Join(": ", ((string[])[value.Subject, value.Text]).Where(part => part.Length > 0))}";
        if (value.Kind == RunEvents.LoadProgress)
        {
            Live(line);
            return;
        }

        lock (gate)
        {
            EndLive();
            console.Write(new Text(line + Environment.NewLine, StyleOf(value.Kind)));
        }
    }

    private static Style StyleOf(string kind) => kind switch
    {
        RunEvents.Injecting or RunEvents.Injected or RunEvents.Aborting => new Style(Color.Red),
        RunEvents.Evidence or RunEvents.Breaker or RunEvents.Backend => new Style(Color.Yellow),
        RunEvents.Undone or RunEvents.Attested or RunEvents.Healed => new Style(Color.Green),
        RunEvents.Verdict => new Style(decoration: Decoration.Bold),
        _ => new Style(decoration: Decoration.Dim),
    };

    private void EndLive()
    {
        if (!live) return;
        Console.Error.Write("\r\u001b[K");
        live = false;
    }
}
