using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using ChaosLab.Chaos.Tests.Balancer;

namespace ChaosLab.Chaos.Tests.Verbs;

/// <summary>Whole runs. What the verdict is depends on the machine; that everything tells the same verdict does not.</summary>
public class RunVerbTests
{
    private const string Short = """
        title: Redirects survive the loss of one app host
        hypothesis:
          - redirect success >= 90 %
        load: { scenario: follow-links, rate: 50/s, for: 12s, warm-up: 1s }
        faults:
          - { at: 3s, kind: kill-process, target: { role: app, pick: 1 }, for: 3s }
        expect:
          - lost links = 0
        """;

    [Fact]
    public async Task A_run_answers_with_one_object_and_leaves_agreeing_reports()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("run", lab.File("losing-one.yaml", Short), "--json", "--seed", "7");

        var answer = ended.Json;
        var experiment = Assert.Single(answer["experiments"]!.AsArray())!;
        Assert.Equal("losing-one", (string)experiment["name"]!);
        Assert.Equal(ended.ExitCode, (int)answer["exitCode"]!);
        Assert.Equal(ended.ExitCode, (int)experiment["exitCode"]!);
        Assert.Equal((string)answer["verdict"]!, (string)experiment["verdict"]!);
        Assert.Contains((string)experiment["verdict"]!, new[] { "held", "weakness", "inconclusive", "not-run" });
        Assert.Equal(7, (int)experiment["seed"]!);
        foreach (var folder in new[] { (string)answer["folder"]!, (string)experiment["folder"]! })
        {
            foreach (var name in new[] { "report.html", "report.md", "junit.xml", "summary.json" }) Assert.True(File.Exists(Path.Combine(folder, name)), $"{folder}/{name}");
            var junit = XDocument.Load(Path.Combine(folder, "junit.xml")).Root!;
            Assert.Equal(ended.ExitCode != 0, (int)junit.Attribute("failures")! + (int)junit.Attribute("errors")! > 0);
        }

        Assert.Contains((string)experiment["verdict"]!, ended.Error, StringComparison.Ordinal);
        AssertNothingLeft(lab);
    }

    [Fact]
    public async Task Ctrl_c_heals_first_and_reports_after()
    {
        using var lab = new LabProgram();
        using var process = lab.Start("run", lab.File("losing-one.yaml", Short.Replace("for: 3s", "for: 8s", StringComparison.Ordinal)), "--json");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), new List<string>());
        while (await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)) is { } line)
        {
            error.Add(line);
            if (line.Contains("fault.injected", StringComparison.Ordinal)) break;
            Assert.False(line.Contains("not-run", StringComparison.Ordinal), string.Join("\n", error));
        }

        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        var rest = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.True(process.ExitCode == 5, string.Join("\n", error) + "\n" + rest);
        var answer = new Ended(5, await output, rest).Json;
        Assert.Equal("aborted", (string)answer["verdict"]!);
        Assert.True((bool)answer["experiments"]![0]!["faults"]![0]!["undone"]!);
        Assert.True(File.Exists((string)answer["report"]!));
        AssertNothingLeft(lab);
    }

    [Fact]
    public async Task A_run_can_be_stopped_from_elsewhere()
    {
        using var lab = new LabProgram();
        var file = lab.File("losing-one.yaml", Short);
        using var process = lab.Start("run", file, "--json");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(lab.State, "run.json")) || process.HasExited, "the run holds the state root");

        var stop = await lab.RunAsync("run", "--stop");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(0, stop.ExitCode);
        Assert.Equal(5, process.ExitCode);
        Assert.Equal("aborted", (string)new Ended(5, await output, await error).Json["verdict"]!);
        AssertNothingLeft(lab);
    }

    [Fact]
    public async Task A_load_measures_judges_and_takes_its_lab_away()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("load", "shorten-and-follow", "--rate", "20/s", "--for", "3s", "--warm-up", "0s", "--json", "--lateness", "1s",
            "--threshold", "redirect success >= 0.1 %", "--threshold", "create failures >= 1000000");

        var answer = ended.Json;
        Assert.Equal(ended.ExitCode, (int)answer["exitCode"]!);
        Assert.True(ended.ExitCode is 1 or 3, ended.Error);
        Assert.Equal(60, (int)answer["validity"]!["planned"]!);
        Assert.Equal("violated", (string)answer["thresholds"]![1]!["judgement"]!);
        Assert.Equal(["create", "redirect"], answer["steps"]!.AsArray().Select(step => (string)step!["name"]!));
        AssertNothingLeft(lab);
    }

    private static void AssertNothingLeft(LabProgram lab)
    {
        var labs = Path.Combine(lab.State, "labs");
        Assert.Empty(Directory.Exists(labs) ? Directory.GetDirectories(labs) : []);
        var left = Directory.GetDirectories("/proc").Where(process =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "environ")).Contains(lab.Folder, StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }).Where(process => Path.GetFileName(process) != Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Assert.Empty(left);
    }
}
