using System.Text.Json;
using ChaosLab.Chaos.Journals;
using ChaosLab.Chaos.Tests.Reports;

namespace ChaosLab.Chaos.Tests.Verbs;

public class FileVerbTests
{
    private const string Good = """
        title: Redirects survive the loss of one app host
        hypothesis:
          - redirect success >= 99 %
        load: { scenario: follow-links, rate: 100/s, for: 20s }
        faults:
          - { at: 6s, kind: kill-process, target: { role: app, pick: 1 }, for: 5s }
        expect:
          - recovery within 5s
        """;

    private const string Bad = """
        title: Redirects survive
        hypothesis:
          - redirect success >= 99 apples
        load: { scenario: follow-links, rate: 0/s, for: 20s }
        faults:
          - { at: 60s, kind: kil-process, target: { role: app, pick: 1 }, for: 5s }
        colour: red
        """;

    [Fact]
    public async Task A_good_file_is_good()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("check", lab.File("good.yaml", Good));

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("good.yaml: good", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_in_every_file_is_told_with_its_line()
    {
        using var lab = new LabProgram();
        var (bad, good, missing) = (lab.File("bad.yaml", Bad), lab.File("good.yaml", Good), Path.Combine(lab.Folder, "missing.yaml"));

        var ended = await lab.RunAsync("check", bad, good, missing);

        Assert.Equal(2, ended.ExitCode);
        foreach (var line in new[] { 3, 4, 6, 7 }) Assert.Contains($"{bad}:{line}: ", ended.Out, StringComparison.Ordinal);
        Assert.Contains(missing + ": ", ended.Out, StringComparison.Ordinal);
        Assert.Contains("good.yaml: good", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_for_programs_is_json_and_nothing_else()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("check", lab.File("bad.yaml", Bad), "--json");

        Assert.Equal(2, ended.ExitCode);
        Assert.False((bool)ended.Json["ok"]!);
        var problems = ended.Json["files"]![0]!["problems"]!.AsArray();
        Assert.True(problems.Count >= 4, ended.Out);
        Assert.All(problems, problem => Assert.False(string.IsNullOrEmpty((string?)problem!["remedy"])));
    }

    [Fact]
    public async Task A_bad_file_is_not_run()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("run", lab.File("good.yaml", Good), lab.File("bad.yaml", Bad), "--json");

        Assert.Equal(2, ended.ExitCode);
        Assert.Equal(2, (int)ended.Json["exitCode"]!);
        Assert.Contains("bad.yaml:4:", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(lab.State), "a lab was started");
    }

    [Fact]
    public async Task The_list_for_programs_names_faults_visitors_and_safeguards()
    {
        using var lab = new LabProgram();

        var list = (await lab.RunAsync("list", "--json")).Json;

        Assert.Contains("kill-process", list["faults"]!.AsArray().Select(fault => (string)fault!["name"]!));
        Assert.Contains("follow-links", list["scenarios"]!.AsArray().Select(scenario => (string)scenario!["name"]!));
        Assert.Contains("retry", list["safeguards"]!.AsArray().Select(word => (string)word!));
        Assert.All(list["experiments"]!.AsArray(), experiment => Assert.Equal(0, (int)experiment!["problems"]!));
    }

    [Fact]
    public async Task The_list_for_people_has_no_colours_away_from_a_terminal()
    {
        using var lab = new LabProgram();

        var ended = await lab.RunAsync("list");

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("pause-process", ended.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ended.Out);
    }

    [Fact]
    public async Task Nothing_left_behind_means_nothing_to_restore_any_number_of_times()
    {
        using var lab = new LabProgram();

        for (var n = 0; n < 2; n++)
        {
            var ended = await lab.RunAsync("restore");
            Assert.Equal(0, ended.ExitCode);
            Assert.Contains("nothing was left behind", ended.Out, StringComparison.Ordinal);
        }

        var answer = (await lab.RunAsync("restore", "--json")).Json;
        Assert.Empty(answer["failed"]!.AsArray());
    }

    [Theory]
    [InlineData("20261129-140509-losing-one-instance")]
    [InlineData("last")]
    public async Task A_report_is_written_again_from_its_record(string run)
    {
        using var lab = new LabProgram();
        var folder = Record(lab, "20261129-140509-losing-one-instance", JsonSerializer.Serialize(Runs.Held, ResultJson.Options));
        Record(lab, "20261101-000000-older", JsonSerializer.Serialize(Runs.Weak, ResultJson.Options));

        var ended = await lab.RunAsync("report", run, "--json");

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("held", (string)ended.Json["verdict"]!);
        Assert.Equal(Path.Combine(folder, "report.html"), (string)ended.Json["report"]!);
        Assert.Contains("99.967 %", await File.ReadAllTextAsync(Path.Combine(folder, "report.md")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "junit.xml")));
    }

    [Fact]
    public async Task The_report_of_a_game_day_is_written_again_from_its_folder()
    {
        using var lab = new LabProgram();
        var folder = Record(lab, "20261129-140500-gameday", JsonSerializer.Serialize(Runs.Day(Runs.Held, Runs.Weak), ResultJson.Options));

        var ended = await lab.RunAsync("report", folder);

        Assert.Equal(0, ended.ExitCode);
        Assert.StartsWith("weakness", ended.Out, StringComparison.Ordinal);
        Assert.Contains("losing-one-instance-alone", await File.ReadAllTextAsync(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_record_is_a_mistake_not_a_crash()
    {
        using var lab = new LabProgram();
        Record(lab, "20261129-140500-x", "{ half");

        var ended = await lab.RunAsync("report", "last");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("is no record of a run", ended.Error, StringComparison.Ordinal);
    }

    private static string Record(LabProgram lab, string id, string json)
    {
        var folder = Directory.CreateDirectory(Path.Combine(lab.Runs, id)).FullName;
        File.WriteAllText(Path.Combine(folder, "summary.json"), json);
        return folder;
    }
}
