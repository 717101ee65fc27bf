using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Lab.Bottleneck;

namespace ChaosLab.Chaos.Tests.Bottleneck;

public class HuntAnswerTests
{
    [Theory]
    [InlineData(9, 1, 0, 0, 0)]
    [InlineData(8, 2, 0, 0, 1)]
    [InlineData(9, 0, 1, 0, 0)]
    [InlineData(8, 0, 2, 0, 1)]
    [InlineData(0, 0, 3, 0, 3)]
    [InlineData(0, 0, 0, 3, 4)]
    [InlineData(3, 0, 0, 3, 0)]
    public void A_proof_tells_by_its_exit_code_what_became_of_it(int right, int wrong, int brokeOff, int refused, int code)
    {
        List<ConfusionRow> rows = [.. Rows(right, "pool", true), .. Rows(wrong, "lock", false), .. Rows(brokeOff, Confusion.BrokeOff, false), .. Rows(refused, Confusion.Refused, false)];

        Assert.Equal(code, Confusion.ExitCode(rows));

        static IEnumerable<ConfusionRow> Rows(int count, string named, bool isRight) =>
            Enumerable.Range(0, count).Select(n => new ConfusionRow("pool", n, named, "", isRight, 1, 0.5, ""));
    }

    // Before 100/s; predicted, measured, standard error; whether that speaks against the verdict.
    [Theory]
    [InlineData(150, 145, 5, false)]
    [InlineData(150, 120, 5, false)]
    [InlineData(150, 102, 5, true)]
    [InlineData(150, 102, double.PositiveInfinity, false)]
    [InlineData(101, 105, 2, false)]
    [InlineData(101, 140, 5, true)]
    public void A_proof_speaks_against_a_verdict_only_beyond_doubt(double predicted, double measured, double error, bool against) =>
        Assert.Equal(against, new ProofLine("one notch more", 100, predicted, measured, error, "").IsAgainst);

    [Theory]
    [InlineData(Limit.Nothing, null, "nothing", 0, true)]
    [InlineData(Limit.Nothing, null, "pool", 0, false)]
    [InlineData(Limit.Inconclusive, null, "pool", 3, null)]
    [InlineData(Limit.Nothing, "pool", "pool", 1, true)]
    [InlineData(Limit.Inconclusive, "pool", "pool", 3, true)]
    public void A_guess_is_held_against_the_truth_where_there_is_one(Limit limit, string? planted, string guess, int code, bool? isRight)
    {
        var result = Record(Recorded.Inputs(path: 0.060, @lock: 0.0005, connections: 10, connection: 0.006), new BottleneckVerdict(limit, null, ["because"], "high")) with
        {
            Planted = planted is null ? null : new PlantLine(planted, "", "planted"),
            Guess = guess,
        };

        using var answer = System.Text.Json.JsonDocument.Parse(BottleneckAnswer.ToJson(result, "report.html"));

        Assert.Equal(code, BottleneckAnswer.ExitCode(result));
        var right = answer.RootElement.GetProperty("guessRight");
        Assert.Equal(isRight, right.ValueKind == System.Text.Json.JsonValueKind.Null ? null : right.GetBoolean());
    }

    [Fact]
    public void A_curve_whose_upper_end_is_missing_is_not_fitted()
    {
        ScalingPoint[] points = [new(1, 10), new(2, 20), new(4, 40), new(8, 79), new(16, 150), new(32, 170)];

        Assert.Null(new MeasuredCurve(points, [new(32, "answers were wrong")]).Broken);
        Assert.NotNull(new MeasuredCurve(points, [new(32, "answers were wrong"), new(32, "answers were wrong")]).Broken);
        Assert.NotNull(new MeasuredCurve(points, [new(64, "answers were wrong")]).Broken);
        Assert.Null(new MeasuredCurve(points, [new(1, "answers were wrong")]).Broken);
        Assert.Contains("1 of 7 points", new MeasuredCurve(points, [new(1, "answers were wrong")]).Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_taken_back_in_reverse_whatever_fails()
    {
        List<string> log = [];

        await Assert.ThrowsAsync<TimeoutException>(() => Together.TurnAsync([Make("slots"), Make("lock", fails: true), () => throw new InvalidOperationException("no answer")]));
        Assert.Equal(["lock back", "slots back"], log);

        Func<Task<IAsyncDisposable>> Make(string what, bool fails = false) => () => Task.FromResult<IAsyncDisposable>(new Change(() =>
        {
            log.Add(what + " back");
            if (fails) throw new TimeoutException(what);
        }));
    }

    [Fact]
    public void A_verdict_is_drawn_again_from_its_record_alone()
    {
        var inputs = Recorded.Inputs(path: 0.005, @lock: 0.001, connections: 2, connection: 0.020);
        var blocks = inputs.Components.SelectMany(component => ((string Name, Elasticity? Of)[])
                [(Knob.NameOf(component.Kind, component.Instance, true), component.Time), (Knob.NameOf(component.Kind, component.Instance, false), component.Extent)])
            .Where(knob => knob.Of is not null).ToDictionary(knob => knob.Name, knob => (IReadOnlyList<DoseBlock>)[.. Enumerable.Repeat(Block(knob.Of!.Value), 3)]);
        var bare = inputs with { Components = [.. inputs.Components.Select(component => component with { Time = null, Extent = null })] };
        var file = Path.Combine(Directory.CreateTempSubdirectory("lab-again-").FullName, "bottleneck.json");
        File.WriteAllText(file, System.Text.Json.JsonSerializer.Serialize(Record(bare, new BottleneckVerdict(Limit.Inconclusive, null, [], "none")) with { Blocks = blocks }, BottleneckAnswer.Json));

        var record = Again.Read(file);

        Assert.Equal("inconclusive", VerdictRules.Decide(record.Inputs).Word);
        Assert.Equal("pool", VerdictRules.Decide(Again.Inputs(record)).Word);
        Assert.Equal("inconclusive", VerdictRules.Decide(Again.Inputs(record with { Blocks = blocks.ToDictionary(one => one.Key, one => (IReadOnlyList<DoseBlock>)[one.Value[0]]) })).Word);

        // Throughput 100/s and 10 ms, changed by a factor of 1.4.
        static DoseBlock Block(double elasticity)
        {
            var (off, on) = (new DoseReading(100, 0.01), new DoseReading(100 * Math.Pow(1.4, elasticity), 0.014));
            return new(off, on, on, off);
        }
    }

    private static BottleneckResult Record(VerdictInputs inputs, BottleneckVerdict verdict) => new()
    {
        RunId = "run",
        StartedAt = DateTimeOffset.UnixEpoch,
        Duration = TimeSpan.FromMinutes(1),
        Seed = 1,
        Users = inputs.Users,
        Inputs = inputs,
        Verdict = verdict,
        Sentence = "It is so.",
        Curve = [],
        Fits = [],
        Bounds = new BoundLine(0, "", 0, 0),
        Blocks = new Dictionary<string, IReadOnlyList<DoseBlock>>(),
    };

    private sealed class Change(Action back) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            back();
            return ValueTask.CompletedTask;
        }
    }
}
