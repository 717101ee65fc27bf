using System.Globalization;
using System.Text.Json;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using ChaosLab.Lab.Bottleneck;

namespace ChaosLab.Lab.Sweeps;

/// <summary>A fault under which capacity is looked for, by a name that fits on a command line.</summary>
/// <param name="Name">As typed.</param>
/// <param name="InjectAsync">Does it for at most so long, undo first.</param>
internal sealed record NamedFault(string Name, NamedFault.Injection InjectAsync)
{
    /// <summary>Does a fault: on which lab, under which name of its own, and after how long it ends by itself.</summary>
    internal delegate Task<InjectedFault> Injection(RunningLab lab, string tag, TimeSpan longest, TimeProvider time, CancellationToken stop);

    /// <summary>The forms, for help and for mistakes.</summary>
    public const string Forms = "path=5ms (every store read is delayed), lock=2ms, pool=5ms (held longer), cpu=1ms (burnt), lose=1 (so many instances killed)";

    // Until probes have seen that one is lost.
    private static readonly TimeSpan Seen = TimeSpan.FromSeconds(1.5);

    /// <summary>Reads it; null when it is none.</summary>
    public static NamedFault? Read(string text)
    {
        if (text.Split('=') is not [var name, var size]) return null;
        if (name == "lose") return int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 2 ? new(text, (lab, tag, longest, time, stop) => LoseAsync(lab, count, tag, longest, time, stop)) : null;
        (string Kind, string At)? dose = name switch
        {
            "path" => ("delay", "path"),
            "lock" => ("hold", "lock"),
            "pool" => ("hold", "connection"),
            "cpu" => ("burn", "processor"),
            _ => null,
        };
        return dose is { } known && Units.Duration(size) is { } length && length >= TimeSpan.FromMilliseconds(0.1) && length <= TimeSpan.FromSeconds(1)
            ? new(text, (lab, tag, longest, time, stop) => GiveAsync(lab, new Dose(lab.OfRole("app"), known.Kind, known.At, length, 0), tag, longest, time, stop))
            : null;
    }

    private static async Task<InjectedFault> GiveAsync(RunningLab lab, Dose dose, string tag, TimeSpan longest, TimeProvider time, CancellationToken stop)
    {
        var given = await new DoseHand(lab, tag, time).GiveCountedAsync(dose, longest, stop);
        return new InjectedFault(given, given.CompletedAsync, "the dose had ended before the visitors had", (met, requests) => met switch
        {
            0 => new(false, "no request met it: the cache answers them all, or they were turned away before it. " + (lab is HostsLab ? "On the embedded lab, --without cache leaves the cache away" : "Leave the cache away with --without cache")),
            _ => new(true, string.Create(CultureInfo.InvariantCulture, $"{met} look-ups met the fault, for {requests} requests")),
        });
    }

    private static async Task<InjectedFault> LoseAsync(RunningLab lab, int count, string tag, TimeSpan longest, TimeProvider time, CancellationToken stop)
    {
        var lost = lab.OfRole("app").TakeLast(count).ToList();
        var undo = lab is HostsLab hosts
            ? await HostChange.MakeAsync(hosts, hosts.Inventoried.Where(host => host.Role == "app").TakeLast(count).Select(host => new HostStep(host, "lose", host.Service.UndoOfDown, host.Service.KillAsync)), longest, tag, time, stop)
            : await Lost.MakeAsync(lab, lost, tag, time, stop);
        try
        {
            await Task.Delay(Seen, time, stop);
            var names = string.Join(", ", lost.Select(host => host.Name));
            return new InjectedFault(undo, async token => (await Task.WhenAll(lost.Select(host => host.Service.ReadAsync(token)))).Any(state => state.IsRunning) ? null : 0,
                $"of {names} one runs again", (_, _) => new(true, $"{names} {(lost.Count == 1 ? "is" : "are")} down"));
        }
        catch
        {
            await undo.DisposeAsync();
            throw;
        }
    }

    private sealed class Lost(UndoLog undo, TimeProvider time) : IAsyncDisposable
    {
        private readonly List<UndoEntry> entries = [];

        public static async Task<IAsyncDisposable> MakeAsync(RunningLab lab, IEnumerable<Chaos.Running.Host> hosts, string tag, TimeProvider time, CancellationToken stop)
        {
            var lost = new Lost(new UndoLog(lab.StateRoot), time);
            try
            {
                foreach (var host in hosts)
                {
                    lost.Add(new UndoEntry { Id = $"{tag}.lose-{host.Name}", Lab = lab.Id, Sequence = 800, Run = tag, Host = host.Name, Cause = "lose", Action = host.Service.UndoOfDown, WrittenAt = time.GetUtcNow() });
                    await host.Service.KillAsync(stop);
                }

                return lost;
            }
            catch
            {
                await lost.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var entry in entries)
            {
                await Undoing.DoAsync(entry.Action, time);
                undo.MarkExecuted(entry);
            }
        }

        private void Add(UndoEntry entry)
        {
            undo.Write(entry);
            entries.Add(entry);
        }
    }
}

/// <summary>A fault that is in. Disposing it undoes it.</summary>
/// <param name="undo">Takes it back.</param>
/// <param name="count">How many calls met it so far; null: it is in no more.</param>
/// <param name="ended">What to say of one that is in no more.</param>
/// <param name="judge">Whether it bit, by how many calls met it while so many requests came.</param>
internal sealed class InjectedFault(IAsyncDisposable undo, Func<CancellationToken, Task<long?>> count, string ended, Func<long, long, FaultSight> judge) : IAsyncDisposable
{
    private Task<long?>? before;

    /// <summary>From now on requests count: what met it while links were made and the load warmed up is no evidence.</summary>
    public void Begin(CancellationToken stop) => before = count(stop);

    /// <summary>Whether it bit since the begin.</summary>
    public async Task<FaultSight> LookAsync(long requests, CancellationToken stop)
    {
        try
        {
            return before is not null && await before is { } first && await count(stop) is { } now ? judge(now - first, requests) : new(false, ended);
        }
        catch (Exception silent) when (!stop.IsCancellationRequested && silent is HttpRequestException or IOException or JsonException or OperationCanceledException or HostUnreachableException)
        {
            return new(false, $"it cannot be read: {silent.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (before is not null) await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await undo.DisposeAsync();
    }
}

/// <summary>What was seen of a fault.</summary>
/// <param name="Bit">Whether it did what it is for.</param>
/// <param name="Says">The evidence, or what is missing.</param>
internal sealed record FaultSight(bool Bit, string Says);
