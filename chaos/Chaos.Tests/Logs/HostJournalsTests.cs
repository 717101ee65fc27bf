using System.Diagnostics;
using ChaosLab.Lab.Logs;

namespace ChaosLab.Chaos.Tests.Logs;

public class HostJournalsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public async Task The_journal_is_asked_for_whole_seconds_around_the_window_and_for_the_units_of_the_host()
    {
        var words = await AskedAsync(HostJournals.Words(new Window(Noon, Noon.AddSeconds(5)), ["haproxy", "keepalived"]));

        Assert.Equal(["--no-pager", "--quiet", "--output=json", "--output-fields=MESSAGE", "--since=@1795953600", "--until=@1795953606", "--unit=haproxy", "--unit=keepalived"], words);
    }

    [Fact]
    public async Task Without_an_end_it_is_asked_until_now()
    {
        var words = await AskedAsync(HostJournals.Words(new Window(DateTimeOffset.MinValue, DateTimeOffset.MaxValue), ["shortener"]));

        Assert.Equal(["--no-pager", "--quiet", "--output=json", "--output-fields=MESSAGE", "--since=@0", "--unit=shortener"], words);
    }

    [Fact]
    public void What_it_answers_becomes_lines_with_the_services_own_time()
    {
        var lines = HostJournals.Read("app1", """
            {"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":"{\"time\":\"2026-11-29T12:00:00.100Z\",\"message\":\"said\",\"status\":503}"}
            {"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":[66,108,195,164]}
            {"__REALTIME_TIMESTAMP":"1795953600250000","MESSAGE":null}

            """);

        Assert.Equal(["said", "Blä", ""], lines.Select(line => line.Message));
        Assert.Equal([Noon.AddMilliseconds(-150), Noon, Noon], lines.Select(line => line.At));
        Assert.Equal(503, lines[0].Status);
    }

    // The script as a host's shell runs it, with a journalctl that tells its words.
    private static async Task<string[]> AskedAsync(IReadOnlyList<string> words)
    {
        using var folder = new Folder();
        var tool = folder.File("journalctl");
        File.WriteAllText(tool, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("/bin/sh", ["-s", "--", .. words]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = folder.Path + ":" + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(HostJournals.Script + "\n");
        process.StandardInput.Close();
        return (await Until.Done(process.StandardOutput.ReadToEndAsync())).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
