using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Running;
using static ChaosLab.Chaos.Tests.Judging.Traffic;

namespace ChaosLab.Chaos.Tests.Running;

public class StretchesTests
{
    private static string Cut(double end, params (double Start, double? End)[] faults) =>
        string.Join(' ', Stretches.Cut(faults.Select(fault => (S(fault.Start), fault.End is { } stop ? S(stop) : (TimeSpan?)null)), S(end))
            .Select(stretch => $"{Stretches.Word(stretch.Name)}:{stretch.Start.TotalSeconds}-{stretch.End.TotalSeconds}"));

    [Fact]
    public void One_fault_makes_three_stretches() => Assert.Equal("baseline:0-3 fault:3-7 recovery:7-15", Cut(15, (3, 7)));

    [Fact]
    public void No_fault_leaves_one_baseline() => Assert.Equal("baseline:0-15", Cut(15));

    [Fact]
    public void Faults_that_overlap_are_one_stretch() => Assert.Equal("baseline:0-3 fault:3-9 recovery:9-15", Cut(15, (3, 7), (5, 9)));

    [Fact]
    public void Faults_apart_have_a_recovery_between_them() =>
        Assert.Equal("baseline:0-3 fault:3-4 recovery:4-8 fault:8-9 recovery:9-15", Cut(15, (8, 9), (3, 4)));

    [Fact]
    public void A_fault_that_was_never_undone_lasts_to_the_end() => Assert.Equal("baseline:0-3 fault:3-15", Cut(15, (3, null)));

    [Fact]
    public void What_lies_beyond_the_end_is_cut_off() => Assert.Equal("baseline:0-3 fault:3-5", Cut(5, (3, 7)));

    [Fact]
    public void A_request_belongs_to_the_stretch_of_its_intended_start()
    {
        var stretches = Stretches.Cut([(S(3), S(7))], S(15));

        Assert.Equal(WindowName.Baseline, stretches.Single(stretch => stretch.Holds(S(2.999))).Name);
        Assert.Equal(WindowName.Fault, stretches.Single(stretch => stretch.Holds(S(3))).Name);
        Assert.Equal(WindowName.Recovery, stretches.Single(stretch => stretch.Holds(S(7))).Name);
        Assert.DoesNotContain(stretches, stretch => stretch.Holds(S(15)));
    }
}
