namespace ChaosLab.Shortener.Stations;

/// <summary>Lets so many in at once, the others wait in line. The number may change while they wait; whoever leaves makes the new one true.</summary>
/// <param name="station">Counts who passes; its capacity is the number, at least 1.</param>
public sealed class Turnstile(Station station)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _line = [];
    private int _inside;

    /// <summary>Comes back when there is a place; <see cref="Exit"/> gives it back.</summary>
    /// <param name="stop">Ends the waiting.</param>
    public ValueTask EnterAsync(CancellationToken stop)
    {
        station.Arrive();
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_line.Count == 0 && _inside < station.Capacity)
            {
                _inside++;
                station.Begin();
                return ValueTask.CompletedTask;
            }

            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.AddLast(turn);
        }

        return WaitAsync(turn, stop);
    }

    /// <summary>Gives a place back.</summary>
    public void Exit()
    {
        station.End();
        lock (_gate)
        {
            _inside--;
            LetIn();
        }
    }

    private void LetIn()
    {
        while (_line.First is { } first && _inside < station.Capacity)
        {
            _line.RemoveFirst();
            _inside++;
            station.Begin();
            first.Value.SetResult();
        }
    }

    private async ValueTask WaitAsync(TaskCompletionSource turn, CancellationToken stop)
    {
        try
        {
            await turn.Task.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // Let in at the very moment of giving up: the place goes on to the next.
                if (!_line.Remove(turn))
                {
                    _inside--;
                    station.End();
                    LetIn();
                }
                else
                {
                    station.GiveUp();
                }
            }

            throw;
        }
    }
}
