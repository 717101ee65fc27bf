using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Running;

/// <summary>Gives every request of a stage its trace id: a function of the session, the seed, the scenario, the arrival and
/// the step, so that a run repeated under the same session id has the same ids and any other run has none of them.</summary>
/// <param name="session">Session id of the run.</param>
/// <param name="operation">Warm-up and run have ids of their own.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="sampled">Share of requests whose target is asked to record them, 0–1.</param>
internal sealed class RequestTraces(string session, ScenarioOperation operation, int seed, double sampled)
{
    // 2^64 as a double does not fit back, so "all" is a case of its own.
    private readonly ulong _below = sampled >= 1 ? ulong.MaxValue : (ulong)(Math.Max(0, sampled) * ulong.MaxValue);

    private readonly ulong _run = SeededRandom.Seed(seed, SeededRandom.NumberOf(session), (long)operation);

    // Both halves differ from request to request: samplers that keep a share decide by the first (.NET's) or by the last bytes.
    public TraceId Of(long salt, long arrival, int step)
    {
        var low = NotZero(SeededRandom.Seed(seed, salt + step, arrival) ^ _run);
        return new(NotZero(low * 0x9E3779B97F4A7C15 + _run), low);
    }

    /// <summary>The same answer for every step that sees the id.</summary>
    public bool IsSampled(TraceId trace) => _below == ulong.MaxValue || trace.Low < _below;

    // Zero is no valid id.
    private static ulong NotZero(ulong half) => half == 0 ? 1 : half;
}

/// <summary>What a step said it sends.</summary>
/// <param name="Path">Path and query; null when it did not say.</param>
/// <param name="Trace">The trace id it was given; none when it asked for none.</param>
internal readonly record struct Sent(string? Path, TraceId Trace);
