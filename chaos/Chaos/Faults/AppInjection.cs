using System.Globalization;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Faults;

/// <summary>What the in-app faults share: they are asked for over the admin port, expire by themselves, and are counted by the shortener.</summary>
/// <param name="site">Where.</param>
/// <param name="request">What to ask for; tag, seed and time to live are filled in.</param>
/// <param name="leastMeanDose">Mean dose from which it counts as bitten; zero for faults without one.</param>
internal class AppInjection(FaultSite site, AppFaultRequest request, TimeSpan leastMeanDose) : Injection
{
    /// <summary>The operations a fault can be limited to.</summary>
    internal static readonly string[] Operations = ["link.get", "link.insert", "link.delete", "link.inspect", "link.by-key", "clicks.add"];

    internal static readonly DoseKey RateKey = new("rate", "share of calls, above 0 % to 100 %; default 100 %");
    internal static readonly DoseKey OperationsKey = new("operations", $"list of {string.Join(", ", Operations)}; default all");

    // Longer than the fault, so that the undo is what ends it; short enough to end by itself soon after a lost runner.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private string? _id;

    public override UndoAction Undo => site.Host.UndoOfAppFaults(site.Tag);

    public override async Task<string?> RefusalAsync(CancellationToken stop)
    {
        if (site.For + Grace > TimeSpan.FromMinutes(10))
            return "in-app faults may last 9 minutes at most";
        using var faults = new AppFaults(site.Host.Admin, site.Host.AdminToken);
        return await faults.DescribeAsync(stop) switch
        {
            "none" => null,
            "unknown" => "/chaos/faults does not answer: it exists only with Chaos__Enabled=true",
            var others => $"other in-app faults are active: {others}",
        };
    }

    public override async Task InjectAsync(CancellationToken stop)
    {
        using var faults = new AppFaults(site.Host.Admin, site.Host.AdminToken);
        var started = await faults.StartAsync(request with { Experiment = site.Tag, Seed = site.Seed, TimeToLive = site.For + Grace }, stop);
        _id = started.Id;
    }

    // Completed, not intended: an injected delay that the timeout cut off at once would be intended but never happen.
    public override async Task<Sight> LookAsync(CancellationToken stop)
    {
        if (_id is null)
            return new Sight(false, "no in-app fault");
        using var faults = new AppFaults(site.Host.Admin, site.Host.AdminToken);
        if (await faults.ReadAsync(_id, stop) is not { } sight)
            return new Sight(false, $"in-app fault {_id} is not known");
        var says = string.Create(CultureInfo.InvariantCulture, $"{sight.Completed} of {sight.Executions} calls hurt, mean dose {sight.DoseMeanSeconds * 1000:0.#} ms");
        return await JudgeAsync(sight, says, stop);
    }

    protected virtual Task<Sight> JudgeAsync(AppFaultSight sight, string says, CancellationToken stop) =>
        Task.FromResult(new Sight(sight.Completed > 0 && sight.DoseMeanSeconds >= leastMeanDose.TotalSeconds, says));

    /// <summary>An empty request of a kind, to be filled with <c>with</c>.</summary>
    internal static AppFaultRequest Request(string kind, double rate, IReadOnlyList<string> operations) =>
        new(kind, rate, operations, null, null, null, null, 0, TimeSpan.Zero, null, "");

    internal static string Say(double rate, IReadOnlyList<string> operations) => string.Create(CultureInfo.InvariantCulture,
        $"{rate * 100:0.###} % of {(operations.Count == 0 ? "all store calls" : string.Join(", ", operations))}");

    internal static double Rate(Section dose) => dose.Share("rate") ?? 1;
}
