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
            ["BudgetBurnsFast/redirect-availability", "BudgetBurnsFast/entry-availability", "OneBackendLeft", "BreakerOpen", "OutsideFails"]),
        new("one instance stopped", "kind: pause-process, target: { name: app1 }", [("BackendDown", Seconds(15)), ("TargetDown", Seconds(10))],
            ["BudgetBurnsFast/redirect-availability", "OneBackendLeft", "BreakerOpen"]),
        new("two instances not ready", "kind: app-readiness, target: { role: app, pick: 2 }", [("BackendDown", Seconds(10)), ("OneBackendLeft", Seconds(10))],
            ["BudgetBurnsFast/redirect-availability", "BudgetBurnsFast/entry-availability", "TargetDown", "BreakerOpen", "OutsideFails"]),
        new("store fails", "kind: app-error, target: { role: app, all: true }",
            [("BreakerOpen", Seconds(20)), ("StaleServed", Seconds(20)), ("BudgetBurnsFast/create-availability", Seconds(20)), ("OutsideFails", Seconds(10))],
            ["BudgetBurnsFast/redirect-availability", "BackendDown", "TargetDown", "OneBackendLeft"]),
        new("store answers too late", "kind: app-latency, target: { role: app, all: true }, delay: 3s", [("CallsCutOff", Seconds(20))],
            ["BackendDown", "TargetDown", "OneBackendLeft"]),
        new("every instance killed", "kind: kill-process, target: { role: app, all: true }",
            [("BackendDown", Seconds(10)), ("OneBackendLeft", Seconds(10)), ("TargetDown", Seconds(10)), ("OutsideFails", Seconds(10)), ("BudgetBurnsFast/entry-availability", Seconds(20))],
            ["BreakerOpen"]),
    ];

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);
}
