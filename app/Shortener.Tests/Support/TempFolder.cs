namespace ChaosLab.Shortener.Tests.Support;

/// <summary>A folder of one test, removed with it.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("shortener-test-").FullName;

    public string Database => $"Data Source={System.IO.Path.Combine(Path, "links.db")}";

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A killed process may still be letting go of its files; the system clears the folder later.
        }
    }
}
