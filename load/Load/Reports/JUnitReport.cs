using System.Globalization;
using System.Text;
using System.Xml;

namespace ChaosLab.Load.Reports;

/// <summary>JUnit XML: a test case for the run's validity and one per threshold, for build servers.</summary>
public static class JUnitReport
{
    /// <summary>The report of a run.</summary>
    public static string Of(LoadResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringWriterUtf8();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true }))
        {
            var (thresholds, stopped) = (result.Stats.Thresholds, result.StoppedByLimit);
            var isInvalid = result.Validity.Verdict == ValidityVerdict.Invalid;
            var failures = thresholds.Count(t => t.IsFailed) + (isInvalid ? 1 : 0) + (stopped ? 1 : 0);
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Clean(result.Stats.TestInfo.TestSuite));
            xml.WriteAttributeString("tests", Number(thresholds.Length + 1 + (stopped ? 1 : 0)));
            xml.WriteAttributeString("failures", Number(failures));
            xml.WriteAttributeString("errors", "0");
            xml.WriteAttributeString("time", result.Duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
            xml.WriteAttributeString("timestamp", result.Stats.TestInfo.Created.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            Case(xml, result, "validity", "the figures can be believed", isInvalid ? string.Join("; ", result.Validity.Reasons) : null);
            if (stopped)
                Case(xml, result, "limits", "the run reaches its end", result.StopReason);
            foreach (var t in thresholds)
                Case(xml, result, t.ScenarioName, t.CheckExpression, t.IsFailed ? $"measured {t.Measured} {t.ExceptionMsg}, {t.ErrorCount} checks failed" : null);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        return text.ToString();
    }

    private static void Case(XmlWriter xml, LoadResult result, string group, string name, string? failure)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean($"{result.Stats.TestInfo.TestName}.{group}"));
        xml.WriteAttributeString("name", Clean(name));
        if (failure is not null)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Clean(failure));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    // XML 1.0 has no way to write most control characters.
    private static string Clean(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) ? c : '?'));
    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class StringWriterUtf8() : StringWriter(CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
