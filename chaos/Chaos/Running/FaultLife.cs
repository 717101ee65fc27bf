using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Running;

/// <summary>One fault on one host, step by step: prepared, undo written, injected, proven, undone, attested, closed.</summary>
internal sealed class FaultLife
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);
    // The undo comes first, by this much; the switch is for when it does not come.
    private static readonly TimeSpan SwitchGrace = TimeSpan.FromSeconds(5);
    // On a busy machine a short fault may be over before anybody had time to do it, or to see it: both get a little longer. An
    // injection never outlives the switch: one that came after it would have nothing left at the host to heal it.
    private static readonly TimeSpan LateInjection = SwitchGrace / 2, LastLook = TimeSpan.FromSeconds(5);
    private readonly PlannedFault _planned;
    private readonly Host _host;
    private readonly RunningLab _lab;
    private readonly UndoLog _undoLog;
    private readonly TimeProvider _time;
    private readonly SampleTap _tap;
    private readonly Action<string, string, string> _tell;
    private readonly Injection _injection;
    private readonly UndoEntry _entry;
    private readonly TimeSpan _attestLimit;
    private string _fingerprint = "";
    private bool _begun, _undoing;

    public FaultLife(PlannedFault planned, string id, int sequence, int seed, Host host, RunningLab lab, string runId, UndoLog undoLog, TimeProvider time, SampleTap tap, Action<string, string, string> tell, TimeSpan? attestLimit = null)
    {
        (_planned, _host, _lab, _undoLog, _time, _tap, _tell) = (planned, host, lab, undoLog, time, tap, tell);
        _attestLimit = attestLimit ?? lab.AttestLimit;
        _injection = planned.Fault.On(new FaultSite(host, lab, $"{runId}.{id}", planned.For, seed, time));
        _entry = new UndoEntry
        {
            Id = $"{runId}.{id}",
            Lab = lab.Id,
            Sequence = sequence,
            Run = runId,
            Host = host.Name,
            Cause = planned.Fault.Kind,
            Action = _injection.Undo is UndoAction.OnHost { Switch: "" } undo ? undo with { Switch = DeadManTimer.NameOf($"{lab.Id}.{runId}.{id}") } : _injection.Undo,
            WrittenAt = time.GetUtcNow(),
        };
        Result = new FaultResult(id, planned.Fault.Kind, host.Name, planned.Fault.Dose, null, null, "", "never looked", false, _injection.Undo.Says, false, false, "", "");
    }

    public PlannedFault Planned => _planned;

    public FaultResult Result { get; private set; }

    /// <summary>Fingerprint and refusals. Nothing is changed.</summary>
    /// <returns>Why it cannot be done; null when it can.</returns>
    public async Task<string?> PrepareAsync(CancellationToken stop)
    {
        _fingerprint = await _lab.FingerprintAsync(_host, stop);
        if (!_fingerprint.Contains("ready: 200", StringComparison.Ordinal))
            return $"{_host.Name} is not well before the fault ({_fingerprint})";
        if (await _injection.RefusalAsync(stop) is { } refusal)
            return $"{Result.Kind} on {_host.Name}: {refusal}";
        var before = await _injection.LookAsync(stop);
        Result = Result with { EvidenceBefore = before.Says };
        _tell(RunEvents.Preflight, Result.Id, $"{Result.Kind} on {_host.Name}: {Result.Dose}, for {Units.Say(_planned.For)}; undo: {_entry.Action.Says}; before: {_fingerprint}");
        return before.Bites ? $"{Result.Kind} on {_host.Name}: its evidence shows before anything is done ({before.Says})" : null;
    }

    /// <summary>Writes the undo, injects, and looks for evidence until it is seen or <paramref name="hold"/> ends.</summary>
    /// <param name="hold">Ends the fault.</param>
    /// <param name="stop">Ends it at once, even while it is being injected; <paramref name="hold"/> ends with it.</param>
    /// <param name="onInjecting">Called just before the injection: the fault's time counts from here, not from the writing of its undo.</param>
    public async Task InjectAsync(CancellationToken hold, CancellationToken stop, Action? onInjecting = null)
    {
        try
        {
            _undoLog.Write(_entry with { WrittenAt = _time.GetUtcNow(), Fingerprint = _fingerprint, Deadline = _time.GetUtcNow() + _planned.For });
            _tell(RunEvents.UndoWritten, Result.Id, _entry.Action.Says);
            _begun = true; // from here on the undo is owed, if only to disarm the switch
            await _lab.ArmAsync(_entry.Action, _planned.For + SwitchGrace, hold);
            hold.ThrowIfCancellationRequested();
            Result = Result with { Start = _tap.Offset ?? TimeSpan.Zero };
            onInjecting?.Invoke();
            _tell(RunEvents.Injecting, Result.Id, $"{Result.Kind} on {_host.Name}");
            using (var limit = new CancellationTokenSource(_planned.For + LateInjection, _time))
            using (var injecting = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop))
                await _injection.InjectAsync(injecting.Token);
            _tell(RunEvents.Injected, Result.Id, "");
            while (!await SeenAsync(hold))
                await Task.Delay(_lab.LookEvery, _time, hold);
        }
        catch (OperationCanceledException) when (hold.IsCancellationRequested)
        {
            // The time to hold it is over, or the run was stopped: on to the undo.
            await LookOnceMoreAsync(stop);
        }
        catch (Exception failure)
        {
            Result = Result with { Error = failure.Message };
        }

        if (Result.Start is not null)
            _tell(RunEvents.Evidence, Result.Id, $"{(Result.EvidenceSeen ? "seen" : "not seen")}: {Result.EvidenceDuring}{(Result.Error.Length > 0 ? $"; {Result.Error}" : "")}");
    }

    /// <summary>Undoes it and compares the host with its fingerprint. Takes no token: whatever stopped the run, this is owed. Safe to call twice.</summary>
    public async Task HealAsync()
    {
        if (_undoing || !_begun)
        {
            if (!_undoing)
                _undoLog.MarkExecuted(_entry); // written, but nothing was done
            return;
        }

        _undoing = true;
        _tell(RunEvents.Undoing, Result.Id, _entry.Action.Says);
        try
        {
            var answer = await Undoing.DoAsync(_entry.Action, _time);
            Result = Result with { Undone = true, End = _tap.Offset, Undo = $"{_entry.Action.Says}: {answer}" };
        }
        catch (UndoFailedException broken)
        {
            Result = Result with { Undo = broken.Message, End = _tap.Offset };
        }

        _tell(RunEvents.Undone, Result.Id, Result.Undo);
        await AttestAsync();
        if (Result is not { Undone: true, Attested: true })
            return;
        _undoLog.MarkExecuted(_entry);
        _tell(RunEvents.Healed, Result.Id, "");
    }

    private async Task AttestAsync()
    {
        var began = _time.GetTimestamp();
        var lastUndo = began;
        var after = "";
        do
        {
            try
            {
                using var limit = new CancellationTokenSource(_attestLimit, _time);
                after = await _lab.FingerprintAsync(_host, limit.Token);
            }
            catch (Exception unreadable)
            {
                after = $"cannot be read: {unreadable.Message}";
            }

            if (after == _fingerprint)
            {
                Result = Result with { Attested = true };
                break;
            }

            await Task.Delay(_lab.LookEvery, _time);
            if (_time.GetElapsedTime(lastUndo) < AgainAfter)
                continue;
            await UndoAgainAsync();
            lastUndo = _time.GetTimestamp();
        }
        while (_time.GetElapsedTime(began) < _attestLimit);
        if (!Result.Attested)
            Result = Result with { Difference = $"before: {_fingerprint}; after: {after}" };
        _tell(RunEvents.Attested, Result.Id, Result.Attested ? "as before" : Result.Difference);
    }

    // A service that was still draining "ran" when it was to be started, and then went: an undo is repeated until it shows.
    private async Task UndoAgainAsync()
    {
        try
        {
            var answer = await Undoing.DoAsync(_entry.Action, _time);
            Result = Result with { Undone = true, Undo = $"{_entry.Action.Says}: {answer}" };
        }
        catch (UndoFailedException broken)
        {
            Result = Result with { Undo = broken.Message };
        }
    }

    private async Task LookOnceMoreAsync(CancellationToken stop)
    {
        if (stop.IsCancellationRequested || Result.Start is null)
            return;
        using var limit = new CancellationTokenSource(LastLook, _time);
        using var looking = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            await SeenAsync(looking.Token);
        }
        catch (OperationCanceledException)
        {
            // It stays unseen.
        }
    }

    private async Task<bool> SeenAsync(CancellationToken hold)
    {
        try
        {
            var sight = await _injection.LookAsync(hold);
            Result = Result with { EvidenceDuring = sight.Says, EvidenceSeen = sight.Bites };
            return sight.Bites;
        }
        catch (Exception unreadable) when (unreadable is HttpRequestException or IOException or System.Text.Json.JsonException or HostUnreachableException or InvalidOperationException || (unreadable is OperationCanceledException && !hold.IsCancellationRequested))
        {
            Result = Result with { EvidenceDuring = $"cannot be read: {unreadable.Message}" };
            return false;
        }
    }
}
