using System.Globalization;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Verdicts;
using Npgsql;

namespace ChaosLab.Chaos.Hosts;

/// <summary>
/// Tries to write to every database host, all the time and past the balancer: two that accept writes at the same time
/// are two primaries. What it writes is a message in the write-ahead log (<c>pg_logical_emit_message</c>) in a
/// transaction of its own: a full commit, which waits for the synchronous standby, and leaves no row behind.
/// </summary>
internal sealed class SplitBrainWitness(IEnumerable<HostReach> hosts, LabReach lab, TimeProvider time) : Witness
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly IReadOnlyList<HostReach> _hosts = [.. hosts];
    private readonly List<AcceptedWrite> _accepted = [];
    private readonly Lock _gate = new();
    private long _tries;

    public override async Task RunAsync(Func<TimeSpan?> sinceStart, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        await Task.WhenAll(_hosts.Select(host => TryToWriteAsync(host, began, stop)));
    }

    public override Testimony Testify()
    {
        lock (_gate)
        {
            var says = string.Join(", ", _accepted.GroupBy(write => write.Host).Select(host => $"{host.Key} accepted {host.Count()}"));
            const string Claim = "at no time do two database hosts accept writes";
            if (AcceptedWrite.TwoAtOnce(_accepted) is { } two)
                return new Testimony(Claim, Judgement.Violated, two, _tries, null);
            return _accepted.Count == 0
                ? new Testimony(Claim, Judgement.Unknown, $"no host accepted any of {_tries} writes", _tries, null)
                : new Testimony(Claim, Judgement.Met, $"{says} of {_tries} tries", _tries, null);
        }
    }

    private async Task TryToWriteAsync(HostReach host, long began, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = host.Address,
            Port = 5432,
            Database = lab.DatabaseUser,
            Username = lab.DatabaseUser,
            Password = lab.DatabasePassword,
            ApplicationName = "lab-witness",
            Timeout = 2,
            CommandTimeout = 2,
            CancellationTimeout = -1, // a host that hangs answers no cancellation either
            GssEncryptionMode = GssEncryptionMode.Disable, // would look the host's name up first
            MaxPoolSize = 1,
            NoResetOnClose = true,
        });
        while (!stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _tries);
            var start = time.GetElapsedTime(began);
            try
            {
                await using var connection = await source.OpenConnectionAsync(stop);
                await using var write = new NpgsqlCommand("select pg_logical_emit_message(true, 'lab-witness', 'still here')", connection);
                await write.ExecuteNonQueryAsync(stop);
                lock (_gate)
                    _accepted.Add(new AcceptedWrite(host.Name, start, time.GetElapsedTime(began)));
            }
            catch (Exception refused) when (refused is NpgsqlException or TimeoutException or IOException or InvalidOperationException or OperationCanceledException)
            {
                _ = refused; // a standby refuses, a dead host is silent: both is what ought to be
            }

            try
            {
                await Task.Delay(Pause, time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}

/// <summary>A write that a host acknowledged.</summary>
/// <param name="Host">Host.</param>
/// <param name="Begun">When it was asked.</param>
/// <param name="Acknowledged">When its commit was acknowledged.</param>
internal readonly record struct AcceptedWrite(string Host, TimeSpan Begun, TimeSpan Acknowledged)
{
    // A switch to another host and back takes seconds: new lease, promotion, and the same again.
    private static readonly TimeSpan TooFast = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How it shows that two hosts accepted writes at the same time: one did before, and again after, the other, within
    /// 3 s, each begun after the other's was acknowledged. Null when it does not.
    /// </summary>
    public static string? TwoAtOnce(IReadOnlyCollection<AcceptedWrite> writes)
    {
        var inOrder = writes.OrderBy(write => write.Begun).ToList();
        for (var middle = 0; middle < inOrder.Count; middle++)
        {
            var other = inOrder[middle];
            AcceptedWrite? before = null;
            for (var at = middle - 1; at >= 0 && before is null && other.Begun - inOrder[at].Begun < TooFast; at--)
                if (inOrder[at].Host != other.Host && inOrder[at].Acknowledged <= other.Begun)
                    before = inOrder[at];
            if (before is not { } first)
                continue;
            for (var at = middle + 1; at < inOrder.Count && inOrder[at].Begun - first.Acknowledged < TooFast; at++)
                if (inOrder[at].Host == first.Host && inOrder[at].Begun >= other.Acknowledged)
                    return string.Create(CultureInfo.InvariantCulture,
                        $"{first.Host} acknowledged a write at {first.Acknowledged.TotalSeconds:0.00} s, {other.Host} at {other.Acknowledged.TotalSeconds:0.00} s, and {first.Host} again at {inOrder[at].Acknowledged.TotalSeconds:0.00} s");
        }

        return null;
    }
}
