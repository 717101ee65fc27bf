namespace ChaosLab.Chaos.Experiments;

/// <summary>Checks what a line means in its experiment: that it can fail, that it can hold, and that it can be judged.</summary>
internal static class ExpectationSense
{
    public static void Check(Experiment experiment, Problems problems)
    {
        var visitor = KnownVisitors.Find(experiment.Load.Scenario)!;
        var lines = experiment.Hypothesis.Concat(experiment.Expect).ToList();
        foreach (var twice in lines.GroupBy(line => line.Text).Where(group => group.Count() > 1).Select(group => group.Last()))
            problems.Add(twice.Line, $"`{twice.Text}` stands here a second time", "Keep one of the two");
        foreach (var line in lines)
        {
            Tolerance(line, problems);
            if (StepOf(line) is { } named && !visitor.Steps.Any(step => step.Name == named))
                problems.Add(line.Line, $"`{visitor.Name}` makes no request called `{named}`", Spelling.Suggest(named, visitor.Steps.Select(step => step.Name)));
            else
                EnoughSamples(line, experiment, visitor, problems);
            RoomToRecover(line, experiment, problems);
            OftenEnough(line, experiment, visitor, problems);
            if (line is Expectation.ClickTotals && !visitor.Steps.Any(step => step.Name == "redirect"))
                problems.Add(line.Line, $"`{visitor.Name}` follows no link, so there are no clicks to count", "Use a scenario with redirects or remove the line");
        }

        foreach (var misplaced in experiment.Hypothesis.Where(line => line is not (Expectation.Share or Expectation.Latency or Expectation.Number)))
            problems.Add(misplaced.Line, $"`{misplaced.Text}` cannot be checked before the fault", "Move it from hypothesis to expect");
        foreach (var narrowed in experiment.Hypothesis.Where(line => WindowOf(line) is not (null or WindowName.SinceFault)))
            problems.Add(narrowed.Line, $"`{narrowed.Text}` names a window, but a hypothesis holds before and from the fault on", "Remove `in …` or move the line to expect");
    }

    private static void Tolerance(Expectation line, Problems problems)
    {
        var (limit, least, most) = line switch
        {
            Expectation.Share share => (share.Limit, 0d, 1d),
            Expectation.Latency latency => (latency.Limit, 0d, double.PositiveInfinity),
            Expectation.Number number => (number.Limit, 0d, double.PositiveInfinity),
            Expectation.LedgerCount count => (count.Limit, 0d, double.PositiveInfinity),
            Expectation.Retries retries => (retries.Limit, 0d, double.PositiveInfinity),
            Expectation.TimeWithout time => (time.Limit, 0d, double.PositiveInfinity),
            _ => (null, 0d, 0d),
        };
        if (limit is null)
            return;
        // A latency is never 0, so "> 0 ms" can fail no more than ">= 0 ms".
        var cannotFail = limit.Comparison switch
        {
            ">=" => limit.Value <= least,
            ">" => limit.Value < least || (line is Expectation.Latency && limit.Value <= least),
            "<=" => limit.Value >= most,
            "<" => limit.Value > most,
            _ => false,
        };
        var cannotHold = limit.Comparison switch
        {
            ">=" => limit.Value > most,
            ">" => limit.Value >= most,
            "<=" => limit.Value < least,
            "<" => limit.Value <= least,
            _ => limit.Value > most,
        };
        if (cannotFail)
            problems.Add(line.Line, $"`{line.Text}` can never fail, so it checks nothing", "Tighten the limit or remove the line");
        else if (cannotHold)
            problems.Add(line.Line, $"`{line.Text}` can never hold", "Loosen the limit");
        else if (line is Expectation.Share && limit.Comparison == "=" && limit.Value is not (0 or 1))
            problems.Add(line.Line, $"`{line.Text}` asks a share to be exactly that", "Use >= or <=");
        else if (line is Expectation.Number { IsFailures: false } or Expectation.Latency && limit.Comparison == "=")
            problems.Add(line.Line, $"`{line.Text}` asks a measurement to be exactly that", "Use <, <=, > or >=");
    }

