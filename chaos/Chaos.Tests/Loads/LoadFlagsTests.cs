using System.CommandLine;
using ChaosLab.Lab.Loads;

namespace ChaosLab.Chaos.Tests.Loads;

public class LoadFlagsTests
{
    [Theory]
    [InlineData("", 10)]
    [InlineData("--threshold 'redirect success >= 99.9 %'", 10)]
    [InlineData("--threshold 'redirect p99 < 500 ms' --threshold 'redirect p50 < 300 ms'", 30)]
    [InlineData("--threshold 'redirect p99 < 20 ms'", 10)]
    [InlineData("--threshold 'redirect p99 < 500 ms' --lateness 5ms", 5)]
    public void A_generator_may_be_late_by_a_tenth_of_what_is_asked_and_always_by_ten_milliseconds(string flags, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Plan("follow-links " + flags).LatenessFloor);

    private static LoadPlan Plan(string words)
    {
        var (verb, flags, problems) = (new Command("load"), new LoadFlags(), new List<string>());
        flags.AddTo(verb);
        var plan = flags.Read(verb.Parse(words.Replace('\'', '"')), problems);
        Assert.Empty(problems);
        return plan!;
    }
}
