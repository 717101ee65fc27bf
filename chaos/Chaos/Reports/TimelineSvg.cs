using System.Globalization;
using System.Text;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Reports;

/// <summary>
/// A timeline as static SVG. Colours stand in attributes, so that it can be read where styles are forbidden, and in
/// classes, so that a page with styles may show it dark. What colour says, words or shape say too.
/// </summary>
public static class TimelineSvg
{
    private const double Width = 960, Left = 112, Right = 16, RateHeight = 110, LatencyHeight = 130, Gap = 30, LaneHeight = 18, BandRow = 16;

    private static readonly int[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

    // So chosen that the half is a round number too.
    private static readonly double[] Tops = [1, 2, 4, 5, 6, 8, 10];

    /// <summary>The picture.</summary>
    public static string ToSvg(this Timeline timeline)
    {
        var rows = Stack(timeline);
        var top = 6 + (BandRow * (rows.Count == 0 ? 0 : rows.Values.Max() + 1));
        var rate = top + 22;
        var latency = rate + RateHeight + Gap;
        var lanes = latency + LatencyHeight + (timeline.Lanes.Count == 0 ? 0 : Gap);
        var bottom = lanes + (timeline.Lanes.Count * LaneHeight);
        var svg = new StringBuilder();
        svg.Append(Markup.Of($"<svg viewBox=\"0 0 {Width:0} {bottom + 48:0}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"11\">\n"));
        svg.Append(Markup.Of($"<title>{timeline.Title}</title>\n<desc>{Described(timeline)}</desc>\n"));
        Bands(svg, timeline, rows, rate - 16, bottom);
        Axis(svg, timeline, rate, bottom);
        Rate(svg, timeline, rate);
        Latency(svg, timeline, latency);
        Lanes(svg, timeline, lanes);
        Marks(svg, timeline, rate - 16, bottom);
        return svg.Append("</svg>\n").ToString();
    }

    private static double X(Timeline timeline, double second) =>
        Left + ((Width - Left - Right) * Math.Clamp(second / timeline.Seconds, 0, 1));

    private static string Described(Timeline timeline) =>
        string.Create(CultureInfo.InvariantCulture, $"{timeline.Points.Sum(point => point.Requests)} requests in {timeline.Seconds:0} s, {timeline.Points.Sum(point => point.Failed)} failed. ") +
        string.Join(" ", timeline.Bands.Select(band => string.Create(CultureInfo.InvariantCulture, $"{band.Label} from {band.Start:0.0} s to {band.End:0.0} s.")));

    // Labels that would overlap go to rows of their own.
    private static Dictionary<Band, int> Stack(Timeline timeline)
    {
        var rows = new Dictionary<Band, int>();
        var ends = new List<double>();
        foreach (var band in timeline.Bands)
        {
            var (start, length) = Label(timeline, band);
            var row = ends.FindIndex(end => end <= start);
            if (row < 0)
            {
                row = ends.Count;
                ends.Add(0);
            }

            ends[row] = start + length + 10;
            rows[band] = row;
        }

        return rows;
    }

    private static (double Start, double Length) Label(Timeline timeline, Band band)
    {
        var length = band.Label.Length * 6.2;
        return (Math.Max(Left, Math.Min(X(timeline, band.Start), Width - Right - length)), length);
    }

    private static void Bands(StringBuilder svg, Timeline timeline, Dictionary<Band, int> rows, double top, double bottom)
    {
        foreach (var band in timeline.Bands)
        {
            var (from, to) = (X(timeline, band.Start), X(timeline, band.End));
            var baseline = 12 + (rows[band] * BandRow);
            svg.Append(Markup.Of($"<rect class=\"fault\" fill=\"#c62828\" fill-opacity=\"0.10\" x=\"{from:0.0}\" y=\"{top:0.0}\" width=\"{Math.Max(1.5, to - from):0.0}\" height=\"{bottom - top:0.0}\"><title>{band.Label}</title></rect>\n"));
            svg.Append(Markup.Of($"<text class=\"faulted\" fill=\"#c62828\" x=\"{Label(timeline, band).Start:0.0}\" y=\"{baseline:0.0}\">{band.Label}</text>\n"));
        }
    }

    private static void Axis(StringBuilder svg, Timeline timeline, double top, double bottom)
    {
        var step = Steps.FirstOrDefault(seconds => timeline.Seconds / seconds <= 14, 900);
        for (var second = 0; second <= timeline.Seconds; second += step)
        {
            var x = X(timeline, second);
            svg.Append(Markup.Of($"<line class=\"grid\" stroke=\"#d5dae1\" x1=\"{x:0.0}\" y1=\"{top:0.0}\" x2=\"{x:0.0}\" y2=\"{bottom:0.0}\"/>"));
            svg.Append(Markup.Of($"<text class=\"soft\" fill=\"#5b6675\" text-anchor=\"middle\" x=\"{x:0.0}\" y=\"{bottom + 16:0.0}\">{second} s</text>\n"));
        }
    }

    private static void Rate(StringBuilder svg, Timeline timeline, double top)
    {
        var most = RoundUp(timeline.Points.Count == 0 ? 1 : timeline.Points.Max(point => Math.Max(point.Requests, 1)));
        double Y(double count) => top + RateHeight - (RateHeight * count / most);
        Frame(svg, top, RateHeight);
        Name(svg, top, "requests a second", ("good", "ok", "#2f6fab"), ("failed", "faulted", "#c62828"));
        foreach (var count in (double[])[0, most / 2, most]) Tick(svg, Y(count), Wording.Of((long)count));

        if (timeline.Points.Count == 0) return;
        var area = new StringBuilder();
        foreach (var point in timeline.Points)
        {
            area.Append(CultureInfo.InvariantCulture, $"{(area.Length == 0 ? "M" : "L")}{X(timeline, point.Second):0.0},{Y(point.Ok):0.0}L{X(timeline, point.Second + 1):0.0},{Y(point.Ok):0.0}");
        }

        var (first, last) = (timeline.Points[0].Second, timeline.Points[^1].Second + 1);
        svg.Append(Markup.Of($"<path class=\"ok-area\" fill=\"#2f6fab\" stroke=\"none\" fill-opacity=\"0.15\" d=\"{area}L{X(timeline, last):0.0},{Y(0):0.0}L{X(timeline, first):0.0},{Y(0):0.0}Z\"/>\n"));
        svg.Append(Markup.Of($"<path class=\"ok-line\" fill=\"none\" stroke=\"#2f6fab\" stroke-width=\"1.5\" d=\"{area}\"/>\n"));
        foreach (var point in timeline.Points.Where(point => point.Failed > 0))
        {
            var (from, to) = (X(timeline, point.Second), X(timeline, point.Second + 1));
            // A single failure among thousands must still be seen.
            var height = Math.Max(2, Y(0) - Y(point.Failed));
            svg.Append(Markup.Of($"<rect class=\"failed\" fill=\"#c62828\" x=\"{from:0.0}\" y=\"{Y(0) - height:0.0}\" width=\"{Math.Max(1, to - from - 0.5):0.0}\" height=\"{height:0.0}\"><title>{point.Second} s: {point.Failed} of {point.Requests} failed</title></rect>\n"));
        }
    }

    private static void Latency(StringBuilder svg, Timeline timeline, double top)
    {
        var seen = timeline.Points.Where(point => point.Requests > 0 && point.P50 > TimeSpan.Zero).ToList();
        Frame(svg, top, LatencyHeight);
        Name(svg, top, "response time, logarithmic", ("p99", "p99", "#b3590a"), ("p50", "p50", "#2a8a83"));
        if (seen.Count == 0) return;
        var low = Math.Floor(Math.Log10(seen.Min(point => point.P50.TotalMilliseconds)));
        var high = Math.Max(low + 1, Math.Ceiling(Math.Log10(seen.Max(point => point.P99.TotalMilliseconds))));
        double Y(double ms) => top + LatencyHeight - (LatencyHeight * (Math.Log10(Math.Max(ms, 1e-6)) - low) / (high - low));
        for (var decade = low; decade <= high; decade++) Tick(svg, Y(Math.Pow(10, decade)), Power(decade));
        Line("p99", "#b3590a", point => point.P99);
        Line("p50", "#2a8a83", point => point.P50);

        void Line(string name, string colour, Func<TimelinePoint, TimeSpan> value)
        {
            var path = new StringBuilder();
            var previous = int.MinValue;
            foreach (var point in seen)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(point.Second == previous + 1 ? "L" : "M")}{X(timeline, point.Second + 0.5):0.0},{Y(value(point).TotalMilliseconds):0.0}");
                previous = point.Second;
            }

            svg.Append(Markup.Of($"<path class=\"{name}-line\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" stroke-linecap=\"round\" d=\"{path}\"/>\n"));
        }
    }

    private static void Lanes(StringBuilder svg, Timeline timeline, double top)
    {
        for (var n = 0; n < timeline.Lanes.Count; n++)
        {
            var lane = timeline.Lanes[n];
            var y = top + (n * LaneHeight);
            svg.Append(Markup.Of($"<text class=\"soft\" fill=\"#5b6675\" text-anchor=\"end\" x=\"{Left - 6:0}\" y=\"{y + 12:0.0}\">{lane.Name}</text>\n"));
            foreach (var span in lane.Spans)
            {
                var (from, to) = (X(timeline, span.Start), X(timeline, span.End));
                var (kind, colour) = span.Tone switch { Tone.Good => ("lane-good", "#1a7f37"), Tone.Unsure => ("lane-unsure", "#9a6700"), _ => ("lane-bad", "#c62828") };
                // Good states are thin and the others thick: the eye finds them without colour.
                var (offset, height) = span.Tone == Tone.Good ? (6.0, 4.0) : (1.0, LaneHeight - 4);
                svg.Append(Markup.Of($"<rect class=\"{kind}\" fill=\"{colour}\" x=\"{from:0.0}\" y=\"{y + offset:0.0}\" width=\"{Math.Max(1, to - from):0.0}\" height=\"{height:0.0}\"><title>{lane.Kind} {lane.Name}: {span.State} {span.Start:0.0} s – {span.End:0.0} s</title></rect>"));
                if (span.Tone != Tone.Good && to - from > span.State.Length * 6.5)
                    svg.Append(Markup.Of($"<text class=\"on\" fill=\"#ffffff\" x=\"{from + 3:0.0}\" y=\"{y + 12:0.0}\">{span.State}</text>"));
                svg.Append('\n');
            }
        }
    }

    private static void Marks(StringBuilder svg, Timeline timeline, double top, double bottom)
    {
        for (var n = 0; n < timeline.Marks.Count; n++)
        {
            var mark = timeline.Marks[n];
            var x = X(timeline, mark.At);
            var length = mark.Label.Length * 6.2;
            var end = x + 4 + length > Width - Right;
            svg.Append(Markup.Of($"<line class=\"mark-line\" stroke=\"#1a7f37\" stroke-width=\"1.2\" stroke-dasharray=\"4 3\" x1=\"{x:0.0}\" y1=\"{top:0.0}\" x2=\"{x:0.0}\" y2=\"{bottom:0.0}\"/>"));
            svg.Append(Markup.Of($"<text class=\"mark\" fill=\"#1a7f37\" text-anchor=\"{(end ? "end" : "start")}\" x=\"{x + (end ? -4 : 4):0.0}\" y=\"{bottom + 30 + (n * 12):0.0}\">{mark.Label}</text>\n"));
        }
    }

    private static void Frame(StringBuilder svg, double top, double height) =>
        svg.Append(Markup.Of($"<path class=\"frame\" fill=\"none\" stroke=\"#8a94a3\" d=\"M{Left:0},{top:0.0}V{top + height:0.0}H{Width - Right:0}\"/>\n"));

    private static void Name(StringBuilder svg, double top, string name, params (string Word, string Class, string Colour)[] key)
    {
        svg.Append(Markup.Of($"<text class=\"soft\" fill=\"#5b6675\" x=\"{Left:0}\" y=\"{top - 6:0.0}\">{name}:"));
        foreach (var (word, kind, colour) in key) svg.Append(Markup.Of($" <tspan class=\"{kind}\" fill=\"{colour}\" font-weight=\"bold\">{word}</tspan>"));
        svg.Append("</text>\n");
    }

    private static void Tick(StringBuilder svg, double y, string label)
    {
        svg.Append(Markup.Of($"<line class=\"grid\" stroke=\"#d5dae1\" x1=\"{Left:0}\" y1=\"{y:0.0}\" x2=\"{Width - Right:0}\" y2=\"{y:0.0}\"/>"));
        svg.Append(Markup.Of($"<text class=\"soft\" fill=\"#5b6675\" text-anchor=\"end\" x=\"{Left - 6:0}\" y=\"{y + 4:0.0}\">{label}</text>\n"));
    }

    private static string Power(double decade) => decade switch
    {
        < 0 => Math.Pow(10, decade).ToString(CultureInfo.InvariantCulture) + " ms",
        < 3 => Math.Pow(10, decade).ToString("0", CultureInfo.InvariantCulture) + " ms",
        _ => Math.Pow(10, decade - 3).ToString("0", CultureInfo.InvariantCulture) + " s",
    };

    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return Tops.First(factor => factor * power >= value) * power;
    }
}
