using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;
using Npgsql;

namespace ChaosLab.Chaos.Embedded;

/// <summary>
/// Makes the throw-away PostgreSQL of one lab: data folders within the lab's folder, on loopback only, behind a password of its own, durable
/// as any (<c>fsync</c> on), small. Its processes are the lab's, so the guardian ends them and removes the folders with the lab.
/// </summary>
internal sealed class PrivatePostgres(string lab, string folder, EmbeddedDatabase wanted, TimeProvider time, TimeSpan limit) : IDisposable
{
    private const string User = "postgres", Name = "shortener";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    // No parallel plans and no compiled expressions: what a statement costs shall not depend on how many cores are free.
    private static readonly string[] Small =
    [
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=250", "shared_buffers=64MB", "max_wal_size=256MB", "min_wal_size=16MB",
        "dynamic_shared_memory_type=mmap", "max_parallel_workers_per_gather=0", "jit=off", "shared_preload_libraries=pg_stat_statements", "log_checkpoints=off",
    ];

    // PostgreSQL's programs want a working folder that their user can enter.
    private static readonly string[] Anywhere = ["env", "--chdir=/"];

    private readonly PostgresPrograms programs = PostgresPrograms.Find();
    private readonly string password = RandomNumberGenerator.GetHexString(32, true);
    private readonly string passwordFile = Path.Combine(folder, "database.password");

    /// <summary>How a database is reached, in the words of Npgsql.</summary>
    public static string ConnectionString(Host database) => ConnectionString(database.Public.Port, database.AdminToken, Name);

    /// <summary>Starts the primary and then the standby; each is given when it answers.</summary>
    /// <param name="ports">One free loopback port for each server.</param>
    /// <param name="progress">One line per step.</param>
    /// <param name="stop">Gives up; the guardian takes away what was started.</param>
    /// <exception cref="LabRefusedException">A program failed, or a server did not answer in time; with its last words.</exception>
    public async IAsyncEnumerable<EmbeddedHost> StartAsync(IReadOnlyList<int> ports, IProgress<string>? progress, [EnumeratorCancellation] CancellationToken stop)
    {
        progress?.Report("db1 (initdb)");
        var data = await MakeFolderAsync("db1", stop);
        await File.WriteAllTextAsync(passwordFile, password + "\n", stop);
        await RunAsync("db1", programs.Command("initdb", "-D", data, "-U", User, "-A", "scram-sha-256", $"--pwfile={passwordFile}", "--no-sync", "--no-locale", "-E", "UTF8", "--wal-segsize=4"), stop);
        File.Delete(passwordFile);
        var primary = await StartAsync("db1", data, ports[0], [], stop);
        await ExecuteAsync(ConnectionString(ports[0], password, "postgres"), $"CREATE DATABASE {Name}", stop);
        await ExecuteAsync(ConnectionString(primary), "CREATE EXTENSION pg_stat_statements", stop);
        yield return primary;

        if (!wanted.HasStandby) yield break;
        progress?.Report("db2 (base backup)");
        var copy = await MakeFolderAsync("db2", stop);
        await RunAsync("db2", programs.Command("pg_basebackup", "-D", copy, "-X", "stream", "-c", "fast", "-R", "--no-sync",
            "-d", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={ports[0]} user={User} application_name=db2")), stop);
        yield return await StartAsync("db2", copy, ports[1], wanted.StandbySettings, stop);
    }

    public void Dispose() => File.Delete(passwordFile);

    // Patient, because on a starved machine a first connection may take seconds: one that was given up would never be there for the next call.
    // No encryption to negotiate on loopback.
    private static string ConnectionString(int port, string password, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = User,
        Password = password,
        Database = database,
        Timeout = 20,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    // The lab's folder is closed to everybody else; the server must pass through it to its own.
    private async Task<string> MakeFolderAsync(string host, CancellationToken stop)
    {
        var data = Path.Combine(folder, host);
        if (programs.User is not { } user)
        {
            Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return data;
        }

        var (own, group) = (user.User.ToString(CultureInfo.InvariantCulture), user.Group.ToString(CultureInfo.InvariantCulture));
        await RunAsync(host, ["chgrp", group, folder], stop);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        await RunAsync(host, ["install", "-d", "-m", "0700", "-o", own, "-g", group, data], stop);
        if ((await LocalCommand.RunAsync([.. Anywhere, .. programs.Command("/usr/bin/test", "-w", data)], null, Marks(host), limit, null, stop)).ExitCode != 0)
            throw new LabRefusedException($"PostgreSQL cannot run as root, and its own user cannot enter {data}, because a folder above it is closed: set CHAOSLAB_STATE to a folder that everybody can pass, such as /var/tmp/chaoslab");
        return data;
    }

    private async Task<EmbeddedHost> StartAsync(string host, string data, int port, IReadOnlyList<string> settings, CancellationToken stop)
    {
        var command = programs.Command("postgres", ["-D", data, "-c", string.Create(CultureInfo.InvariantCulture, $"port={port}"), .. Small.Concat(settings).SelectMany(setting => (string[])["-c", setting])]);
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"postgresql://127.0.0.1:{port}"));
        var launch = new Launch { Lab = lab, Host = host, Program = command[0], Arguments = [.. command.Skip(1)], Environment = new Dictionary<string, string>(), Folder = folder, Public = address, Admin = address, AdminToken = password };
        launch.Write();
        var database = new EmbeddedHost("db", launch, time);
        await database.Service.StartAsync(new Dictionary<string, string>(), stop);
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await ExecuteAsync(ConnectionString(port, password, "postgres"), "SELECT 1", stop);
                return database;
            }
            catch (Exception notYet) when (notYet is NpgsqlException or TimeoutException)
            {
                var isGone = time.GetElapsedTime(began) > TimeSpan.FromSeconds(2) && !(await database.Service.ReadAsync(stop)).IsRunning;
                if (isGone || time.GetElapsedTime(began) > limit)
                    throw new LabRefusedException($"{host} (PostgreSQL) {(isGone ? "ended before it answered" : $"did not answer within {limit.TotalSeconds:0} s")}. Its last words:\n{launch.LogTail()}");
            }

            await Task.Delay(Poll, time, stop);
        }
    }

    private static async Task ExecuteAsync(string connection, string sql, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(stop);
    }

    private async Task RunAsync(string host, IReadOnlyList<string> words, CancellationToken stop)
    {
        var answer = await LocalCommand.RunAsync([.. Anywhere, .. words], null, Marks(host), limit, null, stop);
        if (answer.ExitCode != 0)
            throw new LabRefusedException($"{host}: {string.Join(' ', words)} failed: {answer.LastWords} (exit {answer.ExitCode})");
    }

    private Dictionary<string, string?> Marks(string host) => new()
    {
        [MarkedProcesses.LabMark] = lab,
        [MarkedProcesses.HostMark] = host,
        ["PGPASSWORD"] = password,
        ["LC_ALL"] = "C",
    };
}
