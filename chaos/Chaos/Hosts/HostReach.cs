namespace ChaosLab.Chaos.Hosts;

/// <summary>How a host is reached by ssh. Holds paths, never secrets, so that it may stand in an undo log.</summary>
/// <param name="Name">Inventory name, such as <c>db2</c>.</param>
/// <param name="Role"><c>lb</c>, <c>app</c>, <c>db</c> or <c>obs</c>.</param>
/// <param name="Address">IPv4 address.</param>
/// <param name="Port">Port of sshd, 1 to 65535.</param>
/// <param name="User">Who logs in; empty: whoever runs this program.</param>
/// <param name="Key">File of the private key; empty: what the agent has.</param>
/// <param name="Options">More words for ssh, as the inventory has them.</param>
/// <param name="Become">Whether commands go through sudo.</param>
public sealed record HostReach(string Name, string Role, string Address, int Port, string User, string Key, IReadOnlyList<string> Options, bool Become)
{
    /// <summary>The words from <c>ssh</c> up to the address. The person's own configuration is not read: a run must not depend on it.</summary>
    /// <param name="controlPath">Socket that later connections share; null: a connection of its own.</param>
    public IReadOnlyList<string> SshWords(string? controlPath)
    {
        List<string> words = ["ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "LogLevel=ERROR"];
        words.AddRange(controlPath is null
            ? ["-o", "ControlMaster=no", "-o", "ControlPath=none"]
            : ["-o", "ControlMaster=auto", "-o", $"ControlPath={controlPath}", "-o", "ControlPersist=60s"]);
        if (Key.Length > 0)
            words.AddRange(["-i", Key]);
        if (User.Length > 0)
            words.AddRange(["-l", User]);
        words.AddRange(["-p", Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        words.AddRange(Options);
        words.Add(Address);
        return words;
    }
}
