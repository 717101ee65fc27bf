using ChaosLab.Shortener.Configuration;

namespace ChaosLab.Shortener.Stores;

/// <summary>Opens the store that the settings name.</summary>
public static class LinkStores
{
    /// <summary>Opens it; nothing is connected yet.</summary>
    /// <param name="settings">Kind, address and times.</param>
    /// <param name="time">The clock.</param>
    public static ILinkStore Open(Settings settings, TimeProvider time) => settings.Store.Kind switch
    {
        StoreKind.Sqlite => new SqliteStore(settings.Store.ConnectionString, settings.Store.Deadline, time),
        StoreKind.Postgres => new PostgresStore(
            settings.Store.ConnectionString, settings.Store.StandbyConnectionString, settings.TimeoutEnabled ? settings.Store.Deadline : null, time),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Store.Kind, "no such kind of store"),
    };
}
