using System.Collections.Concurrent;

namespace ChaosLab.Shortener.Stores;

/// <summary>
/// One thread with one SQLite connection. SQLite blocks, and socket threads must not, so calls are queued here and awaited.
/// The connection is opened on first use, and again after a call that failed on it.
/// </summary>
public sealed class SqliteLane : IDisposable
{
    private readonly BlockingCollection<Job> _queue = [];
    private readonly Func<SqliteSession> _open;
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Name of the thread, for debuggers.</param>
    /// <param name="open">Opens a session.</param>
    public SqliteLane(string name, Func<SqliteSession> open)
    {
        _open = open;
        _thread = new(Work) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs work on the lane's thread.</summary>
    /// <typeparam name="T">What the work yields.</typeparam>
    /// <param name="work">The work.</param>
    /// <param name="stop">Ends the waiting; work not yet begun is skipped.</param>
    public Task<T> RunAsync<T>(Func<SqliteSession, T> work, CancellationToken stop)
    {
        var job = new Job<T>(work, stop);
        try
        {
            _queue.Add(job, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new StoreException("the store is closed", mayHaveWritten: false);
        }

        return job.Done.Task.WaitAsync(stop);
    }

    /// <summary>Finishes what is queued and closes the connection.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        if (_thread.Join(TimeSpan.FromSeconds(10))) _queue.Dispose();
    }

    private void Work()
    {
        SqliteSession? session = null;
        foreach (var job in _queue.GetConsumingEnumerable())
        {
            if (job.IsStopped) continue;
            try
            {
                job.Run(session ??= _open());
            }
            catch (Exception e)
            {
                session?.Dispose();
                session = null;
                job.Fail(e is StoreException ? e : new StoreException(e.Message, mayHaveWritten: false, e));
            }
        }

        session?.Dispose();
    }

    private abstract class Job(CancellationToken stop)
    {
        public bool IsStopped => stop.IsCancellationRequested;

        public abstract void Run(SqliteSession session);

        public abstract void Fail(Exception cause);
    }

    private sealed class Job<T>(Func<SqliteSession, T> work, CancellationToken stop) : Job(stop)
    {
        // Continuations run elsewhere: a request that went on on the lane's thread would hold it up.
        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(SqliteSession session) => Done.TrySetResult(work(session));

        public override void Fail(Exception cause)
        {
            Done.TrySetException(cause);
            _ = Done.Task.Exception; // observed, even when the caller stopped waiting
        }
    }
}
