namespace ChaosLab.Lab.Watch;

/// <summary>Where the figures of a watched run are: in its folder, or on the obs host of the lab it hurt.</summary>
internal static class KeptFigures
{
    /// <summary>Name of the folder of Prometheus' files.</summary>
    public const string FolderName = "prometheus";

    /// <summary>Files of Prometheus in the folder of a run.</summary>
    public static string FolderOf(string run) => Path.Combine(run, FolderName);

    /// <summary>Prometheus' own data.</summary>
    public static string DataOf(string run) => Path.Combine(FolderOf(run), "data");

    /// <summary>Whether any were kept.</summary>
    public static bool Any(string run) => Directory.Exists(DataOf(run)) || File.Exists(AddressFile(run));

    /// <summary>Remembers that they stay on a host.</summary>
    public static void LeaveAt(string run, Uri prometheus)
    {
        Directory.CreateDirectory(FolderOf(run));
        File.WriteAllText(AddressFile(run), prometheus.ToString());
    }

    /// <summary>The Prometheus of the host where they stay; null when they are in the folder, or nowhere.</summary>
    public static Uri? Elsewhere(string run) =>
        File.Exists(AddressFile(run)) && Uri.TryCreate(File.ReadAllText(AddressFile(run)).Trim(), UriKind.Absolute, out var prometheus) ? prometheus : null;

    private static string AddressFile(string run) => Path.Combine(FolderOf(run), "address");
}
