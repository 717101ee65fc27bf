using System.Text.Json;
using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Draws verdicts again from records, every elasticity from its blocks, by the rules of this program: what a change of the rules would have said.</summary>
internal static class Again
{
    /// <summary>Of a hunt, or of every hunt of a proof.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="json">One object on standard output.</param>
    /// <param name="screen">Where a verdict that is another now is told.</param>
    /// <returns>Exit code.</returns>
    public static int Run(string folder, bool json, Screen screen)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "bottleneck.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }) : [];
        if (files.Length == 0)
        {
            screen.Say($"lab: --again: there is no record of a bottleneck hunt in {Places.Shown(folder)}");
            return Verdicts.ExitCodeOfAMistake;
        }

        var rows = new List<ConfusionRow>();
        var code = 0;
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var then = Read(file);
            var inputs = Inputs(then);
            var verdict = VerdictRules.Decide(inputs);
            if (then.Proof is { IsAgainst: true }) verdict = BottleneckHunt.Doubted(verdict);
            var now = then with { Inputs = inputs, Verdict = verdict, Sentence = Wording.Sentence(verdict, inputs, then.Proof) };
            rows.Add(new ConfusionRow(now.Planted?.Word ?? "none", now.Seed, verdict.Word, verdict.Component?.Instance ?? "", now.IsRight ?? BottleneckAnswer.ExitCode(now) == 0, now.Duration.TotalSeconds, inputs.MachineBusy, now.Sentence));
            code = BottleneckAnswer.ExitCode(now);
            if (then.Verdict.Word != verdict.Word) screen.Say($"{Path.GetFileName(Path.GetDirectoryName(file))}: was {then.Verdict.Word}, now {verdict.Word}: {now.Sentence}");
        }

        return Confusion.Answer(rows, files.Length == 1 ? code : Confusion.ExitCode(rows), json);
    }

    /// <summary>What the verdict was drawn from, with every elasticity from its blocks.</summary>
    public static VerdictInputs Inputs(BottleneckResult record) => record.Inputs with
    {
        Components = [.. record.Inputs.Components.Select(component => component with
        {
            Time = Of(record, Knob.NameOf(component.Kind, component.Instance, true), true),
            Extent = Of(record, Knob.NameOf(component.Kind, component.Instance, false), false),
        })],
        Unmeasured = [.. record.Blocks.Keys.Select(name => new UnmeasuredKnob(name, name.StartsWith("time", StringComparison.Ordinal))).Where(knob => Of(record, knob.Name, knob.IsTime) is null)],
    };

    /// <summary>Reads a record.</summary>
    /// <exception cref="LabRefusedException">It is none.</exception>
    public static BottleneckResult Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<BottleneckResult>(File.ReadAllText(file), BottleneckAnswer.Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException unreadable)
        {
            throw new LabRefusedException($"{Places.Shown(file)} is no record of a bottleneck hunt: {unreadable.Message}", unreadable);
        }
    }

    private static Elasticity? Of(BottleneckResult record, string name, bool isTime) => record.Blocks.TryGetValue(name, out var blocks) ? Elasticity.Of(blocks, isTime) : null;
}
