namespace ChaosLab.Lab.Bottleneck;

/// <summary>A limit on the processor time of one host; disposing it takes it away.</summary>
internal abstract class ProcessorQuota : IAsyncDisposable
{
    /// <summary>Cores it may use now.</summary>
    public double Cores { get; private set; }

    /// <summary>Another limit.</summary>
    public async Task SetAsync(double cores, CancellationToken stop)
    {
        await ApplyAsync(cores, stop);
        Cores = cores;
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Makes it true.</summary>
    protected abstract Task ApplyAsync(double cores, CancellationToken stop);
}
