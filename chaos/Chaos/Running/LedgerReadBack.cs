using System.Net.Http.Headers;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Chaos.Running;

/// <summary>Heal, wait, flush, then read: the final read of a run.</summary>
internal static class LedgerReadBack
{
    private const int FlushAttempts = 5;

    public static async Task<LedgerResult> RunAsync(Ledger ledger, RunningLab lab, LinkReader reader, TimeProvider time, CancellationToken stop)
    {
        try
        {
            foreach (var app in lab.OfRole("app"))
                await FlushAsync(app, time, stop);
            var findings = await LedgerJudge.ReadBackAsync(ledger, reader, stop);
            return new LedgerResult(findings.Acknowledged, findings.Refused, findings.Unknown, Say(findings.Lost), Say(findings.Changed), Say(findings.Doubled),
                Say(findings.Phantom), Say(findings.Stale), Say(findings.ClickMismatches), findings.NeverRead, "");
        }
        catch (Exception failure)
        {
            return new LedgerResult(0, 0, 0, [], [], [], [], [], [], 0, $"the ledger could not be read back: {failure.Message}");
        }
    }

    public static string Say(LedgerResult ledger) => ledger.Error.Length > 0
        ? ledger.Error
        : $"{ledger.Acknowledged} acknowledged, {ledger.Refused} refused, {ledger.Unknown} unknown; {ledger.Lost.Count} lost, {ledger.Changed.Count} changed, " +
          $"{ledger.Doubled.Count} doubled, {ledger.Phantom.Count} phantom, {ledger.Stale.Count} stale, {ledger.ClickMismatches.Count} click mismatches, {ledger.NeverRead} never read";

    // Clicks are stored in batches, off the request's path: count only what has been flushed everywhere.
    private static async Task FlushAsync(Host app, TimeProvider time, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = app.Admin, Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.AdminToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var answer = await client.PostAsync("/clicks/flush", null, stop);
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (Exception failure) when (attempt < FlushAttempts && failure is HttpRequestException or IOException or TaskCanceledException && !stop.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, stop); // a breaker may still be open
            }
        }
    }

    private static IReadOnlyList<string> Say(IReadOnlyList<LedgerFinding> findings) =>
        [.. findings.Select(finding => $"{finding.Subject}: promised {finding.Expected}, found {finding.Found}")];
}
