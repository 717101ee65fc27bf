using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChaosLab.Chaos.Embedded;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests.Safety;
using Npgsql;

namespace ChaosLab.Chaos.Tests.Embedded;

public class PrivatePostgresTests
{
    [Fact]
    public async Task A_lab_on_postgres_serves_links_from_its_standby_and_leaves_nothing_when_it_ends()
    {
        using var root = Reachable();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };
        string id;
        await using (var lab = await Until.Done(EmbeddedLab.StartAsync(Labs.Options(root.Path) with { Instances = 1, Database = new EmbeddedDatabase(true, ["enable_indexscan=off"]) }, null, CancellationToken.None)))
        {
            id = lab.Id;
            Assert.Equal(["app1", "db1", "db2", "lb1"], lab.Hosts.Select(host => host.Name).Order());
            // Processes of PostgreSQL are found although they write over their environment.
            Assert.True(MarkedProcesses.Find(id, "db1").Count > 4 && MarkedProcesses.Find(id, "db2").Count > 4);

            // On a busy machine the first connections to a database take longer than a visitor waits.
            string? code = null;
            await Until.TrueAsync(() => AnsweredAsync(async () =>
            {
                using var made = await http.PostAsJsonAsync(new Uri(lab.Entry, "/api/links"), new { url = "https://example.org/" });
                if (made.StatusCode != HttpStatusCode.Created)
                    return false;
                code = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
                return true;
            }), "a link");
            await Until.TrueAsync(() => AnsweredAsync(async () =>
            {
                using var followed = await http.GetAsync(new Uri(lab.Entry, "/" + code));
                return followed.StatusCode == HttpStatusCode.Redirect;
            }), "the link followed");

            await using var standby = NpgsqlDataSource.Create(EmbeddedLab.ConnectionStringOf(lab.OfRole("db")[1]));
            await Until.TrueAsync(async () => await AskAsync(standby, $"SELECT count(*)::text FROM links WHERE code = '{code}'") == "1", "the link on the standby");
            Assert.Equal("off on true", await AskAsync(standby, "SELECT current_setting('enable_indexscan') || ' ' || current_setting('fsync') || ' ' || pg_is_in_recovery()::text"));
        }

        Assert.Empty(MarkedProcesses.Find(id));
        Assert.Empty(Directory.GetDirectories(root.File("labs")));
    }

    [Fact]
    public async Task Servers_of_a_runner_that_is_killed_are_gone_with_their_folders_and_their_shared_memory()
    {
        using var root = Reachable();
        var before = SharedMemory();
        using var runner = new RunnerProcess("runner", root.Path, root.File("runs"), "--postgres");
        var (lab, _) = await runner.LabAsync();
        Assert.True(MarkedProcesses.Find(lab, "db2").Count > 4);

        runner.Signal(Signals.Kill);

        await Until.TrueAsync(() => new UndoLog(root.Path).ReadPending().Count == 0, "the lab taken away");
        Assert.Empty(MarkedProcesses.Find(lab));
        Assert.Empty(Directory.GetDirectories(root.File("labs")));
        // Others may have come meanwhile: those of this lab are the ones whose maker is dead.
        Assert.DoesNotContain(SharedMemory().Except(before), segment => ProcessTable.Read(segment.Maker) is null);
    }

    [Fact]
    public void Programs_run_as_a_user_who_is_not_root()
    {
        Assert.Null(PostgresPrograms.Refusal());
        var command = PostgresPrograms.Find().Command("initdb", "-V");

        Assert.Equal(Environment.IsPrivilegedProcess, command[0] == "setpriv");
        Assert.DoesNotContain("--reuid=0", command);
        Assert.True(File.Exists(command.Single(word => word.EndsWith("/initdb", StringComparison.Ordinal))));
    }

    // The server's own user must be able to enter.
    private static Folder Reachable()
    {
        var root = new Folder();
        File.SetUnixFileMode(root.Path, File.GetUnixFileMode(root.Path) | UnixFileMode.OtherExecute);
        return root;
    }

    private static async Task<bool> AnsweredAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException)
        {
            return false; // the balancer closed the connection with a late answer
        }
    }

    private static async Task<string?> AskAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (string?)await command.ExecuteScalarAsync();
    }

    // proc(5): key shmid perms size cpid …
    private static HashSet<(string Id, int Maker)> SharedMemory() =>
        [.. File.ReadLines("/proc/sysvipc/shm").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(fields => (fields[1], int.Parse(fields[4])))];
}
