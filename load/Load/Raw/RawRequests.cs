namespace ChaosLab.Load.Raw;

/// <summary>Requests that are declared rather than coded.</summary>
public sealed record RawRequests;
