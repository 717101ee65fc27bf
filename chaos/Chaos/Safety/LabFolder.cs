namespace ChaosLab.Chaos.Safety;

/// <summary>The folder of one embedded lab. Only folders that carry our marker file are ever removed.</summary>
public static class LabFolder
{
    private const string Marker = ".chaoslab";

    /// <summary>Where the folder of a lab is.</summary>
    public static string Of(string stateRoot, string lab) => Path.Combine(stateRoot, "labs", lab);

    /// <summary>Makes it, marker first, readable by the owner only.</summary>
    public static void Make(string folder)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(folder, Marker), "made and removed by lab\n");
    }

    /// <summary>Removes it, marker last, so that a removal that was cut short can be finished later. Nothing there: nothing to do.</summary>
    /// <exception cref="InvalidOperationException">The folder is not ours.</exception>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        var marker = Path.Combine(folder, Marker);
        if (!File.Exists(marker) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new InvalidOperationException($"{folder} carries no {Marker} file, so it is not a lab's: look at it and remove it by hand");
        foreach (var inner in Directory.GetDirectories(folder))
            Directory.Delete(inner, recursive: true);
        foreach (var file in Directory.GetFiles(folder).Where(file => file != marker))
            File.Delete(file);
        File.Delete(marker);
        Directory.Delete(folder);
    }
}
