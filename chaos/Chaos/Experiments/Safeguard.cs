namespace ChaosLab.Chaos.Experiments;

/// <summary>One thing that makes the system hold. <c>lab run --without</c> switches it off, to see the experiment turn red.</summary>
public enum Safeguard
{
    /// <summary>Circuit breaker of the shortener's store pipeline.</summary>
    Breaker,

    /// <summary>Attempt timeout and deadline of the shortener's store pipeline.</summary>
    Timeout,

    /// <summary>Redirect cache of the shortener, with its stale answers.</summary>
    Cache,

    /// <summary>Draining on SIGTERM.</summary>
    Drain,

    /// <summary>The balancer's second attempt on another instance.</summary>
    Retry,

    /// <summary>The balancer's health checks and passive ejection.</summary>
    HealthChecks,

    /// <summary>Several instances: without it only one is started.</summary>
    Instances,
}

/// <summary>The words of safeguards.</summary>
public static class Safeguards
{
    /// <summary>All words, as written in files and flags.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<Safeguard>().Select(Word)];

    /// <summary>As written in files and flags, such as <c>health-checks</c>.</summary>
    public static string Word(this Safeguard safeguard) =>
        safeguard == Safeguard.HealthChecks ? "health-checks" : safeguard.ToString().ToLowerInvariant();

    /// <summary>The safeguard of a word; null when there is none of that name.</summary>
    public static Safeguard? Find(string word) =>
        Enum.GetValues<Safeguard>().Cast<Safeguard?>().FirstOrDefault(one => one!.Value.Word() == word);
}
