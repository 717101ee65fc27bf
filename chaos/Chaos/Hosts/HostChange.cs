using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>One thing that is changed at a host, with what takes it back.</summary>
/// <param name="Host">The host.</param>
/// <param name="Cause">What it is, in words.</param>
/// <param name="Undo">Takes it back; may run when there is nothing to take back.</param>
/// <param name="DoAsync">Makes it; comes back when it is true.</param>
internal sealed record HostStep(InventoriedHost Host, string Cause, UndoAction Undo, Func<CancellationToken, Task> DoAsync);

/// <summary>
/// Changes of hosts that last for a measurement. As with every fault, the undo of each is on disk and its timer is armed at the host before
/// it is made; disposing takes them back, the last first.
/// </summary>
internal sealed class HostChange : IAsyncDisposable
{
    private static int _number;
    private readonly UndoLog _undo;
    private readonly TimeProvider _time;
    private readonly List<UndoEntry> _made = [];

    private HostChange(HostsLab lab, TimeProvider time) => (_undo, _time) = (new UndoLog(lab.StateRoot), time);

    /// <summary>Makes them, one after the other.</summary>
    /// <param name="lab">Their lab.</param>
    /// <param name="steps">What to change.</param>
    /// <param name="longest">After this the host takes it back by itself.</param>
    /// <param name="run">Id of the run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives up; what was made is taken back.</param>
    public static async Task<HostChange> MakeAsync(HostsLab lab, IEnumerable<HostStep> steps, TimeSpan longest, string run, TimeProvider time, CancellationToken stop)
    {
        var change = new HostChange(lab, time);
        try
        {
            foreach (var step in steps)
            {
                var number = Interlocked.Increment(ref _number);
                var id = string.Create(CultureInfo.InvariantCulture, $"{run}.c{number}-{step.Host.Name}");
                var entry = new UndoEntry
                {
                    Id = id,
                    Lab = lab.Id,
                    Sequence = number,
                    Run = run,
                    Host = step.Host.Name,
                    Cause = step.Cause,
                    Action = step.Undo is UndoAction.OnHost there ? there with { Switch = DeadManTimer.NameOf($"{lab.Id}.{id}") } : step.Undo,
                    WrittenAt = time.GetUtcNow(),
                    Deadline = time.GetUtcNow() + longest,
                };
                change._undo.Write(entry);
                change._made.Add(entry);
                await lab.ArmAsync(entry.Action, longest, stop);
                await step.DoAsync(stop);
            }

            return change;
        }
        catch
        {
            await change.DisposeAsync();
            throw;
        }
    }

    // Takes no token: whatever stopped the run, this is owed.
    public async ValueTask DisposeAsync()
    {
        foreach (var entry in Enumerable.Reverse(_made))
        {
            await Undoing.DoAsync(entry.Action, _time);
            _undo.MarkExecuted(entry);
        }

        _made.Clear();
    }
}
