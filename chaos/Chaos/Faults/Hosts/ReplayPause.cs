using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>A replica takes what the primary sends, and shows none of it.</summary>
public sealed record ReplayPause : HostFault
{
    internal static FaultKind InCatalogue { get; } = new("replay-pause", "A replica stops replaying what it receives; aim it at `who: replica` or `who: sync-standby`", ["db"], [])
    {
        Read = (_, _) => new ReplayPause(),
    };

    /// <inheritdoc/>
    public override string Kind => "replay-pause";

    /// <inheritdoc/>
    public override string Dose => "replay paused until the undo";

    private protected override Injection On(HostSite site) => new Injected(site);

    private sealed class Injected(HostSite site) : Injection
    {
        private const string Query = """
            cd /
            printf '%s\n' "$1" | runuser -u postgres -- psql -qtAX -v ON_ERROR_STOP=1 -d postgres
            """;

        // A replica that became primary meanwhile replays nothing, so there is nothing to resume.
        public override UndoAction Undo => site.Undo("resume replay", Query, "select case when pg_is_in_recovery() then pg_wal_replay_resume()::text end");

        public override async Task<string?> RefusalAsync(CancellationToken stop) =>
            (await site.RunAsync(Query, ["select pg_is_in_recovery()"], stop)).Trim() == "t" ? null : $"{site.Host.Name} is no replica";

        public override Task InjectAsync(CancellationToken stop) => site.RunAsync(Query, ["select pg_wal_replay_pause()"], stop);

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var state = (await site.RunAsync(Query, ["select pg_get_wal_replay_pause_state()"], stop)).Trim();
            return new Sight(state == "paused", $"replay: {state}");
        }
    }
}
