using ChaosLab.Load.Measuring;
using ChaosLab.Load.Schedules;
using Microsoft.Extensions.Logging;

namespace ChaosLab.Load.Running;

/// <summary>Thrown by a failed step to end its iteration.</summary>
internal sealed class IterationEndedException : Exception;

/// <summary>One virtual visitor: the context that user code sees, kept from iteration to iteration.</summary>
internal sealed class ScenarioCopy(ScenarioRun run, int number) : IScenarioContext
{
    private readonly SeededRandom _random = new(0);
    private long _intendedNs, _startedNs, _stepBytes;
    private int _steps, _finished = 1;
    private bool _stepFailed;
    private Sent _sent;

    public TestInfo TestInfo => run.Stage.TestInfo;
    public ScenarioInfo ScenarioInfo { get; } = new($"{run.Props.ScenarioName}_{number}", number, run.Props.ScenarioName, run.Duration, run.Stage.Operation);
    public NodeInfo NodeInfo => NodeInfo.Here;
    public ILogger Logger => run.Stage.Logger;
    public long InvocationNumber { get; private set; }
    public long ArrivalNumber { get; private set; }
    public Dictionary<string, object> Data { get; } = [];
    public Dictionary<string, object> ScenarioInstanceData { get; } = [];
    public CancellationToken ScenarioCancellationToken => run.Stage.Abandoned;
    public Random Random => _random;

    public void StopScenario(string scenarioName, string reason) => run.Stage.StopScenario(scenarioName, reason);
    public void StopCurrentTest(string reason) => run.Stage.Stop(reason);
    public string Traceparent(string path)
    {
        var trace = run.Stage.Traces.Of(run.Salt, ArrivalNumber, _steps);
        _sent = new Sent(path, trace);
        return trace.Traceparent(run.Stage.Traces.IsSampled(trace));
    }

    public TimeSpan GetScenarioTimerTime() => StageClock.Span(run.Stage.Clock.NowNs);

    /// <summary>Runs the scenario once. Never throws.</summary>
    /// <param name="arrival">Number of the arrival in the plan, or of the iteration in the closed model.</param>
    /// <param name="intendedNs">When it was to start.</param>
    /// <param name="startedNs">When it did.</param>
    public async ValueTask IterateAsync(long arrival, long intendedNs, long startedNs)
    {
        (_intendedNs, _startedNs, _stepBytes, _steps, _stepFailed, _sent) = (intendedNs, startedNs, 0, 0, false, default);
        InvocationNumber++;
        ArrivalNumber = arrival;
        Data.Clear();
        _random.Reseed(SeededRandom.Seed(run.Stage.Seed, run.Salt, arrival));
        Volatile.Write(ref _finished, 0);
        IResponse response;
        try
        {
            response = await run.Props.Run!(this).ConfigureAwait(false) ?? Response.Fail(EngineStatus.Exception, "the scenario returned null");
        }
        catch (IterationEndedException)
        {
            response = Response.Fail(); // the step already holds code and message
        }
        catch (Exception e) // user code may throw anything; it is an outcome here
        {
            response = Failed<object>(e);
        }
        Finish(run.Stage.Clock.NowNs, response);
    }

    public async Task<Response<T>> RunStepAsync<T>(string name, Func<Task<Response<T>>> step)
    {
        var startedNs = run.Stage.Clock.NowNs;
        // The first step is charged with the iteration's lateness; the others were not to start before the one before ended.
        var intendedNs = Interlocked.Increment(ref _steps) == 1 ? startedNs - (_startedNs - _intendedNs) : startedNs;
        Response<T> response;
        Sent sent = default;
        _sent = default;
        try
        {
            var running = step();
            sent = _sent; // what was said before the first wait; later another step may have spoken
            response = await running.ConfigureAwait(false);
        }
        catch (IterationEndedException)
        {
            throw; // a step within this one failed
        }
        catch (Exception e) // as above
        {
            response = Failed<T>(e);
        }
        _stepFailed |= response.IsError;
        Interlocked.Add(ref _stepBytes, response.SizeBytes);
        if (Volatile.Read(ref _finished) == 0)
            run.FinishStep(name, intendedNs, startedNs, run.Stage.Clock.NowNs, Outcome.Of(response), sent);
        if (response.IsError && run.Props.RestartIterationOnFail)
            throw new IterationEndedException();
        return response;
    }

    /// <summary>Counts the running iteration, if any, as failed because nobody waits for it any more.</summary>
    public void Abandon()
    {
        if (Finish(run.Stage.Clock.NowNs, Response.Fail(EngineStatus.Timeout, "not finished when the run ended")))
            run.CountUnfinished();
    }

    private bool Finish(long endedNs, IResponse response)
    {
        if (Interlocked.Exchange(ref _finished, 1) == 1)
            return false;
        run.Finish(_intendedNs, _startedNs, endedNs, Outcome.Of(response), _steps > 0, ownCode: _steps == 0 || (response.IsError && !_stepFailed), _stepBytes, _sent);
        return true;
    }

    private static Response<T> Failed<T>(Exception e) => e is OperationCanceledException
        ? Response.Fail<T>(EngineStatus.Timeout, "operation timeout")
        : Response.Fail<T>(EngineStatus.Exception, e.Message);
}
