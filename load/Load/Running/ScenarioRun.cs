using ChaosLab.Load.Measuring;

namespace ChaosLab.Load.Running;

/// <summary>One scenario within a stage.</summary>
internal sealed class ScenarioRun(ScenarioProps props, Stage stage, ScenarioRecorder recorder, TimeSpan duration)
{
    private int _failed, _unfinished;
    private volatile bool _stopped;

    public ScenarioProps Props => props;
    public Stage Stage => stage;
    public ScenarioRecorder Recorder => recorder;
    public TimeSpan Duration => duration;
    public long Salt { get; } = Schedules.SeededRandom.NumberOf(props.ScenarioName);
    public bool Stopping => _stopped || stage.Stopping;
    public void Stop() => _stopped = true;
    public int Unfinished => _unfinished;
    public void CountUnfinished() => Interlocked.Increment(ref _unfinished);

    /// <summary>Counts a finished iteration; too many failures stop the test at once. An iteration with steps takes codes
    /// and bytes from them, so its own code counts only when it failed by itself (<paramref name="ownCode"/>).</summary>
    public void Finish(long intendedNs, long startedNs, long endedNs, in Outcome outcome, bool hadSteps, bool ownCode, long stepBytes, in Sent sent)
    {
        if (outcome.IsError && Interlocked.Increment(ref _failed) == props.MaxFailCount)
            stage.Stop($"{props.ScenarioName} reached its limit of {props.MaxFailCount} failed iterations");
        if (!stage.Counts)
            return;
        recorder.RecordIteration(intendedNs, startedNs, endedNs, new Outcome(outcome.IsError, ownCode ? outcome.Code : "", ownCode ? outcome.Message : "", hadSteps ? stepBytes : outcome.Bytes));
        if (!hadSteps)
            Publish(Scenario.WholeIteration, intendedNs, startedNs, endedNs, outcome, sent);
    }

    /// <summary>Counts a finished step.</summary>
    public void FinishStep(string step, long intendedNs, long startedNs, long endedNs, in Outcome outcome, in Sent sent)
    {
        if (!stage.Counts)
            return;
        recorder.RecordStep(step, intendedNs, startedNs, endedNs, outcome);
        Publish(step, intendedNs, startedNs, endedNs, outcome, sent);
    }

    private void Publish(string step, long intendedNs, long startedNs, long endedNs, in Outcome outcome, in Sent sent)
    {
        var sample = new Sample(props.ScenarioName, step, StageClock.Span(intendedNs), StageClock.Span(startedNs), StageClock.Span(endedNs),
            !outcome.IsError, outcome.Code, outcome.Message.Length == 0 ? null : outcome.Message) { Path = sent.Path, Trace = sent.Trace };
        stage.Samples?.Add(sample);
        stage.SampleObserver?.Invoke(sample);
    }
}
