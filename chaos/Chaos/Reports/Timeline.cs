using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Reports;

/// <summary>The course of one run, ready to be drawn: what visitors saw each second, when it was hurt, what the parts did.</summary>
/// <param name="Title">What is drawn, for those who cannot see it.</param>
/// <param name="Seconds">Length, more than 0.</param>
/// <param name="Points">One a second, in order.</param>
/// <param name="Bands">When faults were active.</param>
/// <param name="Lanes">The states of breakers and backends that changed.</param>
/// <param name="Marks">Moments worth a line.</param>
public sealed record Timeline(
    string Title, double Seconds, IReadOnlyList<TimelinePoint> Points, IReadOnlyList<Band> Bands,
    IReadOnlyList<Lane> Lanes, IReadOnlyList<Mark> Marks)
{
    /// <summary>Reads it off a record.</summary>
    public static Timeline Of(ExperimentResult result)
    {
        var points = result.Timeline.OrderBy(point => point.Second).ToList();
        var ends = result.Faults.Select(fault => fault.End).Concat(result.Windows.Select(window => (TimeSpan?)window.End))
            .Select(end => end?.TotalSeconds ?? 0);
        var seconds = Math.Max(ends.Append(1).Max(), points.Count == 0 ? 0 : points[^1].Second + 1);
        var bands = result.Faults.Where(fault => fault.Start is not null)
            .GroupBy(fault => (fault.Kind, Start: Math.Round(fault.Start!.Value.TotalSeconds)))
            .Select(group => new Band(
                group.Min(fault => fault.Start!.Value.TotalSeconds),
                group.Max(fault => fault.End?.TotalSeconds ?? seconds),
                $"{group.Key.Kind} {string.Join(", ", group.Select(fault => fault.Host).Distinct())}"))
            .OrderBy(band => band.Start).ToList();
        return new Timeline("Course of " + result.Id, seconds, points, bands, LanesOf(result, seconds), MarksOf(result));
    }

    private static List<Lane> LanesOf(ExperimentResult result, double seconds) =>
        [.. result.Transitions
            .GroupBy(one => (one.Kind, one.Host, one.Part))
            .OrderBy(group => group.Key.Kind).ThenBy(group => group.Key.Host).ThenBy(group => group.Key.Part)
            .Select(group =>
            {
                var changes = group.OrderBy(one => one.At).ToList();
                var spans = new List<StateSpan> { new(0, Clip(changes[0].At), changes[0].From, ToneOf(changes[0].From)) };
                for (var n = 0; n < changes.Count; n++)
                {
                    var end = n + 1 < changes.Count ? Clip(changes[n + 1].At) : seconds;
                    spans.Add(new StateSpan(Clip(changes[n].At), end, changes[n].To, ToneOf(changes[n].To)));
                }

                return new Lane(string.Join(' ', new[] { group.Key.Host, group.Key.Kind == "backend" ? "" : group.Key.Part }.Where(part => part.Length > 0)),
                    group.Key.Kind, [.. spans.Where(span => span.End > span.Start)]);
            })];

    private static double Clip(TimeSpan at) => Math.Max(0, at.TotalSeconds);

    private static Tone ToneOf(string state) => state switch
    {
        "up" or "closed" => Tone.Good,
        "half_open" or "half-open" or "draining" => Tone.Unsure,
        _ => Tone.Bad,
    };

    private static List<Mark> MarksOf(ExperimentResult result)
    {
        if (result.Faults.Max(fault => fault.End) is not { } healed) return [];
        var marks = new List<Mark> { new(healed.TotalSeconds, "healed") };
        if (result.Recoveries.Count > 0 && result.Recoveries.All(one => one.Sustained is not null))
        {
            var after = result.Recoveries.Max(one => one.Sustained!.Value);
            if (after > TimeSpan.Zero) marks.Add(new Mark((healed + after).TotalSeconds, "recovered +" + Wording.Of(after)));
            else marks[0] = marks[0] with { Label = "healed, good at once" };
        }

        return marks;
    }
}

/// <summary>A stretch of time in which a fault was active. Seconds from the first arrival.</summary>
public sealed record Band(double Start, double End, string Label)
{
    /// <summary>One line of text.</summary>
    public string Label { get; } = string.Concat(Label.Select(c => char.IsControl(c) ? ' ' : c));
}

/// <summary>A moment worth a line. Seconds from the first arrival.</summary>
public sealed record Mark(double At, string Label);

/// <summary>The states of one part over time.</summary>
/// <param name="Name">Such as <c>app1 store-read</c>.</param>
/// <param name="Kind"><c>breaker</c> or <c>backend</c>.</param>
/// <param name="Spans">In order, without gaps.</param>
public sealed record Lane(string Name, string Kind, IReadOnlyList<StateSpan> Spans);

/// <summary>One state while it lasted. Seconds from the first arrival.</summary>
public sealed record StateSpan(double Start, double End, string State, Tone Tone);
