using System.Runtime.ExceptionServices;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Lab.Bottleneck;

/// <summary>Several changes as one: made in order, taken back in reverse, each whatever became of the others.</summary>
internal sealed class Together : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> made = new();

    private Together() { }

    /// <summary>Makes them; where one cannot be made, those before it are taken back.</summary>
    public static async Task<IAsyncDisposable> TurnAsync(IEnumerable<Func<Task<IAsyncDisposable>>> changes)
    {
        var all = new Together();
        try
        {
            foreach (var change in changes) all.made.Push(await change());
            return all;
        }
        catch
        {
            // What cannot be taken back is worse than what could not be made: it is what is told.
            await all.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Exception? first = null;
        while (made.TryPop(out var one))
        {
            try
            {
                await one.DisposeAsync();
            }
            catch (Exception failed)
            {
                // Nothing is worse than what was not taken back.
                if (first is not UndoFailedException) first = failed is UndoFailedException ? failed : first ?? failed;
            }
        }

        if (first is not null) ExceptionDispatchInfo.Throw(first);
    }
}
