namespace ChaosLab.Chaos.Hosts;

/// <summary>Runs Ansible's programs from the folder of its configuration.</summary>
public static class Ansible
{
    // Relative to a run that raised its own priority.
    private static readonly string[] Gently = ["nice", "-n", "19"];

    /// <summary>Runs one. Output has no colours and no adornment, whatever the person's own settings are.</summary>
    /// <param name="folder">The repository's <c>ansible</c>.</param>
    /// <param name="words">Program and arguments.</param>
    /// <param name="limit">After this it is ended.</param>
    /// <param name="onLine">Gets each line as it comes; null: nobody.</param>
    /// <param name="stop">Ends it early.</param>
    /// <param name="state">State folder of labs; null: as the environment has it.</param>
    /// <param name="isBesideLoad">At low priority: 0.2 s of processor a task and host, on the cores that visitors and hosts need.</param>
    public static Task<CommandAnswer> RunAsync(
        string folder, IReadOnlyList<string> words, TimeSpan limit, Action<string>? onLine, CancellationToken stop, string? state = null, bool isBesideLoad = false)
    {
        // Debian's own Ansible where there is one, as `ansible/play` has it.
        var own = Path.Combine("/usr/bin", words[0]);
        return LocalCommand.RunAsync([.. isBesideLoad ? Gently : [], File.Exists(own) ? own : words[0], .. words.Skip(1)], null, Variables(folder, state), limit, onLine, stop);
    }

    /// <summary>The words that play a playbook.</summary>
    /// <param name="folder">The repository's <c>ansible</c>.</param>
    /// <param name="inventory">Path of the inventory.</param>
    /// <param name="playbook">Path below <paramref name="folder"/>.</param>
    /// <param name="more">Further arguments.</param>
    public static IReadOnlyList<string> Play(string folder, string inventory, string playbook, params IReadOnlyList<string> more) =>
        [Path.Combine(folder, "play"), "-i", inventory, Path.Combine(folder, playbook), .. more];

    /// <summary>The variables that every call of Ansible gets.</summary>
    public static IReadOnlyDictionary<string, string?> Variables(string folder, string? state)
    {
        var variables = new Dictionary<string, string?>
        {
            ["ANSIBLE_CONFIG"] = Path.Combine(folder, "ansible.cfg"),
            ["ANSIBLE_NOCOLOR"] = "1",
            ["ANSIBLE_FORCE_COLOR"] = null,
            ["PYTHONUNBUFFERED"] = "1",
        };
        if (state is not null)
            variables["CHAOSLAB_STATE"] = state;
        return variables;
    }
}