    private static void EnoughSamples(Expectation line, Experiment experiment, KnownVisitor visitor, Problems problems)
    {
        if (StepOf(line) is not { } name || WindowOf(line) is not { } window)
            return;
        var length = PlannedLength(experiment, window);
        if (length <= TimeSpan.Zero)
        {
            problems.Add(line.Line, $"`{line.Text}` asks for a window of no length", "Move the faults on the timeline or ask another window");
            return;
        }

        var planned = (long)(experiment.Load.Rate * length.TotalSeconds * visitor.Steps.First(step => step.Name == name).PerArrival);
        var needed = SampleNeed.Of(line);
        if (planned < WithMargin(needed))
            problems.Add(line.Line, $"`{line.Text}` needs {needed} requests to be judged, so a plan of {WithMargin(needed)}, and this one brings about {planned}",
                "Raise rate or for, loosen the limit, or ask a longer window");
        if (line is Expectation.Number { IsFailures: false, Limit: { Comparison: ">=" or ">" } limit } && limit.Value > planned)
            problems.Add(line.Line, $"`{line.Text}` can never hold: the plan brings about {planned}", "Loosen the limit or raise rate or for");
    }

    // Arrivals are random and windows begin late on a busy machine: a plan that just suffices would be inconclusive now and then.
    private static long WithMargin(long needed) => needed + (needed / 10);

    private static void RoomToRecover(Expectation line, Experiment experiment, Problems problems)
    {
        var (within, more) = line switch
        {
            Expectation.Recovery recovery => (recovery.Within, Running.Recovery.SustainedFor),
            Expectation.BreakerCloses closes => (closes.Within, TimeSpan.Zero),
            Expectation.BackendComesBack back => (back.Within, TimeSpan.Zero),
            _ => (TimeSpan.Zero, TimeSpan.Zero),
        };
        var room = experiment.Load.For - experiment.Faults.Max(fault => fault.At + fault.For);
        if (within > TimeSpan.Zero && room < within + more)
            problems.Add(line.Line, $"`{line.Text}` needs {Units.Say(within + more)} after the last fault and the load goes on for {Units.Say(room)}",
                "Lengthen load.for, shorten the fault, or ask for a faster recovery");
    }

    // A gap between two arrivals is time without an answer too: it must be small against the limit.
    private static void OftenEnough(Expectation line, Experiment experiment, KnownVisitor visitor, Problems problems)
    {
        if (line is not Expectation.TimeWithout time || visitor.Steps.FirstOrDefault(step => step.Name == time.Step) is not { } asked)
            return;
        if (time.Limit.Comparison is ">=" or ">" or "=")
            problems.Add(line.Line, $"`{line.Text}` asks for an outage", "Use <= or <");
        else if (time.Limit.Value * experiment.Load.Rate * asked.PerArrival < 5)
            problems.Add(line.Line, $"`{line.Text}` cannot be told: the plan brings {experiment.Load.Rate * asked.PerArrival:0.##} such requests a second", "Raise rate, or take a scenario that makes more of them");
    }

    private static TimeSpan PlannedLength(Experiment experiment, WindowName window)
    {
        var first = experiment.Faults.Min(fault => fault.At);
        var last = experiment.Faults.Max(fault => fault.At + fault.For);
        return window switch
        {
            WindowName.Baseline => first,
            WindowName.SinceFault => experiment.Load.For - first,
            WindowName.Fault => last - first,
            WindowName.Recovery => experiment.Load.For - last,
            _ => experiment.Load.For,
        };
    }

    private static string? StepOf(Expectation line) => line switch
    {
        Expectation.Share share => share.Step,
        Expectation.Latency latency => latency.Step,
        Expectation.Number number => number.Step,
        Expectation.TimeWithout time => time.Step,
        _ => null,
    };

    private static WindowName? WindowOf(Expectation line) => line switch
    {
        Expectation.Share share => share.Window,
        Expectation.Latency latency => latency.Window,
        Expectation.Number number => number.Window,
        _ => null,
    };
}
