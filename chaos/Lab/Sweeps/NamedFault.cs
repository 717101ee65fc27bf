using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Bottleneck;

namespace ChaosLab.Lab.Sweeps;

/// <summary>A fault under which capacity is looked for, by a name that fits on a command line.</summary>
/// <param name="Name">As typed.</param>
/// <param name="InjectAsync">Does it, undo first; disposing the answer undoes it.</param>
internal sealed record NamedFault(string Name, Func<RunningLab, string, TimeProvider, CancellationToken, Task<IAsyncDisposable>> InjectAsync)
{
    /// <summary>The forms, for help and for mistakes.</summary>
    public const string Forms = "path=5ms (every store read is delayed), lock=2ms, pool=5ms (held longer), cpu=1ms (burnt), lose=1 (so many instances killed)";

    // Until probes have seen that one is lost.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(9), Seen = TimeSpan.FromSeconds(1.5);

    /// <summary>Reads it; null when it is none.</summary>
    public static NamedFault? Read(string text)
    {
        if (text.Split('=') is not [var name, var size]) return null;
        if (name == "lose") return int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 2 ? new(text, (lab, run, time, stop) => LoseAsync(lab, count, run, time, stop)) : null;
        (string Kind, string At)? dose = name switch
        {
            "path" => ("delay", "path"),
            "lock" => ("hold", "lock"),
            "pool" => ("hold", "connection"),
            "cpu" => ("burn", "processor"),
            _ => null,
        };
        return dose is { } known && Units.Duration(size) is { } length && length >= TimeSpan.FromMilliseconds(0.1) && length <= TimeSpan.FromSeconds(1)
            ? new(text, (lab, run, time, stop) => new DoseHand(lab, run, time).GiveAsync(new Dose(lab.OfRole("app"), known.Kind, known.At, length, 0), Longest, stop))
            : null;
    }

    private static async Task<IAsyncDisposable> LoseAsync(RunningLab lab, int count, string run, TimeProvider time, CancellationToken stop)
    {
        if (lab is HostsLab hosts)
        {
            var steps = hosts.Inventoried.Where(host => host.Role == "app").TakeLast(count).Select(host => new HostStep(host, "lose", host.Service.UndoOfDown, host.Service.KillAsync));
            var change = await HostChange.MakeAsync(hosts, steps, Longest, run, time, stop);
            await Task.Delay(Seen, time, stop);
            return change;
        }

        var lost = new Lost(new UndoLog(lab.StateRoot), time);
        try
        {
            foreach (var host in lab.OfRole("app").TakeLast(count))
            {
                lost.Add(new UndoEntry { Id = $"{run}.lose-{host.Name}", Lab = lab.Id, Sequence = 800, Run = run, Host = host.Name, Cause = "lose", Action = host.Service.UndoOfDown, WrittenAt = time.GetUtcNow() });
                await host.Service.KillAsync(stop);
            }

            await Task.Delay(Seen, time, stop);
            return lost;
        }
        catch
        {
            await lost.DisposeAsync();
            throw;
        }
    }

    private sealed class Lost(UndoLog undo, TimeProvider time) : IAsyncDisposable
    {
        private readonly List<UndoEntry> entries = [];

        public void Add(UndoEntry entry)
        {
            undo.Write(entry);
            entries.Add(entry);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var entry in entries)
            {
                await Undoing.DoAsync(entry.Action, time);
                undo.MarkExecuted(entry);
            }
        }
    }
}
