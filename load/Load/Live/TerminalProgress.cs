using System.Globalization;
using System.Threading.Channels;
using Spectre.Console;

namespace ChaosLab.Load.Live;

/// <summary>A table that is drawn anew in place.</summary>
internal sealed class TerminalProgress : ProgressView
{
    private readonly Channel<Table> _tables = Channel.CreateBounded<Table>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Task _drawing;

    public TerminalProgress()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        _drawing = Task.Run(() => console.Live(new Table().Border(TableBorder.None)).StartAsync(async context =>
        {
            await foreach (var table in _tables.Reader.ReadAllAsync().ConfigureAwait(false))
                context.UpdateTarget(table);
        }));
    }

    public override void Show(Progress progress) => _tables.Writer.TryWrite(TableOf(progress));

    public override async ValueTask DisposeAsync()
    {
        _tables.Writer.TryComplete();
        await _drawing.ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    internal static Table TableOf(Progress progress)
    {
        var title = string.Create(CultureInfo.InvariantCulture, $"{(progress.Operation == ScenarioOperation.WarmUp ? "warm-up" : "load")}, second {progress.Elapsed.TotalSeconds:0}{(progress.Planned is { } all ? $" of {all.TotalSeconds:0}" : "")}");
        var table = new Table().Border(TableBorder.Rounded).Title(title)
            .AddColumns("scenario / step", "ok", "fail", "per s", "p50 ms", "p95 ms", "p99 ms", "max ms", "undelivered");
        for (var column = 1; column < table.Columns.Count; column++)
            table.Columns[column].RightAligned();
        foreach (var s in progress.Stats)
        {
            Row(table, s.ScenarioName, s.Ok, s.Fail, s.Arrivals.Undelivered.ToString(CultureInfo.InvariantCulture));
            foreach (var step in s.StepStats)
                Row(table, "  " + step.StepName, step.Ok, step.Fail, "");
        }
        return table;
    }

    private static void Row(Table table, string name, MeasurementStats ok, MeasurementStats fail, string undelivered) => table.AddRow(
        Markup.Escape(name), Text($"{ok.Request.Count}"), fail.Request.Count == 0 ? "0" : Text($"[red]{fail.Request.Count}[/]"), Text($"{ok.Request.RPS:0.0}"),
        Text($"{ok.Latency.Percent50:0.00}"), Text($"{ok.Latency.Percent95:0.00}"), Text($"{ok.Latency.Percent99:0.00}"), Text($"{ok.Latency.MaxMs:0.00}"), undelivered);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
