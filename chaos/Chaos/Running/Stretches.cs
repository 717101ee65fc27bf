using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Running;

/// <summary>A stretch of the timeline of one kind.</summary>
/// <param name="Name">Baseline, fault or recovery.</param>
/// <param name="Start">Inclusive, since the first arrival.</param>
/// <param name="End">Exclusive.</param>
public sealed record Stretch(WindowName Name, TimeSpan Start, TimeSpan End)
{
    /// <summary>A request belongs to the stretch of its intended start: one begun before and ended inside lands right.</summary>
    public bool Holds(TimeSpan intended) => intended >= Start && intended < End;
}

/// <summary>Cuts the timeline at each injection and undo.</summary>
public static class Stretches
{
    /// <summary>
    /// Baseline until the first injection, fault while at least one is active, recovery after each. Without faults all
    /// is baseline. Empty stretches are left out.
    /// </summary>
    /// <param name="faults">Injection and undo of each fault; one without undo lasts to the end.</param>
    /// <param name="end">End of the timeline.</param>
    public static IReadOnlyList<Stretch> Cut(IEnumerable<(TimeSpan Start, TimeSpan? End)> faults, TimeSpan end)
    {
        var stretches = new List<Stretch>();
        var at = TimeSpan.Zero;
        var before = WindowName.Baseline;
        foreach (var (start, stop) in Merge(faults.Select(fault => (fault.Start, fault.End ?? end))))
        {
            Add(before, at, start);
            Add(WindowName.Fault, start, stop);
            at = stop;
            before = WindowName.Recovery;
        }

        Add(before, at, end);
        return stretches;

        void Add(WindowName name, TimeSpan from, TimeSpan to)
        {
            to = to < end ? to : end;
            if (to > from)
                stretches.Add(new Stretch(name, from, to));
        }
    }

    /// <summary>The stretches that a window's name stands for.</summary>
    public static IReadOnlyList<Stretch> Of(WindowName name, IReadOnlyList<Stretch> all) =>
        [.. all.Where(stretch => name switch
        {
            WindowName.Run => true,
            WindowName.SinceFault => stretch.Name != WindowName.Baseline,
            _ => stretch.Name == name,
        })];

    /// <summary>As written in reports.</summary>
    public static string Word(WindowName name) => name == WindowName.SinceFault ? "since fault" : name.ToString().ToLowerInvariant();

    private static IEnumerable<(TimeSpan Start, TimeSpan End)> Merge(IEnumerable<(TimeSpan Start, TimeSpan End)> faults)
    {
        (TimeSpan Start, TimeSpan End)? open = null;
        foreach (var fault in faults.OrderBy(fault => fault.Start))
        {
            if (open is { } current && fault.Start <= current.End)
            {
                open = (current.Start, fault.End > current.End ? fault.End : current.End);
                continue;
            }

            if (open is { } done)
                yield return done;
            open = fault;
        }

        if (open is { } last)
            yield return last;
    }
}
