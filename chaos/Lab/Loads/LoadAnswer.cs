using System.Globalization;
using System.Text.Json;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Reports;
using ChaosLab.Chaos.Verdicts;
using ChaosLab.Load;
using Spectre.Console;

namespace ChaosLab.Lab.Loads;

/// <summary>The answer of <c>lab load</c>: tables for people, one JSON object for programs.</summary>
internal static class LoadAnswer
{
    public static string ToJson(FinishedLoad done) => JsonSerializer.Serialize(new
    {
        schema = 1,
        scenario = done.Plan.Visitors.Name,
        load = done.Plan.Words,
        seed = done.Load.Seed,
        planHash = done.Load.PlanHash,
        exitCode = done.ExitCode,
        stopped = done.Load.Stopped,
        durationSeconds = Math.Round(done.Load.Duration.TotalSeconds, 3),
        validity = new
        {
            verdict = done.Load.Validity.Verdict.ToString().ToLowerInvariant(),
            reasons = done.Load.Validity.Reasons,
            planned = done.Load.Validity.Planned,
            delivered = done.Load.Validity.Delivered,
            undelivered = done.Load.Validity.Undelivered,
            latenessP99Ms = Ms(done.Load.Validity.LatenessP99),
        },
        steps = done.Steps.Select(step => new
        {
            name = step.Step,
            requests = step.Requests,
            ok = step.Ok,
            failed = step.Failed,
            statuses = step.Statuses,
            perSecond = Math.Round(step.PerSecond, 2),
            responseMs = new { p50 = Ms(step.P50), p95 = Ms(step.P95), p99 = Ms(step.P99), max = Ms(step.Max) },
            serviceMs = new { p50 = Ms(step.ServiceP50), p99 = Ms(step.ServiceP99) },
        }),
        thresholds = done.Thresholds.Select(one => new { text = one.Text, judgement = one.Judgement, measured = one.Measured, samples = one.Samples }),
        ledger = new
        {
            acknowledged = done.Ledger.Acknowledged,
            refused = done.Ledger.Refused,
            unknown = done.Ledger.Unknown,
            broken = done.BrokenPromises,
            neverRead = done.Ledger.NeverRead,
            error = done.Ledger.Error,
        },
        folder = done.Folder,
        reports = done.Load.Stats.ReportFiles.Select(report => report.FilePath),
    }, ResultJson.Options);

    public static void Print(FinishedLoad done, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("request", "count", "per second", "good", "failed by", "p50", "p95", "p99", "max", "service p50", "service p99");
        foreach (var step in done.Steps)
        {
            var failed = string.Join(", ", step.Statuses.Where(status => status.Key is not ['2' or '3', _, _]).Take(4).Select(status => $"{status.Key}: {status.Value}"));
            table.AddRow(
                new Text(step.Step), new Text(Wording.Of(step.Requests)), new Text(Wording.Rate(step.PerSecond)), new Text(Wording.Share(step.Ok, step.Requests)),
                new Text(step.Failed == 0 ? "–" : failed), new Text(Wording.Of(step.P50)), new Text(Wording.Of(step.P95)), new Text(Wording.Of(step.P99)),
                new Text(Wording.Of(step.Max)), new Text(Wording.Of(step.ServiceP50)), new Text(Wording.Of(step.ServiceP99)));
        }

        console.Write(table);
        foreach (var one in done.Thresholds)
        {
            var (word, colour) = one.Judgement switch { Judgement.Met => ("met", Color.Green), Judgement.Violated => ("violated", Color.Red), _ => ("unknown", Color.Yellow) };
            console.Write(new Text(word, new Style(colour)));
            console.WriteLine($": {one.Text}, measured {one.Measured}");
        }

        var validity = done.Load.Validity;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"load: {validity.Verdict.ToString().ToLowerInvariant()}, {validity.Delivered} of {validity.Planned} delivered, generator late by {Wording.Of(validity.LatenessP99)} at p99, {done.Load.Generator.CpuShare * 100:0} % of the machine's CPU"));
        foreach (var reason in validity.Reasons) console.WriteLine("  " + reason);
        console.WriteLine($"ledger: {done.Ledger.Acknowledged} acknowledged, {done.Ledger.Refused} refused, {done.Ledger.Unknown} unknown; {done.BrokenPromises} broken promises" +
            (done.Ledger.NeverRead > 0 ? $", {done.Ledger.NeverRead} never read" : "") + (done.Ledger.Error.Length > 0 ? $" ({done.Ledger.Error})" : ""));
        if (done.Load.Stopped) console.WriteLine("stopped before its time" + (done.Load.StopReason is { } why ? ": " + why : ""));
        console.WriteLine($"seed {done.Load.Seed}, plan {done.Load.PlanHash}");
        Console.Out.WriteLine("record: " + Places.Shown(done.Folder));
    }

    private static double Ms(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);
}
