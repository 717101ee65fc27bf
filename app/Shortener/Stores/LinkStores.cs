using ChaosLab.Shortener.Configuration;

namespace ChaosLab.Shortener.Stores;

/// <summary>Opens the store that the settings name.</summary>
public static class LinkStores
{
    /// <summary>Opens it; nothing is connected yet.</summary>
    /// <param name="settings">Kind, address and times.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">The logs.</param>
    public static ILinkStore Open(Settings settings, TimeProvider time, ILoggerFactory logs) => settings.Store.Kind switch
    {
        StoreKind.Sqlite => new SqliteStore(settings.Store.ConnectionString, settings.Store.Deadline, time),
        _ => throw new NotSupportedException(),
    };
}
