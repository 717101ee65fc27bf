namespace ChaosLab.Shortener.Clicks;

/// <summary>Clicks on their way to the store. Writer and number name it for good, so that sending it twice adds once.</summary>
/// <param name="Writer">One process' life.</param>
/// <param name="Number">Counts up from 1 within the writer; a batch is sent only after the one before is known to be stored.</param>
/// <param name="Clicks">Clicks (≥ 1) per code, sorted by code, so that two instances lock rows in the same order.</param>
public sealed record ClickBatch(string Writer, long Number, IReadOnlyList<KeyValuePair<string, long>> Clicks);
