using System.Globalization;
using System.Text.RegularExpressions;

namespace ChaosLab.Lab.Hosts;

/// <summary>Follows the output of a playbook: which play, which task, what failed, what changed. Reads Ansible's default callback.</summary>
internal sealed partial class PlayProgress
{
    private readonly List<string> failures = [];
    private string play = "";
    private int tasks, changed, hosts, collecting;

    /// <summary>What went wrong, as Ansible said it, one entry per host and task; at most twenty lines each.</summary>
    public IReadOnlyList<string> Failures => failures;

    /// <summary><c>31 tasks, 0 changed on 9 hosts</c>.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture, $"{tasks} tasks, {changed} changed on {hosts} hosts");

    /// <summary>Changed tasks of the whole run, all hosts together.</summary>
    public int Changed => changed;

    /// <summary>Takes a line; what is worth showing, or null.</summary>
    public (string Line, bool IsPlay)? Take(string line)
    {
        if (Play().Match(line) is { Success: true } begins)
        {
            collecting = 0;
            play = begins.Groups["name"].Value;
            return (play, true);
        }

        if (Task().Match(line) is { Success: true } task)
        {
            collecting = 0;
            tasks++;
            return ($"{play}: {task.Groups["name"].Value}", false);
        }

        if (Recap().Match(line) is { Success: true } recap)
        {
            collecting = 0;
            hosts++;
            changed += int.Parse(recap.Groups["changed"].Value, CultureInfo.InvariantCulture);
        }
        else if (line.StartsWith("fatal: ", StringComparison.Ordinal) || line.StartsWith("failed: ", StringComparison.Ordinal) || line.StartsWith("ERROR!", StringComparison.Ordinal) || line.StartsWith("[ERROR]", StringComparison.Ordinal))
        {
            failures.Add(Plain(line));
            collecting = 20;
        }
        else if (collecting > 0 && line.Length > 0)
        {
            collecting--;
            failures[^1] += "\n" + line;
        }
        else
        {
            collecting = 0;
        }

        return null;
    }

    // `fatal: [db1]: FAILED! => {"msg": "…"}` says its message in one word among many.
    private static string Plain(string line) => Fatal().Match(line) is { Success: true } fatal
        ? $"{fatal.Groups["host"].Value}: {Regex.Unescape(fatal.Groups["message"].Value)}"
        : line;

    [GeneratedRegex(@"^PLAY \[(?<name>.*)\] \**$")]
    private static partial Regex Play();

    [GeneratedRegex(@"^(TASK|RUNNING HANDLER) \[(?<name>.*)\] \**$")]
    private static partial Regex Task();

    [GeneratedRegex(@"^\S+ +: ok=\d+ +changed=(?<changed>\d+) +unreachable=\d+")]
    private static partial Regex Recap();

    [GeneratedRegex("""^fatal: \[(?<host>[^\]]+)\]: (UNREACHABLE|FAILED)! => \{.*"msg": "(?<message>([^"\\]|\\.)*)".*$""")]
    private static partial Regex Fatal();
}
