namespace ChaosLab.Load;

/// <summary>Clients shared by the copies of a scenario. Fill it in init, from one thread.</summary>
/// <typeparam name="T">Kind of client.</typeparam>
public sealed class ClientPool<T> : IDisposable
{
    private readonly List<T> _clients = [];

    /// <summary>All clients.</summary>
    public IReadOnlyList<T> Clients => _clients;
    /// <summary>Adds a client.</summary>
    public void AddClient(T client) => _clients.Add(client);

    /// <summary>The client of this copy.</summary>
    /// <exception cref="InvalidOperationException">The pool is empty.</exception>
    public T GetClient(ScenarioInfo scenarioInfo)
    {
        ArgumentNullException.ThrowIfNull(scenarioInfo);
        return _clients.Count > 0 ? _clients[scenarioInfo.InstanceNumber % _clients.Count] : throw new InvalidOperationException("The pool is empty; add clients in the scenario's init.");
    }

    /// <summary>Ends every client, by the action or by its own Dispose, and empties the pool.</summary>
    public void DisposeClients(Action<T>? dispose = null)
    {
        foreach (var client in _clients)
        {
            if (dispose is not null)
                dispose(client);
            else
                (client as IDisposable)?.Dispose();
        }
        _clients.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeClients();
}
