using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChaosLab.Chaos.Running;

/// <summary>
/// Looks at every breaker and every backend several times a second and notes what changed. Who does not answer just now
/// (killed, paused) is skipped: its state is unknown, not changed.
/// </summary>
internal sealed class LabWatch(RunningLab lab, TimeProvider time, Func<TimeSpan?> sinceStart, Action<Transition> onTransition)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private readonly Lock _gate = new();
    private readonly List<Transition> _transitions = [];
    private readonly List<(TimeSpan At, long Retries)> _retries = [];
    private readonly Dictionary<(string Kind, string Host, string Part), (string State, long Opened)> _states = [];
    private long _breakerSights, _backendSights;

    public IReadOnlyList<Transition> Transitions
    {
        get
        {
            lock (_gate)
                return [.. _transitions];
        }
    }

    /// <summary>Retries of the balancer since its start, as read over time.</summary>
    public IReadOnlyList<(TimeSpan At, long Retries)> Retries
    {
        get
        {
            lock (_gate)
                return [.. _retries];
        }
    }

    /// <summary>Whether breakers (backends) were seen at all; without, nothing can be said about them.</summary>
    public (bool Breakers, bool Backends) SawAny => (Interlocked.Read(ref _breakerSights) > 0, Interlocked.Read(ref _backendSights) > 0);

    /// <summary>Looks until stopped. Each host is watched on its own, so that a silent one delays no other.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        lab.OfRole("app").Select(app => EveryAsync(app, LookAtBreakersAsync, stop)).Append(EveryAsync(lab.OfRole("lb")[0], LookAtBackendsAsync, stop)));

    private async Task EveryAsync(Host host, Func<Host, HttpClient, CancellationToken, Task> look, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = host.Admin, Timeout = TimeSpan.FromSeconds(1) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.AdminToken);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await look(host, client, stop);
                }
                catch (Exception silent) when (silent is HttpRequestException or IOException or JsonException || (silent is OperationCanceledException && !stop.IsCancellationRequested))
                {
                    _ = silent; // down, paused or killed in the middle of its answer, which is what faults are for
                }

                await Task.Delay(Pause, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the run is over
        }
    }

    private async Task LookAtBreakersAsync(Host host, HttpClient client, CancellationToken stop)
    {
        var sight = await client.GetFromJsonAsync<ResilienceSight>("/resilience", stop);
        Interlocked.Increment(ref _breakerSights);
        foreach (var pipeline in sight!.Pipelines)
            Note("breaker", host.Name, pipeline.Pipeline, pipeline.State, pipeline.Opened);
    }

    private async Task LookAtBackendsAsync(Host host, HttpClient client, CancellationToken stop)
    {
        if (await lab.ReadBalancerAsync(stop) is not { } sight)
            return;
        Interlocked.Increment(ref _backendSights);
        foreach (var backend in sight.Backends)
            Note("backend", backend.Name, "", backend.State, 0);
        if (sinceStart() is { } at)
        {
            lock (_gate)
                _retries.Add((at, sight.Retries));
        }
    }

    // A breaker that opened and closed between two looks shows in its counter only.
    private void Note(string kind, string host, string part, string state, long opened)
    {
        var seen = new List<Transition>();
        lock (_gate)
        {
            var key = (kind, host, part);
            if (_states.TryGetValue(key, out var last) && sinceStart() is { } at)
            {
                var from = last.State;
                if (opened > last.Opened && state != "open" && last.State == "closed")
                    seen.Add(new Transition(at, kind, host, part, last.State, from = "open"));
                if (from != state)
                    seen.Add(new Transition(at, kind, host, part, from, state));
            }

            _states[key] = (state, opened);
            _transitions.AddRange(seen);
        }

        seen.ForEach(onTransition);
    }
}
