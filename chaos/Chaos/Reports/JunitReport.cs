using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;

namespace ChaosLab.Chaos.Reports;

/// <summary>
/// A record as JUnit XML, the form CI servers read: a suite per run, a case per expectation, per fault (its evidence and its undo),
/// per rule of the ledger, for the load, and for the verdict. A run that did not hold has at least one case that did not pass.
/// </summary>
public static class JunitReport
{
    private static readonly string[] Totalled = ["tests", "failures", "errors"];

    /// <summary>The suites of some runs in one document.</summary>
    public static string Render(string name, IReadOnlyList<ExperimentResult> results)
    {
        // Of several attempts the last one counts; the others are shown as skipped.
        var last = results.GroupBy(result => result.Id).ToDictionary(attempts => attempts.Key, attempts => attempts.Last());
        var suites = results.Select(result => Suite(result, last[result.Id])).ToList();
        var document = new XDocument(new XElement("testsuites", new XAttribute("name", Clean(name)), Totals(suites), suites));
        using var text = new Utf8Writer();
        document.Save(text);
        return text.ToString() + "\n";
    }

    private static XElement Suite(ExperimentResult result, ExperimentResult counts)
    {
        var cases = result == counts
            ? Cases(result).ToList()
            : [Case("verdict", Seconds(result.Duration), Trouble("skipped", "repeated", $"{result.Verdict.Word()}, so it was repeated as {counts.RunId}: {result.Reason}"))];
        var suite = new XElement("testsuite",
            new XAttribute("name", Clean(result == counts ? result.Id : result.RunId + ", repeated")),
            new XAttribute("timestamp", result.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)),
            new XAttribute("time", Seconds(result.Duration)),
            new XElement("properties", Property("run", result.RunId), Property("seed", result.Seed.ToString(CultureInfo.InvariantCulture)),
                Property("verdict", result.Verdict.Word()), Property("repeat", Wording.CommandLine(result))),
            cases);
        suite.Add(
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", cases.Count(one => one.Element("failure") is not null)),
            new XAttribute("errors", cases.Count(one => one.Element("error") is not null)),
            new XAttribute("skipped", cases.Count(one => one.Element("skipped") is not null)));
        return suite;
    }

    private static IEnumerable<XElement> Cases(ExperimentResult result)
    {
        var took = Seconds(result.Duration);
        yield return Case("verdict", took, result.Verdict switch
        {
            Verdict.Held => null,
            Verdict.Weakness => Failure("weakness", result.Reason),
            _ => Error(result.Verdict.Word(), result.Reason),
        });
        foreach (var one in result.Expectations)
        {
            var says = $"predicted {one.Predicted}, measured {one.Measured} ({one.Window}, {one.Samples} samples); line {one.Line}";
            yield return Case($"{one.Part}: {one.Text}", "0", one.Judgement switch
            {
                Judgement.Met => null,
                Judgement.Violated => Failure("violated", says),
                _ => Error("unknown", says),
            });
        }

        foreach (var fault in result.Faults)
        {
            yield return Case($"fault {fault.Id} ({fault.Kind} on {fault.Host}) bit", "0", fault.EvidenceSeen
                ? null
                : Error("no-evidence", $"before: {fault.EvidenceBefore}; during: {fault.EvidenceDuring}; {fault.Error}"));
            yield return Case($"fault {fault.Id} ({fault.Kind} on {fault.Host}) was undone", "0", fault.Undone && fault.Attested
                ? null
                : Error("undo-failed", $"{fault.Undo}; {fault.Difference} {fault.Error}"));
        }

        if (result.Validity is { } validity)
        {
            yield return Case("load was delivered as planned", "0", validity.Verdict == "invalid"
                ? Error("invalid-load", string.Join("; ", validity.Reasons))
                : null);
        }

        if (result.Ledger is not { } ledger) yield break;
        foreach (var (rule, means, found) in Wording.LedgerFindings(ledger))
        {
            yield return Case("ledger: " + rule, "0", found.Count > 0
                ? Failure(rule, $"{found.Count} × {means}: {string.Join("; ", found.Take(20))}")
                : ledger.Error.Length > 0 ? Error("ledger-unknown", ledger.Error) : null);
        }

        yield return Case("ledger: everything was read back", "0",
            ledger.NeverRead > 0 ? Error("never-read", $"{ledger.NeverRead} entries could not be read back") : null);
    }

    private static XElement Case(string name, string time, XElement? trouble)
    {
        var one = new XElement("testcase", new XAttribute("name", Clean(name)), new XAttribute("classname", "chaos"), new XAttribute("time", time));
        if (trouble is not null) one.Add(trouble);
        return one;
    }

    private static XElement Failure(string type, string message) => Trouble("failure", type, message);

    private static XElement Error(string type, string message) => Trouble("error", type, message);

    private static XElement Trouble(string element, string type, string message) =>
        new(element, new XAttribute("type", type), new XAttribute("message", Clean(message)));

    private static XElement Property(string name, string value) =>
        new("property", new XAttribute("name", name), new XAttribute("value", Clean(value)));

    private static IEnumerable<XAttribute> Totals(List<XElement> suites) =>
        Totalled.Select(name => new XAttribute(name, suites.Sum(suite => (int)suite.Attribute(name)!)));

    private static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML 1.0 has no way to write most control characters.
    private static string Clean(string text) => string.Concat(text.Where(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)));

    private sealed class Utf8Writer() : StringWriter(CultureInfo.InvariantCulture)
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;
    }
}
