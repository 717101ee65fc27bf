using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ChaosLab.Load.Raw;

/// <summary>The few calls of Linux that the raw engine needs. Not thread-safe: each shard has its own.</summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    public const uint In = 1, Out = 4, Error = 8, HangUp = 16;
    private const int Add = 1, Modify = 3, MaxEvents = 256;
    private const int Nonblocking = 0x800, CloseOnExec = 0x80000, NoSignal = 0x4000;
    private const int ErrorAgain = 11, ErrorInterrupted = 4, ErrorInProgress = 115, ErrorNoCall = 38;
    // struct epoll_event is packed on x86 only.
    private static readonly (int Size, int Data) Layout = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? (12, 4) : (16, 8);
    private readonly int _epoll = epoll_create1(CloseOnExec);
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed(MaxEvents, 16);
    private bool _hasFineWait = true;

    /// <summary>Waits for events, at most this long; gives their number.</summary>
    public int Wait(long ns)
    {
        if (_hasFineWait)
        {
            var time = stackalloc long[2] { ns / 1_000_000_000, ns % 1_000_000_000 };
            try
            {
                var ready = epoll_pwait2(_epoll, _events, MaxEvents, time, null);
                if (ready >= 0 || Marshal.GetLastPInvokeError() != ErrorNoCall)
                    return Math.Max(0, ready);
            }
            catch (EntryPointNotFoundException)
            {
                // an older C library: below
            }
            _hasFineWait = false;
        }
        return Math.Max(0, epoll_wait(_epoll, _events, MaxEvents, (int)((ns + 999_999) / 1_000_000)));
    }

    public (uint Events, int Connection) Event(int i)
    {
        var at = _events + i * Layout.Size;
        return (*(uint*)at, *(int*)(at + Layout.Data));
    }

    public void Watch(int socket, int connection, bool isNew, uint events)
    {
        var e = stackalloc byte[16];
        *(uint*)e = events;
        *(int*)(e + Layout.Data) = connection;
        if (epoll_ctl(_epoll, isNew ? Add : Modify, socket, e) != 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
    }

    /// <summary>Starts to connect; true when it is connected at once. <paramref name="error"/> is 0 unless it failed.</summary>
    public static bool Connect(ReadOnlySpan<byte> address, AddressFamily family, out int socketHandle, out int error)
    {
        error = 0;
        socketHandle = socket(family == AddressFamily.InterNetworkV6 ? 10 : 2, 1 | Nonblocking | CloseOnExec, 6);
        if (socketHandle < 0)
        {
            error = Marshal.GetLastPInvokeError();
            return false;
        }
        var yes = 1;
        _ = setsockopt(socketHandle, 6, 1, &yes, sizeof(int)); // TCP_NODELAY
        fixed (byte* at = address)
        {
            if (connect(socketHandle, at, address.Length) == 0)
                return true;
        }
        error = Marshal.GetLastPInvokeError();
        if (error == ErrorInProgress)
            error = 0;
        return false;
    }

    /// <summary>How a started connect went: 0 or an error number.</summary>
    public static int ConnectResult(int socketHandle)
    {
        int error = 0, size = sizeof(int);
        return getsockopt(socketHandle, 1, 4, &error, &size) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Bytes sent; −1 on an error, 0 when nothing could be sent now.</summary>
    public static int Send(int socketHandle, ReadOnlySpan<byte> data, out int error)
    {
        fixed (byte* at = data)
            return Result(send(socketHandle, at, data.Length, NoSignal), out error);
    }

    /// <summary>Bytes received; 0 at the end of the stream, −1 on an error, −2 when there is nothing now.</summary>
    public static int Receive(int socketHandle, Span<byte> buffer, out int error)
    {
        nint got;
        fixed (byte* at = buffer)
            got = recv(socketHandle, at, buffer.Length, 0);
        if (got == 0)
        {
            error = 0;
            return 0;
        }
        var result = Result(got, out error);
        return result == 0 ? -2 : result;
    }

    public static void Close(int socketHandle) => _ = close(socketHandle);

    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    public void Dispose()
    {
        _ = close(_epoll);
        NativeMemory.Free(_events);
    }

    private static int Result(nint result, out int error)
    {
        error = 0;
        if (result >= 0)
            return (int)result;
        error = Marshal.GetLastPInvokeError();
        return error is ErrorAgain or ErrorInterrupted ? 0 : -1;
    }

#pragma warning disable SYSLIB1054, IDE1006 // the names are libc's
    [LibraryImport("libc", SetLastError = true)] private static partial int epoll_create1(int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int epoll_ctl(int epoll, int operation, int socket, byte* e);
    [LibraryImport("libc", SetLastError = true)] private static partial int epoll_wait(int epoll, byte* events, int max, int milliseconds);
    [LibraryImport("libc", SetLastError = true)] private static partial int epoll_pwait2(int epoll, byte* events, int max, long* time, void* signals);
    [LibraryImport("libc", SetLastError = true)] private static partial int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)] private static partial int connect(int socket, byte* address, int length);
    [LibraryImport("libc", SetLastError = true)] private static partial int setsockopt(int socket, int level, int name, void* value, int length);
    [LibraryImport("libc", SetLastError = true)] private static partial int getsockopt(int socket, int level, int name, void* value, int* length);
    [LibraryImport("libc", SetLastError = true)] private static partial nint send(int socket, byte* data, nint length, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial nint recv(int socket, byte* data, nint length, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int close(int handle);
#pragma warning restore SYSLIB1054, IDE1006
}
