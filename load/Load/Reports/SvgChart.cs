using System.Globalization;
using System.Net;
using System.Text;

namespace ChaosLab.Load.Reports;

/// <summary>Draws a value per second as static SVG; colours come from the page's style, so it reads in light and dark.</summary>
internal static class SvgChart
{
    private const int Width = 900, Height = 190, Left = 56, Bottom = 24, Top = 10, Right = 8;

    /// <summary>Stacked columns: successes and failures of each second.</summary>
    public static string Columns(string title, IReadOnlyList<TimelineSecond> seconds)
    {
        var top = Math.Max(1, seconds.Max(s => s.Ok + s.Fail));
        var svg = Begin(title, seconds.Count, [.. new[] { 0.0, 0.5, 1 }.Select(part => (part, Number(top * part)))]);
        var width = Math.Max(0.5, (double)(Width - Left - Right) / seconds.Count - 0.5);
        foreach (var s in seconds)
        {
            Bar(svg, "ok", X(s.Second, seconds.Count), 0, (double)s.Ok / top, width, $"second {s.Second}: {s.Ok} ok, {s.Fail} failed");
            Bar(svg, "fail", X(s.Second, seconds.Count), (double)s.Ok / top, (double)s.Fail / top, width, $"second {s.Second}: {s.Fail} failed");
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Lines on a logarithmic scale, in ms.</summary>
    public static string Lines(string title, IReadOnlyList<TimelineSecond> seconds)
    {
        (string Class, Func<TimelineSecond, double> Value)[] lines = [("p50", s => s.P50), ("p99", s => s.P99), ("max", s => s.Max)];
        var (low, high) = (Math.Floor(Math.Log10(Math.Max(0.001, seconds.Where(s => s.P50 > 0).Select(s => s.P50).DefaultIfEmpty(1).Min()))),
            Math.Ceiling(Math.Log10(Math.Max(0.01, seconds.Max(s => s.Max)))));
        high = Math.Max(high, low + 1);
        var marks = Enumerable.Range((int)low, (int)(high - low) + 1).Select(e => ((e - low) / (high - low), Number(Math.Pow(10, e)) + " ms"));
        var svg = Begin(title, seconds.Count, [.. marks]);
        foreach (var (name, value) in lines)
        {
            svg.Append("<polyline class=\"line ").Append(name).Append("\" points=\"");
            foreach (var s in seconds.Where(s => value(s) > 0))
                svg.Append(Number(X(s.Second + 0.5, seconds.Count))).Append(',').Append(Number(Y((Math.Log10(value(s)) - low) / (high - low)))).Append(' ');
            svg.Append("\"/>");
        }
        return svg.Append("</svg>").ToString();
    }

    private static StringBuilder Begin(string title, int seconds, IReadOnlyList<(double Part, string Label)> marks)
    {
        var svg = new StringBuilder().Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        foreach (var (part, label) in marks)
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Number(Y(part))}\" y2=\"{Number(Y(part))}\"/><text x=\"{Left - 6}\" y=\"{Number(Y(part) + 4)}\" text-anchor=\"end\">{label}</text>");
        var step = Math.Max(1, (int)Math.Ceiling(seconds / 10.0));
        for (var second = 0; second <= seconds; second += step)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(X(second, seconds))}\" y=\"{Height - 6}\" text-anchor=\"middle\">{second} s</text>");
        return svg;
    }

    private static void Bar(StringBuilder svg, string name, double x, double from, double share, double width, string says)
    {
        if (share > 0)
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{name}\" x=\"{Number(x)}\" y=\"{Number(Y(from + share))}\" width=\"{Number(width)}\" height=\"{Number(Y(from) - Y(from + share))}\"><title>{says}</title></rect>");
    }

    private static double X(double second, int seconds) => Left + second * (Width - Left - Right) / Math.Max(1, seconds);
    private static double Y(double part) => Height - Bottom - part * (Height - Bottom - Top);
    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
