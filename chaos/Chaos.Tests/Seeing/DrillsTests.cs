using ChaosLab.Lab.Desk;
using ChaosLab.Lab.Logs;

namespace ChaosLab.Chaos.Tests.Seeing;

/// <summary>Which fault a call came of: one fault from second 10 to 20 on two hosts, a shorter one within it, and one of the next experiment from 100 to 110.</summary>
public class DrillsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static readonly FaultWindow[] Faults =
    [
        new("store-fails", "f1-app1", "app-error", Between(10, 20)), new("store-fails", "f1-app2", "app-error", Between(10.2, 20.5)),
        new("store-fails", "f2-app3", "kill-process", Between(12, 14)), new("lose-one", "f1-app1", "kill-process", Between(100, 110)),
    ];

    [Theory]
    [InlineData(9.9, "", "", null)] // before
    [InlineData(11, "store-fails", "app-error (f1-app1, f1-app2)", 1.0)]
    [InlineData(13, "store-fails", "kill-process (f2-app3)", 1.0)] // of two that are in the one that began last
    [InlineData(15, "store-fails", "app-error (f1-app1, f1-app2)", 5.0)] // one that is in before one that is over
    [InlineData(50, "store-fails", "app-error (f1-app1, f1-app2), after its undo", 40.0)]
    [InlineData(90, "", "", null)] // long after
    [InlineData(104, "lose-one", "kill-process (f1-app1)", 4.0)]
    public void A_call_stands_beside_its_fault(double called, string experiment, string fault, double? detected)
    {
        var record = Assert.Single(Drills.Of([Incident(called, null, null)], Faults));

        Assert.Equal((experiment, fault, detected), (record.Experiment, record.Fault, record.Detected?.TotalSeconds));
    }

    [Fact]
    public void Acknowledgement_and_end_count_from_the_call_and_the_oldest_call_comes_first()
    {
        var records = Drills.Of([Incident(104, 109, null), Incident(11, null, 41)], Faults);

        Assert.Equal(new double?[] { null, 5 }, records.Select(one => one.Acknowledged?.TotalSeconds));
        Assert.Equal(new double?[] { 30, null }, records.Select(one => one.Resolved?.TotalSeconds));
        Assert.Equal([Noon.AddSeconds(11), Noon.AddSeconds(104)], records.Select(one => one.Called));
    }

    private static Window Between(double from, double to) => new(Noon.AddSeconds(from), Noon.AddSeconds(to));

    private static Incident Incident(double called, double? acknowledged, double? resolved) =>
        new("k", "BackendDown", "balancer", "critical", "app1 takes no requests", Noon.AddSeconds(called), At(acknowledged), At(resolved));

    private static DateTimeOffset? At(double? second) => second is { } known ? Noon.AddSeconds(known) : null;
}
