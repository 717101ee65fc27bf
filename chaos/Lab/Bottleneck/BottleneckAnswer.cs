using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Verdicts;
using Spectre.Console;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>The answer of a hunt in its forms: terminal, pages, JSON.</summary>
internal static class BottleneckAnswer
{
    /// <summary>As every result, but a standard error that one block cannot have is written as "Infinity".</summary>
    public static JsonSerializerOptions Json { get; } = new(ResultJson.Options) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>0: the verdict names what was planted, or nothing was planted and something can be said; 1: it names something else; 3: it cannot be told.</summary>
    public static int ExitCode(BottleneckResult result) => CannotTell(result)
        ? Verdict.Inconclusive.ExitCode()
        : result.IsRight == false ? Verdict.Weakness.ExitCode() : 0;

    /// <summary>On the terminal.</summary>
    public static void Print(BottleneckResult result, string page, IAnsiConsole console)
    {
        console.Write(new Panel(new Text(result.Sentence)).Header($" {result.Verdict.Word} · confidence {result.Verdict.Confidence} ").Border(BoxBorder.Heavy));
        foreach (var (title, text) in Cards.Of(result))
            console.Write(new Panel(new Text(text)).Header($" {title} ").Border(BoxBorder.Rounded).Expand());
        foreach (var line in Reveal(result)) console.WriteLine(line);
        console.WriteLine($"report: {Places.Shown(page)}");
    }

    /// <summary>Writes <c>report.md</c> and <c>report.html</c>.</summary>
    /// <returns>Path of the page.</returns>
    public static async Task<string> WriteAsync(BottleneckResult result, string folder)
    {
        var blocks = Blocks(result);
        var page = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), MarkdownPage.Render(blocks));
        await File.WriteAllTextAsync(page, HtmlPage.Render($"bottleneck: {result.Verdict.Word}", blocks));
        return page;
    }

    /// <summary>As one object.</summary>
    public static string ToJson(BottleneckResult result, string page) => JsonSerializer.Serialize(new
    {
        schema = 1,
        verdict = result.Verdict.Word,
        instance = result.Verdict.Component?.Instance,
        exitCode = ExitCode(result),
        confidence = result.Verdict.Confidence,
        sentence = result.Sentence,
        because = result.Verdict.Because,
        planted = result.Planted,
        right = result.IsRight,
        guess = result.Guess,
        guessRight = result.Guess is null || Truth(result) is not { } truth ? (bool?)null : result.Guess == truth,
        seconds = result.Duration.TotalSeconds,
        report = page,
        record = result,
    }, Json);

    /// <summary>What was planted, and how the guess fared.</summary>
    public static IReadOnlyList<string> Reveal(BottleneckResult result)
    {
        var lines = new List<string>();
        if (result.Planted is { } planted)
            lines.Add($"planted: {planted.Word}: {planted.Says} (seed {result.Seed.ToString(CultureInfo.InvariantCulture)}); the verdict {(result.IsRight == true ? "names it" : "does not name it")}");
        if (result.Guess is { } guess)
            lines.Add($"your guess: {guess}: {(Truth(result) is not { } truth ? "nobody can tell: nothing was planted, and nothing was found" : guess == truth ? "right" : $"it was {truth}; look at card 1 and card 4 for what tells them apart")}");
        return lines;
    }

    // What was planted, or what was found; null where neither is known.
    private static string? Truth(BottleneckResult result) => result.Planted?.Word ?? (CannotTell(result) ? null : result.Verdict.Word);

    private static bool CannotTell(BottleneckResult result) => result.Verdict.Limit is Limit.Inconclusive or Limit.Instrumentation;

    private static List<Block> Blocks(BottleneckResult result)
    {
        var cards = Cards.Of(result);
        var blocks = new List<Block>
        {
            new Block.Heading(1, "Bottleneck"),
            new Block.Outcome(result.Verdict.Word, result.Sentence, CannotTell(result) ? Tone.Unsure : Tone.Plain),
            new Block.Paragraph(Say($"{result.Users} users in a closed loop, seed {result.Seed}, {result.Duration.TotalSeconds:0} s; confidence {result.Verdict.Confidence}.")),
            new Block.Lines([.. result.Verdict.Because, .. Reveal(result)]),
        };
        for (var number = 0; number < cards.Count; number++)
        {
            blocks.Add(new Block.Heading(2, cards[number].Title));
            var svg = number switch
            {
                2 when result.Curve.Count > 0 => Drawings.Curve(result.Curve, result.Fits, "users"),
                3 when result.Inputs.Components.Any(component => component.Time is not null) => Drawings.Tornado(result.Inputs),
                _ => "",
            };
            if (svg.Length > 0) blocks.Add(new Block.Drawing(svg, ""));
            blocks.Add(new Block.Verbatim(cards[number].Text));
        }

        return [.. blocks.Where(block => block is not Block.Drawing { Svg: "" })];
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
