using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Stations;

namespace ChaosLab.Shortener.Stores;

/// <summary>Opens the store that the settings name.</summary>
public static class LinkStores
{
    /// <summary>Opens it; nothing is connected yet.</summary>
    /// <param name="settings">Kind, address and times.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stations">Doses and counts on the way of reads; null without chaos.</param>
    public static ILinkStore Open(Settings settings, TimeProvider time, StationSet? stations = null) =>
        stations is null ? OpenBare(settings, time, null) : new StationedStore(OpenBare(settings, time, stations), stations);

    private static ILinkStore OpenBare(Settings settings, TimeProvider time, StationSet? stations) => settings.Store.Kind switch
    {
        StoreKind.Sqlite => new SqliteStore(settings.Store.ConnectionString, settings.Store.Deadline, time, settings.Store.Readers, stations),
        StoreKind.Postgres => new PostgresStore(
            settings.Store.ConnectionString, settings.Store.StandbyConnectionString, settings.TimeoutEnabled ? settings.Store.Deadline : null, time,
            new(settings.Store.Readers, settings.Store.ReadsStandby, settings.Store.TotalRows), stations),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Store.Kind, "no such kind of store"),
    };
}
