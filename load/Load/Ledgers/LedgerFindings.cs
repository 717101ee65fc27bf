namespace ChaosLab.Load.Ledgers;

/// <summary>Three-valued: nothing learned is never passed.</summary>
public enum LedgerVerdict
{
    /// <summary>Every promise was kept.</summary>
    Kept,
    /// <summary>Nothing was promised, or it could not be read back.</summary>
    Unknown,
    /// <summary>A promise was broken.</summary>
    Broken,
}

/// <summary>A broken promise.</summary>
/// <param name="Rule">lost, changed, doubled, phantom, stale or clicks.</param>
/// <param name="Subject">Code or key concerned.</param>
/// <param name="Expected">What was promised.</param>
/// <param name="Found">What was read, and from which instance.</param>
/// <param name="Entries">The ledger's entries about it.</param>
public sealed record LedgerFinding(string Rule, string Subject, string Expected, string Found, IReadOnlyList<LedgerEntry> Entries);

/// <summary>What the read-back of a ledger found.</summary>
/// <param name="Acknowledged">Creates that were promised.</param>
/// <param name="Refused">Creates that were refused.</param>
/// <param name="Unknown">Creates nobody could tell of.</param>
/// <param name="Lost">Promised, not there.</param>
/// <param name="Changed">There with another target.</param>
/// <param name="Doubled">Two targets on one code, or two codes for one key.</param>
/// <param name="Phantom">Refused, but there.</param>
/// <param name="Stale">Removed and acknowledged, but there, or served later.</param>
/// <param name="ClickMismatches">Counts outside [acknowledged, acknowledged + unknown].</param>
/// <param name="NeverRead">Promises that no instance could be asked about.</param>
/// <param name="UnknownPresent">Unknown creates that turned out to have happened; allowed.</param>
/// <param name="Staleness">How long removed links were still served, in ns.</param>
public sealed record LedgerFindings(int Acknowledged, int Refused, int Unknown, IReadOnlyList<LedgerFinding> Lost, IReadOnlyList<LedgerFinding> Changed,
    IReadOnlyList<LedgerFinding> Doubled, IReadOnlyList<LedgerFinding> Phantom, IReadOnlyList<LedgerFinding> Stale,
    IReadOnlyList<LedgerFinding> ClickMismatches, int NeverRead, int UnknownPresent, Histogram Staleness)
{
    /// <summary>Every broken promise.</summary>
    public IEnumerable<LedgerFinding> All => [.. Lost, .. Changed, .. Doubled, .. Phantom, .. Stale, .. ClickMismatches];

    /// <summary>Verdict over links and clicks.</summary>
    public LedgerVerdict Verdict => ClickMismatches.Count > 0 ? LedgerVerdict.Broken : LinkVerdict;

    /// <summary>Verdict over links alone: a process killed with clicks in its queue has broken no promise about links.</summary>
    public LedgerVerdict LinkVerdict =>
        Lost.Count + Changed.Count + Doubled.Count + Phantom.Count + Stale.Count > 0 ? LedgerVerdict.Broken
        : Acknowledged == 0 || NeverRead > 0 ? LedgerVerdict.Unknown
        : LedgerVerdict.Kept;
}
