using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChaosLab.Chaos.Embedded;

/// <summary>
/// Loopback ports outside the range from which the kernel serves outgoing connections: a killed service must find its
/// port free again although thousands of client connections were opened meanwhile.
/// </summary>
internal static class FreePorts
{
    private const int Lowest = 10_000;

    public static IReadOnlyList<int> Take(int count, Random random)
    {
        var highest = Math.Min(FirstEphemeral() - 1, 32_000);
        var taken = new List<int>();
        for (var tries = 0; taken.Count < count; tries++)
        {
            if (tries > 2000)
                throw new InvalidOperationException($"no {count} free loopback ports between {Lowest} and {highest}");
            var port = random.Next(Lowest, highest);
            if (!taken.Contains(port) && IsFree(port))
                taken.Add(port);
        }

        return taken;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FirstEphemeral()
    {
        try
        {
            var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var first = int.Parse(range[0], CultureInfo.InvariantCulture);
            return first > Lowest + 500 ? first : 32_000;
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            return 32_000; // the kernel's default begins at 32768
        }
    }
}
