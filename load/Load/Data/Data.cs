using System.Text.Json;

namespace ChaosLab.Load;

/// <summary>Makes and loads test data.</summary>
public static class Data
{
    /// <summary>Random bytes.</summary>
    /// <param name="size">How many, ≥ 0.</param>
    /// <param name="seed">Same seed, same bytes.</param>
    public static byte[] GenerateRandomBytes(int size, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var bytes = new byte[size];
        new Schedules.SeededRandom(Schedules.SeededRandom.Seed(seed, size)).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The list in a JSON file.</summary>
    /// <exception cref="JsonException">It holds no list of that kind.</exception>
    public static T[] LoadJson<T>(string path) => JsonSerializer.Deserialize<T[]>(File.ReadAllText(path), JsonSerializerOptions.Web) ?? throw new JsonException($"{path} holds null, not a list.");
}

/// <summary>Units of size, as multiples of 1,024.</summary>
public static class Bytes
{
    /// <summary>Bytes of so many KB.</summary>
    public static long FromKb(long kb) => kb << 10;
    /// <summary>Bytes of so many MB.</summary>
    public static long FromMb(long mb) => mb << 20;
    /// <summary>Bytes of so many GB.</summary>
    public static long FromGb(long gb) => gb << 30;
    /// <summary>KB of so many bytes.</summary>
    public static double ToKb(long bytes) => bytes / 1024.0;
    /// <summary>MB of so many bytes.</summary>
    public static double ToMb(long bytes) => bytes / 1048576.0;
    /// <summary>GB of so many bytes.</summary>
    public static double ToGb(long bytes) => bytes / 1073741824.0;
}
