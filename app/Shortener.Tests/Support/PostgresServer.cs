using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ChaosLab.Shortener.Tests.Support;

/// <summary>A real PostgreSQL from the distribution's packages, on a free port, in a folder of its own, gone at the end.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shortener-pg-").FullName;
    private int _databases;

    public int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var data = Path.Combine(_folder, "data");
        // The server refuses to run as root.
        if (Environment.IsPrivilegedProcess) await ExecAsync("chown", "postgres", _folder);
        await RunAsync("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8");
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort();
            try
            {
                await RunAsync("pg_ctl", "-D", data, "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "-o",
                    $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=32MB", "start");
                return;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                // Somebody else took the port meanwhile.
            }
        }
    }

    public async Task<string> NewDatabaseAsync()
    {
        var name = $"links{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return $"Host=127.0.0.1;Port={Port};Username=postgres;Database={name};Pooling=true;Maximum Pool Size=4";
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Pooling=false;Timeout=30");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync().Within(sql);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private static Task RunAsync(string program, params string[] arguments)
    {
        var path = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(static folder => folder, StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin", program)).FirstOrDefault(File.Exists)
            : null;
        path ??= Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.True(path is not null, $"{program} is missing; install it: apt-get install -y postgresql");
        return Environment.IsPrivilegedProcess
            ? ExecAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : ExecAsync(path, arguments);
    }

    private static async Task ExecAsync(string program, params string[] arguments)
    {
        // No pipes: a started server would inherit them and hold them open.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync().Within(program);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>All tests on PostgreSQL share one server; each has its own database.</summary>
[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
