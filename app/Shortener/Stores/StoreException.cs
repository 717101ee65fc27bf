namespace ChaosLab.Shortener.Stores;

/// <summary>The store could not do what it was asked.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="mayHaveWritten">False: surely nothing was stored. True: nobody can tell.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreException(string message, bool mayHaveWritten, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>False: surely nothing was stored. True: nobody can tell.</summary>
    public bool MayHaveWritten { get; } = mayHaveWritten;
}
