using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults.Hosts;

/// <summary>
/// A rollout under load, as <c>lab deploy</c> does it: no accident, but what precedes most. It goes over all application
/// hosts whichever is aimed at.
/// </summary>
/// <param name="IsBad">The new release starts and never gets ready: the rollout must stop by itself at the first host.</param>
public sealed record Deploy(bool IsBad) : HostFault
{
    internal static FaultKind Good { get; } = new("deploy", "Rolls out the deployed build with another setting; `for` limits the whole", ["app"], [])
    {
        Read = (_, _) => new Deploy(false),
    };

    internal static FaultKind Bad { get; } = new("bad-deploy", "Rolls out a release that never gets ready; `for` limits the whole", ["app"], [])
    {
        Read = (_, _) => new Deploy(true),
    };

    /// <inheritdoc/>
    public override string Kind => IsBad ? "bad-deploy" : "deploy";

    /// <inheritdoc/>
    public override string Dose => IsBad ? "rollout of a release that never gets ready" : "rollout of the same build with another setting";

    private protected override Injection On(HostSite site) => new Injected(site, IsBad);

    private sealed class Injected(HostSite site, bool isBad) : Injection
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
        private readonly string _before = site.Host.ReleaseAtStart;
        private CommandAnswer? _rollout;

        // A rollout whose runner was killed goes on alone, and would roll out again what the undo takes back.
        private const string EndTheRollout = """
            tries=0
            while pkill -TERM -f "lab_rollout=$1" && [ $((tries += 1)) -lt 25 ]; do sleep 0.2; done
            pkill -KILL -f "lab_rollout=$1"
            shift
            exec "$@"
            """;

        // By its name, so that it is right at any moment of the rollout; hosts that have it are left alone.
        public override UndoAction Undo => new UndoAction.OnThisMachine(
            ["sh", "-c", EndTheRollout, "sh", site.Mark, "nice", "-n", "19", .. Ansible.Play(site.Lab.AnsibleFolder, site.Lab.InventoryPath, "playbooks/rollback.yml", "-e", $"rollback_release={_before}", "-e", $"rollback_before={site.Host.ReleaseBeforeStart}")],
            Ansible.Variables(site.Lab.AnsibleFolder, site.Lab.StateRoot), (int)Limit.TotalSeconds, $"roll back to {_before}");

        public override async Task<string?> RefusalAsync(CancellationToken stop)
        {
            if (_before.Length == 0)
                return "no release is deployed";
            var releases = (await ReleasesAsync(stop)).Distinct().ToList();
            return releases is [var one] && one == _before ? null : $"the hosts serve {string.Join(" and ", releases)}, so there is no one release to come back to";
        }

        // A setting that changes nothing a visitor sees, or one that keeps the instance from getting ready.
        public override async Task InjectAsync(CancellationToken stop)
        {
            var setting = isBad ? """{"shortener_extra_environment":{"Chaos__StartDelay":"00:10:00"}}""" : """{"shortener_extra_environment":{"Clicks__QueueCapacity":"100001"}}""";
            var version = _before[.._before.LastIndexOf('-')];
            _rollout = await Ansible.RunAsync(site.Lab.AnsibleFolder,
                Ansible.Play(site.Lab.AnsibleFolder, site.Lab.InventoryPath, "playbooks/deploy.yml", "-e", $"shortener_version={version}", "-e", setting, "-e", $"lab_rollout={site.Mark}"), Limit, null, stop, site.Lab.StateRoot, isBesideLoad: true);
        }

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var releases = await ReleasesAsync(stop);
            var serving = string.Join(", ", releases.Distinct());
            if (_rollout is not { } rollout)
                return new Sight(false, $"no rollout; served: {serving}");
            return isBad
                ? new Sight(rollout.ExitCode != 0 && releases.All(release => release == _before), $"the rollout ended with {rollout.ExitCode}; served: {serving}")
                : new Sight(rollout.ExitCode == 0 && releases.All(release => release != _before), $"the rollout ended with {rollout.ExitCode}{(rollout.ExitCode == 0 ? "" : $" ({rollout.LastWords})")}; served: {serving}");
        }

        private async Task<string[]> ReleasesAsync(CancellationToken stop) =>
            await Task.WhenAll(site.Lab.Inventoried.Where(host => host.Role == "app").Select(async host => (await HostSight.ReadAsync(host.Ssh, stop)).Release));
    }
}
