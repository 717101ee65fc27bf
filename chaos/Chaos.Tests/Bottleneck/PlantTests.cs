using ChaosLab.Lab.Balancer;
using ChaosLab.Lab.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

public class PlantTests
{
    public static TheoryData<string> Words => new(Plant.All.Select(one => one.Word));

    [Theory]
    [MemberData(nameof(Words))]
    public void The_same_seed_plants_the_same_and_another_something_else(string word)
    {
        // Lists compare by reference within records: by what they hold here.
        Assert.Equal(Plant.Find(word, 7)!.Doses, Plant.Find(word, 7)!.Doses);
        Assert.NotEqual(Plant.Find(word, 7)!.Doses, Plant.Find(word, 8)!.Doses);
        Assert.Equal(word, Plant.Find(word, 7)!.Word);
        Assert.NotEmpty(Plant.Find(word, 7)!.Says);
    }

    [Fact]
    public void What_is_not_there_is_not_planted() => Assert.Null(Plant.Find("gremlin", 7));

    [Theory]
    [InlineData("pool", true)]
    [InlineData("slots", true)]
    [InlineData("cpu", false)]
    [InlineData("hot-row", false)]
    [InlineData("missing-index", false)]
    [InlineData("slow-replica", false)]
    public void What_would_be_none_there_or_needs_a_database_of_its_own_is_not_planted_on_hosts(string word, bool isPlanted) =>
        Assert.Equal(isPlanted, Plant.Find(word, 7)!.Refusal("docker") is null);

    [Fact]
    public void Slots_take_a_dose_that_ends_by_itself()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var doses = new SlotDoses(time);
        List<string> problems = [];
        var order = SlotDoses.Read("""{"kind":"capacity","at":"slots","add":2,"timeToLive":"00:00:30","experiment":"x","rate":1}""", problems)!;

        var dose = doses.Add(order);

        Assert.Empty(problems);
        Assert.Equal((2, 1), (doses.Extra, doses.Active.Count));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((0, 0), (doses.Extra, doses.Active.Count));
        Assert.Null(doses.Find(dose.Id));
    }

    [Fact]
    public void All_mistakes_of_an_order_are_told_at_once()
    {
        List<string> problems = [];

        Assert.Null(SlotDoses.Read("""{"kind":"hold","at":"lock","add":0,"timeToLive":"soon"}""", problems));
        Assert.Equal(["kind", "at", "add", "timeToLive"], problems.Select(problem => problem.Split(':')[0]));
        Assert.Null(SlotDoses.Read("no json", problems));
    }
}
