using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using Host = ChaosLab.Chaos.Running.Host;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>One dose for one or several hosts.</summary>
/// <param name="Hosts">Where.</param>
/// <param name="Kind"><c>delay</c>, <c>hold</c>, <c>burn</c> or <c>capacity</c>.</param>
/// <param name="At">Station.</param>
/// <param name="Length">Time spent by each request; zero for a capacity.</param>
/// <param name="Add">Change of a capacity; zero for a time.</param>
internal sealed record Dose(IReadOnlyList<Host> Hosts, string Kind, string At, TimeSpan Length, int Add);

/// <summary>Gives doses and takes them away as every fault is: the undo is on disk first, each ends by itself, and after it the host must list none of ours.</summary>
internal sealed class DoseHand(RunningLab lab, string run, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private readonly UndoLog undo = new(lab.StateRoot);
    private int number;

    /// <summary>Gives it; disposing the answer takes it away.</summary>
    /// <param name="dose">What.</param>
    /// <param name="longest">When it ends by itself if nobody takes it away.</param>
    /// <param name="stop">Gives up; what was given is taken away.</param>
    public async Task<IAsyncDisposable> GiveAsync(Dose dose, TimeSpan longest, CancellationToken stop) => await GiveCountedAsync(dose, longest, stop);

    /// <summary>The same, and the answer tells how many calls met the dose.</summary>
    public async Task<GivenDose> GiveCountedAsync(Dose dose, TimeSpan longest, CancellationToken stop)
    {
        var given = new GivenDose(undo, time);
        try
        {
            foreach (var host in dose.Hosts)
            {
                var tag = $"{run}.d{++number}";
                var entry = new UndoEntry
                {
                    Id = $"{tag}-{host.Name}",
                    Lab = lab.Id,
                    Sequence = number,
                    Run = run,
                    Host = host.Name,
                    Cause = $"{dose.Kind} at {dose.At}",
                    Action = host.UndoOfAppFaults(tag),
                    WrittenAt = time.GetUtcNow(),
                    Deadline = time.GetUtcNow() + longest,
                };
                undo.Write(entry);
                given.Owed.Add((entry, host, tag));
                using var faults = new AppFaults(host.Admin, host.AdminToken);
                await faults.StartAsync(new AppFaultRequest(dose.Kind, 1, [], null, dose.Length > TimeSpan.Zero ? dose.Length : null, null, null, 0, longest + Grace, null, tag)
                {
                    At = dose.At,
                    Add = dose.Add == 0 ? null : dose.Add,
                }, stop);
            }

            return given;
        }
        catch
        {
            await given.DisposeAsync();
            throw;
        }
    }

    /// <summary>A dose that is being spent.</summary>
    internal sealed class GivenDose(UndoLog undo, TimeProvider time) : IAsyncDisposable
    {
        public List<(UndoEntry Entry, Host Host, string Tag)> Owed { get; } = [];

        /// <summary>How many calls met it on all hosts so far; null: on one of them it is active no more.</summary>
        public async Task<long?> CompletedAsync(CancellationToken stop)
        {
            var sum = 0L;
            foreach (var (_, host, tag) in Owed)
            {
                using var faults = new AppFaults(host.Admin, host.AdminToken);
                if (await faults.CompletedAsync(tag, stop) is not { } completed) return null;
                sum += completed;
            }

            return sum;
        }

        // Takes no token: whatever stopped the run, this is owed. Ending lists afterwards: that is the attestation.
        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(Owed.Select(one => EndAsync(one.Entry, one.Host, one.Tag)));
            Owed.Clear();
        }

        // Asked from here it takes a tenth of the time that the undo takes, which logs in to a host; what is measured waits for it.
        private async Task EndAsync(UndoEntry entry, Host host, string tag)
        {
            try
            {
                using var faults = new AppFaults(host.Admin, host.AdminToken);
                await faults.EndAsync(tag, CancellationToken.None);
            }
            catch (Exception away) when (away is HttpRequestException or InvalidOperationException or OperationCanceledException)
            {
                await Undoing.DoAsync(entry.Action, time);
            }

            undo.MarkExecuted(entry);
        }
    }
}
