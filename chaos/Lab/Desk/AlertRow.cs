namespace ChaosLab.Lab.Desk;

/// <summary>One row of the alert matrix: a fault, what must fire and how soon, what must stay silent, and when all must be clear.</summary>
/// <param name="Name">Name of the row.</param>
/// <param name="Fault">Fault as in experiment files, without <c>at</c> and <c>for</c>.</param>
/// <param name="Must">Alerts that must fire, each with its limit since the injection. An alert of an SLO is written <c>Name/slo</c>.</param>
/// <param name="Silent">Alerts that must not fire; <c>*</c>: none at all.</param>
internal sealed record AlertRow(string Name, string Fault, IReadOnlyList<(string Alert, TimeSpan Within)> Must, IReadOnlyList<string> Silent)
{
    /// <summary>How long the fault is held.</summary>
    public static TimeSpan Hold { get; } = TimeSpan.FromSeconds(25);

    /// <summary>How long after the undo everything must be clear: the longest of the short windows is a minute (slow burn), and an instance has to start.</summary>
    public static TimeSpan ClearWithin { get; } = TimeSpan.FromSeconds(90);

    /// <summary>Alerts about this machine rather than about the lab: a slow or shared one may fire them at any time, so they prove nothing.</summary>
    public static IReadOnlyList<string> OfTheMachine { get; } = ["GeneratorLate", "BudgetBurnsFast/redirect-latency", "BudgetBurns/redirect-latency", "BudgetBurnsSlowly/redirect-latency", "ThreadPoolQueue", "GcPause"];

    /// <summary>What the embedded lab can show, one fault after the other.</summary>
    public static IReadOnlyList<AlertRow> OfTheEmbeddedLab { get; } =
    [
        new("nothing", "kind: noop, target: { role: app, pick: 1 }", [], ["*"]),
        new("one instance killed", "kind: kill-process, target: { name: app1 }", [("BackendDown", Seconds(10)), ("TargetDown", Seconds(10))],
            ["BudgetBurnsFast/redirect-availability", "BudgetBurnsFast/entry-availability", "BudgetBurnsFast/outside-availability", "OneBackendLeft", "BreakerOpen", "OutsideFails"]),
        new("one instance stopped", "kind: pause-process, target: { name: app1 }", [("BackendDown", Seconds(15)), ("TargetDown", Seconds(10))],
            ["BudgetBurnsFast/redirect-availability", "OneBackendLeft", "BreakerOpen"]),
        new("two instances not ready", "kind: app-readiness, target: { role: app, pick: 2 }", [("BackendDown", Seconds(10)), ("OneBackendLeft", Seconds(10))],
            ["BudgetBurnsFast/redirect-availability", "BudgetBurnsFast/entry-availability", "BudgetBurnsFast/outside-availability", "TargetDown", "BreakerOpen", "OutsideFails"]),
        new("store fails", "kind: app-error, target: { role: app, all: true }",
            [("BreakerOpen", Seconds(20)), ("StaleServed", Seconds(20)), ("BudgetBurnsFast/create-availability", Seconds(20)), ("OutsideFails", Seconds(10)),
                ("BudgetBurnsFast/outside-availability", Seconds(20))],
            ["BudgetBurnsFast/redirect-availability", "BackendDown", "TargetDown", "OneBackendLeft"]),
        new("store answers too late", "kind: app-latency, target: { role: app, all: true }, delay: 3s", [("CallsCutOff", Seconds(20))],
            ["BackendDown", "TargetDown", "OneBackendLeft"]),
        new("every instance killed", "kind: kill-process, target: { role: app, all: true }",
            [("BackendDown", Seconds(10)), ("OneBackendLeft", Seconds(10)), ("TargetDown", Seconds(10)), ("OutsideFails", Seconds(10)), ("BudgetBurnsFast/entry-availability", Seconds(20)),
                ("BudgetBurnsFast/outside-availability", Seconds(20))],
            ["BreakerOpen"]),
        // Nobody is left who counts what visitors ask for: only the view from outside can page.
        new("the balancer killed", "kind: kill-process, target: { role: lb, all: true }",
            [("TargetDown", Seconds(10)), ("OutsideFails", Seconds(10)), ("BudgetBurnsFast/outside-availability", Seconds(20))],
            ["BudgetBurnsFast/redirect-availability", "BreakerOpen"]),
    ];

    /// <summary>What hosts can show: the docker lab, whose hosts can be switched off.</summary>
    public static IReadOnlyList<AlertRow> OfHosts { get; } =
    [
        new("nothing", "kind: noop, target: { role: app, pick: 1 }", [], ["*"]),
        new("an app host is off", "kind: host-off, target: { name: app1 }", [("BackendDown", Seconds(15)), ("TargetDown", Seconds(15))],
            ["BudgetBurnsFast/redirect-availability", "BudgetBurnsFast/entry-availability", "OneBackendLeft", "NoPrimary", "TwoPrimaries"]),
        new("two instances stopped", "kind: stop-service, target: { role: app, pick: 2 }", [("BackendDown", Seconds(15)), ("OneBackendLeft", Seconds(15)), ("TargetDown", Seconds(15))],
            ["BudgetBurnsFast/redirect-availability", "NoPrimary", "TwoPrimaries", "BreakerOpen"]),
        new("the active balancer is off", "kind: host-off, target: { role: lb, who: vip }", [("TargetDown", Seconds(15))],
            ["BudgetBurnsFast/redirect-availability", "BackendDown", "OneBackendLeft", "NoPrimary", "TwoPrimaries", "BreakerOpen"]),
        new("the primary's host is off", "kind: host-off, target: { role: db, who: primary }",
            [("TargetDown", Seconds(15)), ("NoPrimary", Seconds(20)), ("OutsideFails", Seconds(20)), ("BudgetBurnsFast/create-availability", Seconds(25))],
            ["BudgetBurnsFast/redirect-availability", "TwoPrimaries", "BackendDown", "OneBackendLeft"]),
        new("etcd without a quorum", "kind: stop-service, service: etcd, target: { role: db, all: true }", [("TargetDown", Seconds(15))],
            ["BudgetBurnsFast/redirect-availability", "NoPrimary", "TwoPrimaries", "BackendDown", "OneBackendLeft"]),
        new("the primary's disk is full", "kind: disk-fill, target: { role: db, who: primary }", [("DiskNearlyFull", Seconds(15))],
            ["BudgetBurnsFast/redirect-availability", "TwoPrimaries", "BackendDown", "OneBackendLeft", "TargetDown"]),
    ];

    /// <summary>The rows that a lab can show.</summary>
    public static IReadOnlyList<AlertRow> Of(string topology) => topology == "embedded" ? OfTheEmbeddedLab : OfHosts;

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);
}
