using System.Globalization;
using System.Text.Json;
using ChaosLab.Chaos.Bottleneck;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Names the part that limits a lab: steps S0 to S7 of the README.</summary>
internal sealed class BottleneckHunt(Places places, BottleneckPlan plan, Screen screen, TimeProvider time)
{
    private const int MostDiscarded = 8;
    private static readonly TimeSpan MostDosing = TimeSpan.FromSeconds(130), Baseline = TimeSpan.FromSeconds(3), ShortestWindow = TimeSpan.FromSeconds(0.7), LongestWindow = TimeSpan.FromSeconds(1.6);
    private readonly List<(double Busy, double Share)> machine = [];
    private readonly List<Reading> undisturbed = [];
    private IReadOnlyList<DatabaseSight> sights = [];
    private int discarded;

    /// <summary>Runs it and leaves record and reports: once as soon as there is a verdict, and again after the proof, so that whoever stops the proof has the verdict.</summary>
    /// <returns>What was found, and the path of the page.</returns>
    public async Task<(BottleneckResult Result, string Page)> RunAsync(string run, CancellationToken stop)
    {
        var (startedAt, began) = (time.GetUtcNow(), time.GetTimestamp());
        var most = plan.IsQuick ? plan.Users : ScalingCurve.Most(plan.Users);
        await using var busy = await BusyLab.StartAsync(places, plan.On, plan.Plant, Plant.Instances, plan.Users, most, plan.Seed, run, screen, time, stop);
        screen.Say($"S0–S3  {plan.Users} users go round; looking for {Baseline.TotalSeconds:0} s");
        await Task.Delay(TimeSpan.FromSeconds(1), time, stop);
        var looking = Task.WhenAll(busy.Databases.Select(database => database.LookAsync(Baseline, stop)));
        var baseline = Watch(await busy.Gauge.ReadAsync(Baseline, stop));
        undisturbed.Add(baseline);
        sights = await looking;
        var laws = OperationalLaws.Broken(baseline);
        screen.Say(Say($"       {baseline.Throughput:0.#}/s, {baseline.ResponseSeconds * 1000:0.#} ms; {string.Join(", ", baseline.Resources.Where(resource => resource.Score > 0.05).OrderByDescending(resource => resource.Score).Select(resource => Say($"{resource.Name} {resource.Score:0.00}")).DefaultIfEmpty("no pressure"))}"));

        var curve = new MeasuredCurve([], []);
        IReadOnlyList<Knob> knobs = [];
        if (VerdictRules.Generator(baseline) is null && laws.Count == 0 && baseline.Throughput > 0)
        {
            if (!plan.IsQuick)
            {
                screen.Say("S4     scaling curve");
                curve = await ScalingCurve.MeasureAsync(busy, plan.Users, plan.Seed, screen, time, stop);
            }

            var tools = new Knobs(busy.Lab, busy.Hand, busy.AddSlotsAsync, busy.Databases, busy.Quota, plan.Plant?.Instance ?? "");
            knobs = tools.For(baseline);
            screen.Say($"S5     {knobs.Count} knobs, off on on off");
            await TurnAsync(busy, knobs, baseline, stop);
            baseline = Reading.Mean(undisturbed);
            var inputs = Inputs(baseline, laws, knobs);
            var found = VerdictRules.Decide(inputs);
            screen.Say($"S6     {found.Word}");
            if (!plan.IsQuick && Reliefs(found) is { Count: > 0 } reliefs)
            {
                await KeepAsync(Of(inputs, found, null));
                var proof = await ProveAsync(busy, tools, baseline, found, reliefs, stop);
                return await KeepAsync(Of(inputs, proof.IsAgainst ? Doubted(found) : found, proof));
            }
        }

        var all = Inputs(baseline, laws, knobs);
        return await KeepAsync(Of(all, VerdictRules.Decide(all), null));

        BottleneckResult Of(VerdictInputs inputs, BottleneckVerdict verdict, ProofLine? proof) => new()
        {
            RunId = run,
            StartedAt = startedAt,
            Duration = time.GetElapsedTime(began),
            Seed = plan.Seed,
            Users = plan.Users,
            Inputs = inputs,
            Verdict = verdict,
            Sentence = Wording.Sentence(verdict, inputs, proof),
            Curve = curve.Points,
            CurveSays = curve.Says,
            Fits = curve.Broken is null ? ScalingCurve.Fits(curve.Points, plan.Seed) : [],
            Bounds = BoundsOf(baseline),
            Proof = proof,
            Blocks = knobs.ToDictionary(knob => knob.Name, knob => (IReadOnlyList<DoseBlock>)knob.Blocks),
            Planted = plan.Plant is { } plant ? new PlantLine(plant.Word, plant.Instance, plant.Says) : null,
            Guess = plan.Guess,
        };

        async Task<(BottleneckResult, string)> KeepAsync(BottleneckResult result)
        {
            var folder = Path.Combine(places.Runs, run);
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "bottleneck.json"), JsonSerializer.Serialize(result, BottleneckAnswer.Json) + "\n", CancellationToken.None);
            return (result, await BottleneckAnswer.WriteAsync(result, folder));
        }
    }

    /// <summary>A verdict that its proof speaks against.</summary>
    public static BottleneckVerdict Doubted(BottleneckVerdict verdict) => verdict with { Confidence = "low", Because = [.. verdict.Because, "the proof speaks against it: look at card 5"] };

    private async Task TurnAsync(BusyLab busy, IReadOnlyList<Knob> knobs, Reading baseline, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var random = new Random(plan.Seed);
        // All knobs in turn, so that a disturbance of minutes meets them alike.
        while (time.GetElapsedTime(began) < MostDosing && discarded < MostDiscarded)
        {
            var open = knobs.Where(knob => !knob.IsSettled).ToArray();
            if (open.Length == 0) return;
            random.Shuffle(open);
            foreach (var knob in open)
            {
                if (await BlockAsync(busy, knob, baseline, stop) is { } block) knob.Blocks.Add(block);
                else discarded++;
                var so = knob.Elasticity;
                screen.Live(Say($"       {knob.Name}: {(so is null ? "nothing yet" : Say($"{so.Says} in {so.Blocks} block{(so.Blocks == 1 ? "" : "s")}"))}"));
            }
        }
    }

    // Null: something broke inside, so the block says nothing about small changes.
    private async Task<DoseBlock?> BlockAsync(BusyLab busy, Knob knob, Reading baseline, CancellationToken stop)
    {
        var window = Window(baseline);
        var first = await SettledAsync(busy, baseline, window, stop);
        Reading second, third;
        await using (await knob.Turn(stop))
        {
            second = await SettledAsync(busy, baseline, window, stop);
            third = Watch(await busy.Gauge.ReadAsync(window, stop));
        }

        var fourth = await SettledAsync(busy, baseline, window, stop);
        Reading[] all = [first, second, third, fourth];
        if (all.Any(reading => reading.Failures > 0 || reading.BreakerEvents > 0 || reading.Throughput <= 0 || knob.Quantity(reading) <= 0)) return null;
        undisturbed.AddRange([first, fourth]);
        return new DoseBlock(Of(first), Of(second), Of(third), Of(fourth));

        DoseReading Of(Reading reading) => new(reading.Throughput, knob.Quantity(reading));
    }

    private async Task<Reading> SettledAsync(BusyLab busy, Reading baseline, TimeSpan window, CancellationToken stop)
    {
        // Queues move to their new places within a few rounds.
        var rounds = TimeSpan.FromSeconds(Math.Clamp(2 * plan.Users / baseline.Throughput, 0.2, 1.0));
        await Task.Delay(rounds, time, stop);
        return Watch(await busy.Gauge.ReadAsync(window, stop));
    }

    private static TimeSpan Window(Reading baseline)
    {
        var wanted = TimeSpan.FromSeconds(100 / baseline.Throughput);
        return wanted < ShortestWindow ? ShortestWindow : wanted > LongestWindow ? LongestWindow : wanted;
    }

    // What one notch more is tried of. Where nothing limits: of everything.
    private static IReadOnlyList<(ComponentKind Kind, string Instance)> Reliefs(BottleneckVerdict found) => found switch
    {
        { Limit: Limit.Resource, Component: { } component } => [(component.Kind, component.Instance)],
        { Limit: Limit.Nothing } => [(ComponentKind.Connection, ""), (ComponentKind.Slots, ""), (ComponentKind.Lock, "")],
        _ => [],
    };

    private async Task<ProofLine> ProveAsync(BusyLab busy, Knobs tools, Reading baseline, BottleneckVerdict found, IReadOnlyList<(ComponentKind Kind, string Instance)> reliefs, CancellationToken stop)
    {
        var cured = found.Component is { Diagnosis.Cure: Cure.Index or Cure.ReadPrimary } ill ? ill : null;
        var predicted = cured is null
            ? Relief.Predict(baseline, resource => reliefs.Aggregate(resource.Capacity, (capacity, relief) =>
                resource.Kind == relief.Kind ? tools.Relieved(baseline, relief.Kind, relief.Instance, resource) : capacity))
            : Relief.Predict(baseline, resource => resource.Capacity, resource => Remains(cured, resource));
        var what = found.Component switch { { Diagnosis: { } diagnosis } => diagnosis.Does, { } one => $"one notch more of {one.Says}", null => "one notch more of everything" };
        screen.Say(Say($"S7     proof: {what} should give {predicted.Throughput:0.#}/s"));
        var unproven = new ProofLine(what, baseline.Throughput, predicted.Throughput, null, double.PositiveInfinity, predicted.Next) { Unproven = "in every block something broke" };
        var ratios = new List<double>();
        var turn = new Knob(reliefs[0].Kind, reliefs[0].Instance, false, token => cured is not null ? tools.CureAsync(cured, token) : Together.TurnAsync(reliefs.Select(relief =>
            (Func<Task<IAsyncDisposable>>)(() => tools.RelieveAsync(baseline, relief.Kind, relief.Instance, token)))));
        try
        {
            for (var n = 0; n < 4 && ratios.Count < 3; n++)
                if (await BlockAsync(busy, turn, baseline, stop) is { } block) ratios.Add(block.ThroughputChange);
        }
        catch (Exception broken) when (!stop.IsCancellationRequested && (broken is LabRefusedException || EndingWell.IsBreak(broken)))
        {
            // The verdict stands without it.
            return unproven with { Unproven = broken.Message };
        }

        if (ratios.Count == 0) return unproven;
        var mean = ratios.Average();
        var error = ratios.Count < 2 ? double.PositiveInfinity : Math.Sqrt(ratios.Sum(ratio => Math.Pow(ratio - mean, 2)) / (ratios.Count - 1) / ratios.Count);
        var measured = baseline.Throughput * Math.Exp(mean);
        return unproven with { Measured = measured, StandardError = measured * error, Unproven = null };
    }

    // What was cured is taken to cost nothing any more, so that the prediction is a rough one.
    private static double Remains(Component cured, Resource resource) => resource.Kind != cured.Kind || resource.Instance != cured.Instance ? 1
        : cured is { Diagnosis.Cure: Cure.Index, Sight.Heaviest: { } heaviest } ? 1 - heaviest.Share : 0;

    private Reading Watch(Reading reading)
    {
        machine.Add((reading.MachineBusy, Math.Min(1, reading.LabCores / Math.Max(0.01, reading.MachineBusy * Environment.ProcessorCount))));
        return reading;
    }

    private VerdictInputs Inputs(Reading baseline, IReadOnlyList<string> laws, IReadOnlyList<Knob> knobs) => new(
        plan.Users, baseline, laws, [.. Components(baseline, knobs)], machine.Average(one => one.Busy), machine.Average(one => one.Share), discarded)
    {
        Unmeasured = [.. knobs.Where(knob => knob.Elasticity is null).Select(knob => new UnmeasuredKnob(knob.Name, knob.IsTime))],
    };

    private IEnumerable<Component> Components(Reading baseline, IReadOnlyList<Knob> knobs)
    {
        foreach (var kind in Enum.GetValues<ComponentKind>())
        {
            var time = knobs.FirstOrDefault(knob => knob.Kind == kind && knob.IsTime);
            var instance = time?.Instance ?? "";
            var extent = knobs.FirstOrDefault(knob => knob.Kind == kind && !knob.IsTime && knob.Instance == instance);
            var resources = baseline.Of(kind, instance).ToList();
            if (resources.Count == 0) continue;
            yield return new Component(kind, instance, resources[0].Capacity, resources.Max(resource => resource.Utilisation), resources.Sum(resource => resource.Waiting),
                baseline.SecondsOf(kind, instance), resources.Max(resource => resource.Score), time?.Elasticity, extent?.Elasticity)
            {
                Sight = kind switch
                {
                    ComponentKind.Database => sights.FirstOrDefault(sight => sight.Server == instance),
                    ComponentKind.Row => sights.FirstOrDefault(sight => !sight.IsStandby),
                    _ => null,
                },
            };
        }
    }

    private static BoundLine BoundsOf(Reading baseline)
    {
        var demands = baseline.Resources.Where(resource => resource is { Capacity: > 0, Busy: > 0 })
            .Select(resource => (resource.Name, Bound: baseline.Throughput * resource.Capacity / resource.Busy)).OrderBy(pair => pair.Bound).ToList();
        var served = baseline.Users - baseline.Resources.Sum(resource => resource.Waiting);
        var linear = baseline.Throughput * baseline.Users / Math.Max(1, served);
        return demands.Count == 0 ? new BoundLine(0, "", linear, 0) : new BoundLine(demands[0].Bound, demands[0].Name, linear, baseline.Users * demands[0].Bound / linear);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
