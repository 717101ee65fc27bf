using ChaosLab.Lab.Metrics;

namespace ChaosLab.Lab.Balancer;

/// <summary>One instance as the balancer sees it. <see cref="BackendPool"/> guards every field that changes.</summary>
internal sealed class Backend(BackendAddress address, int index)
{
    /// <summary>Name in figures and in the admin API.</summary>
    public string Name => address.Name;

    /// <summary>Scheme, host and port, without a slash at the end: a request target is appended as it is.</summary>
    public string Prefix { get; } = address.Url.GetLeftPart(UriPartial.Authority);

    /// <summary>The address a probe asks.</summary>
    public Uri Health => address.Health;

    /// <summary>This instance's bit in a set of instances.</summary>
    public ulong Bit { get; } = 1UL << index;

    /// <summary>The last probe or connection says that it serves.</summary>
    public bool Up;

    /// <summary>An operator took it out: no new requests, whatever the probes say.</summary>
    public bool Draining;

    /// <summary>Requests at work in it now.</summary>
    public int Active;

    /// <summary>The integral of <see cref="Active"/>, in s.</summary>
    public double BusySeconds;

    /// <summary>Attempts that ended, well or not.</summary>
    public long Completions;

    /// <summary>Attempts sent to it.</summary>
    public long Requests;

    /// <summary>Attempts that brought no answer.</summary>
    public long Failures;

    /// <summary>Of these, attempts whose connection it refused.</summary>
    public long Refused;

    /// <summary>How often it went down.</summary>
    public long WentDown;

    /// <summary>Answers by the class of their status; counted without a lock.</summary>
    public long[] Answers { get; } = new long[6];

    /// <summary>How long attempts took; recorded without a lock.</summary>
    public Durations Durations { get; } = new();

    /// <summary>Attempts sent to it because one elsewhere had failed.</summary>
    public long Retries;

    /// <summary>Probes of the present kind in a row: positive when good, negative when unanswered.</summary>
    public int Streak;

    /// <summary>When it last went up, down, into or out of draining.</summary>
    public DateTimeOffset LastChange;

    /// <summary><c>up</c>, <c>down</c> or <c>draining</c>.</summary>
    public string State => Draining ? "draining" : Up ? "up" : "down";
}
