using System.Globalization;
using System.Text;
using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Reports;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>The scaling curve and the tornado as static SVG, in the colours of the report page.</summary>
internal static class Drawings
{
    private const double Width = 720, Left = 60, Right = 700;

    /// <summary>Measured points and the laws.</summary>
    public static string Curve(IReadOnlyList<ScalingPoint> curve, IReadOnlyList<FitLine> fits, string what)
    {
        const double top = 20, bottom = 260;
        var (mostUsers, most) = (curve.Max(point => point.Users), curve.Max(point => point.Throughput) * 1.1);
        var svg = Begin(300, $"Throughput against {what}");
        for (var tick = 0; tick <= 4; tick++)
        {
            var (x, y) = (X(mostUsers * tick / 4), Y(most * tick / 4));
            svg.Append(Markup.Of($"<line class=\"grid\" stroke=\"#ccc\" x1=\"{Left:0}\" x2=\"{Right:0}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/><text class=\"soft\" font-size=\"11\" text-anchor=\"end\" x=\"{Left - 6:0}\" y=\"{y + 4:0.0}\">{most * tick / 4:0}/s</text>"));
            svg.Append(Markup.Of($"<text class=\"soft\" font-size=\"11\" text-anchor=\"middle\" x=\"{x:0.0}\" y=\"{bottom + 18:0}\">{mostUsers * tick / 4:0}</text>"));
        }

        foreach (var (fit, number) in fits.Select((fit, number) => (fit, number)))
        {
            var path = string.Join(' ', fit.Line.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Users):0.0},{Y(Math.Min(most, point.Throughput)):0.0}")));
            svg.Append(Markup.Of($"<polyline fill=\"none\" class=\"{(number == 0 ? "ok-line" : "grid")}\" stroke=\"{(number == 0 ? "#2f6fab" : "#bbb")}\" stroke-width=\"{(number == 0 ? 2 : 1)}\" points=\"{path}\"><title>{fit.Name}</title></polyline>"));
        }

        foreach (var point in curve) svg.Append(Markup.Of($"<circle class=\"ok\" fill=\"#2f6fab\" r=\"3\" cx=\"{X(point.Users):0.0}\" cy=\"{Y(point.Throughput):0.0}\"/>"));
        svg.Append(Markup.Of($"<text class=\"soft\" font-size=\"11\" x=\"{Left:0}\" y=\"295\">{what}; the thick line is the chosen law{(fits.Count > 0 ? ": " + fits[0].Name : "")}</text>"));
        return svg.Append("</svg>\n").ToString();

        double X(double users) => Left + ((Right - Left) * users / mostUsers);
        double Y(double throughput) => bottom - ((bottom - top) * throughput / most);
    }

    /// <summary>Elasticities with two standard errors to each side, and their sum.</summary>
    public static string Tornado(VerdictInputs inputs)
    {
        var rows = inputs.Components
            .SelectMany(component => ((string Name, Elasticity? Value, bool IsTime)[])[("time in " + component.Says, component.Time, true), ("more of " + component.Says, component.Extent, false)])
            .Where(row => row.Value is not null).OrderByDescending(row => Math.Abs(row.Value!.Value)).ToList();
        var height = 40 + ((rows.Count + 1) * 24);
        var svg = Begin(height, "Elasticities of throughput");
        foreach (var tick in (double[])[-1.5, -1, -0.5, 0, 0.5, 1, 1.5])
            svg.Append(Markup.Of($"<line class=\"{(tick == 0 ? "frame" : "grid")}\" stroke=\"#bbb\" x1=\"{X(tick):0.0}\" x2=\"{X(tick):0.0}\" y1=\"6\" y2=\"{height - 22:0}\"/><text class=\"soft\" font-size=\"11\" text-anchor=\"middle\" x=\"{X(tick):0.0}\" y=\"{height - 6:0}\">{tick:+0.0;−0.0;0}</text>"));
        foreach (var (row, number) in rows.Select((row, number) => (row, number)))
            Bar(row.Name, row.Value!.Value, double.IsFinite(row.Value.StandardError) ? row.Value.StandardError : 0, number, row.IsTime ? "p99" : "mark", row.IsTime ? "#b3590a" : "#1a7f37");
        Bar("sum over the times (−1 with all of them)", inputs.SumOfTimes, 0, rows.Count, "p50", "#2a8a83");
        return svg.Append("</svg>\n").ToString();

        static double X(double value) => 470 + (Math.Clamp(value, -1.6, 1.6) * 140);

        void Bar(string name, double value, double error, int row, string kind, string colour)
        {
            var y = 10 + (row * 24);
            svg.Append(Markup.Of($"<text font-size=\"11\" x=\"0\" y=\"{y + 13}\">{name}</text><rect class=\"{kind}\" fill=\"{colour}\" x=\"{Math.Min(X(0), X(value)):0.0}\" width=\"{Math.Max(1, Math.Abs(X(value) - X(0))):0.0}\" y=\"{y}\" height=\"16\"/>"));
            if (error > 0) svg.Append(Markup.Of($"<line class=\"frame\" stroke=\"#333\" x1=\"{X(value - (2 * error)):0.0}\" x2=\"{X(value + (2 * error)):0.0}\" y1=\"{y + 8}\" y2=\"{y + 8}\"/>"));
        }
    }

    private static StringBuilder Begin(double height, string title) =>
        new StringBuilder().Append(Markup.Of($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width:0} {height:0}\" role=\"img\" style=\"max-width:{Width:0}px\"><title>{title}</title>\n"));
}
