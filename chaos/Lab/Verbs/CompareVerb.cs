using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Comparisons;
using Spectre.Console;

namespace ChaosLab.Lab.Verbs;

/// <summary>Two builds of the shortener against each other: the gate that says whether a commit made it slower.</summary>
internal static class CompareVerb
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static Command Create()
    {
        var verb = new Verb("compare",
            "Compare two builds of the shortener on this machine, in turns A B B A: processor time and time of an answer, for redirects and creates.\n\n" +
            "Exit code: 0 not worse, 1 worse by more than the tolerance, 2 a mistake in the command line, 3 too noisy to say, 4 a build did not run, 5 stopped.",
            ("./lab compare HEAD^", "this checkout with the commit before"),
            ("./lab compare v1.tar.gz v2.tar.gz", "two artefacts"),
            ("./lab compare main --tolerance 5 --json", "stricter, for a program"));
        var baseline = new Argument<string>("BASELINE") { Description = "A revision, an artefact (.tar.gz) or the folder of a build." };
        var candidate = new Argument<string?>("CANDIDATE") { Description = "The same; without it the build of this checkout.", DefaultValueFactory = _ => null, Arity = ArgumentArity.ZeroOrOne };
        var tolerance = Percent("--tolerance", "How much worse, in percent, is still good.", 10);
        var mustDetect = Percent("--must-detect", "The change, in percent, that must not pass unnoticed: a measurement that could miss it says so instead of passing.", 60);
        var json = CampaignFlags.Json();
        verb.Add(baseline);
        verb.Add(candidate);
        foreach (var option in (Option[])[tolerance, mustDetect, json]) verb.Add(option);
        verb.SetAction(async (asked, _) =>
        {
            if (asked.GetValue(mustDetect) <= asked.GetValue(tolerance))
            {
                await Console.Error.WriteLineAsync("lab: --must-detect must be above --tolerance.");
                return Verdicts.ExitCodeOfAMistake;
            }

            var screen = new Screen();
            using var stopping = new Stopping(screen.Say, breaks: false);
            var places = Places.Find();
            var scratch = Directory.CreateTempSubdirectory("chaoslab-compare-");
            try
            {
                var first = asked.GetValue(baseline)!;
                var second = asked.GetValue(candidate);
                if (second is null && !Path.Exists(first) && await BuildUnderTest.IsCheckedOutAsync(first, places, stopping.Token))
                {
                    Answer([], "not worse: the shortener of this checkout has the same sources as that of " + first, asked.GetValue(json));
                    return 0;
                }

                var a = await BuildUnderTest.FindAsync(first, places, scratch.FullName, screen.Say, stopping.Token);
                var b = second is null
                    ? new BuildUnderTest("this checkout", places.ShortenerProgram)
                    : await BuildUnderTest.FindAsync(second, places, scratch.FullName, screen.Say, stopping.Token);
                var figures = await Comparison.RunAsync(a, b, asked.GetValue(tolerance) / 100, asked.GetValue(mustDetect) / 100, screen.Say, stopping.Token);
                var verdict = figures.Any(static figure => figure.Change == Change.Worse) ? Verdict.Weakness
                    : figures.Any(static figure => figure.Change == Change.Unclear) ? Verdict.Inconclusive : Verdict.Held;
                Answer(figures, Says(verdict, b, a), asked.GetValue(json));
                return verdict.ExitCode();
            }
            // Whatever a server or a build says of being ended half-way, it was ended by us.
            catch (Exception) when (stopping.Token.IsCancellationRequested)
            {
                screen.Say("lab: stopped; nothing was judged.");
                return Verdict.Aborted.ExitCode();
            }
            catch (InvalidDataException mistake)
            {
                screen.Say("lab: " + mistake.Message);
                return Verdicts.ExitCodeOfAMistake;
            }
            catch (InvalidOperationException broken)
            {
                screen.Say("lab: " + broken.Message);
                return Verdict.NotRun.ExitCode();
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
        return verb;
    }

    private static Option<double> Percent(string name, string description, double usual)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => usual, HelpName = "percent" };
        option.Validators.Add(asked => { if (asked.GetValueOrDefault<double>() is not (>= 0 and <= 1000)) asked.AddError($"{name} must be 0 to 1000."); });
        return option;
    }

    private static string Says(Verdict verdict, BuildUnderTest candidate, BuildUnderTest baseline) => verdict switch
    {
        Verdict.Weakness => $"worse: {candidate.Name} takes more than {baseline.Name}",
        Verdict.Inconclusive => "unclear: the measurement is too noisy; run it again on a calmer machine",
        _ => $"not worse: {candidate.Name} takes no more than {baseline.Name}, within the tolerance",
    };

    private static void Answer(IReadOnlyList<ComparedFigure> figures, string says, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { says, figures }, Json));
            return;
        }

        var screen = Screen.Answer();
        if (figures.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumn("");
            foreach (var title in (string[])["baseline", "candidate", "ratio (99 %)", "would notice", "change"]) table.AddColumn(new TableColumn(title).RightAligned());
            foreach (var figure in figures)
                table.AddRow(
                    new Text(figure.Name), new Text($"{figure.Baseline:G3} {figure.Unit}"), new Text($"{figure.Candidate:G3} {figure.Unit}"),
                    new Text($"×{figure.Ratio:F2} ({figure.Lowest:F2}–{figure.Highest:F2})"), new Text($"×{figure.Detectable:F2}"),
                    new Text(figure.Change switch { Change.Worse => "worse", Change.NotWorse => "not worse", _ => "unclear" }));
            screen.Write(table);
        }

        screen.WriteLine(says);
    }
}
