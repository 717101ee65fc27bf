namespace ChaosLab.Chaos.Hosts;

/// <summary>One look at a host from inside: what runs, and whether anything of ours is left on it.</summary>
internal static class HostSight
{
    // Timers of the dead man's switch and their files are no residue: they are disarmed by the undo itself, and a run that
    // was killed leaves them armed on purpose.
    private const string Script = """
        python3 - "$@" <<'EOF'
        import glob, json, os, subprocess, sys

        def run(*words):
            return subprocess.run(words, capture_output=True, text=True, timeout=10, check=False).stdout

        def blocks(text):
            return [dict(line.split("=", 1) for line in block.splitlines()) for block in text.strip().split("\n\n") if block]

        units = sys.argv[1:]
        seen, paused = [], []
        for unit in blocks(run("systemctl", "show", "--property=Id,ActiveState,ControlGroup", *units)):
            name = unit["Id"].removesuffix(".service")
            seen.append(name + "=" + unit["ActiveState"])
            for root in ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup"):
                procs = [pid for path in glob.glob(root + unit["ControlGroup"] + "/**/cgroup.procs", recursive=True) for pid in open(path).read().split()] if unit["ControlGroup"] else []
                if procs:
                    break
            for pid in procs:
                try:
                    state = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0]
                except OSError:
                    continue
                if state == "T":
                    paused.append(name)
        left = []
        left += ["table " + line.split()[-1] for line in run("nft", "list", "tables").splitlines() if " lab_" in line]
        left += ["rule " + line for line in run("iptables", "-w", "-t", "mangle", "-S").splitlines() if "lab-" in line]
        # No shaping is ours unless it says so: a qdisc that carries our handle.
        left += ["qdisc " + line for line in run("tc", "qdisc", "show").splitlines() if " 1ab:" in line]
        left += ["unit " + line.split()[0] for line in run("systemctl", "list-units", "--all", "--plain", "--no-legend", "lab-*").splitlines() if line and not line.startswith(("lab-undo-",)) and " mount " not in line]
        if os.path.exists("/usr/local/sbin/lab-balancer"):
            servers = json.loads(run("/usr/local/sbin/lab-balancer", "state") or "[]")
            left += sorted({one["server"] + " is out of the balancer: " + one["state"] for one in servers if one["state"].startswith(("DRAIN", "MAINT"))})
        if "patroni" in units:
            query = "SELECT CASE WHEN pg_is_in_recovery() AND pg_is_wal_replay_paused() THEN 'replay is paused' END"
            left += run("runuser", "-u", "postgres", "--", "psql", "-qtAX", "-d", "postgres", "-c", query).split("\n")[:1]
        left += glob.glob("/run/systemd/system/*.d/lab-*.conf") + glob.glob("/var/lib/postgresql/lab-fill-*") + glob.glob("/var/tmp/lab-fill-*")
        release, before = [os.path.basename(os.readlink(link)) if os.path.islink(link) else "" for link in ("/opt/shortener/current", "/opt/shortener/previous")]
        addresses = [one["local"] for link in json.loads(run("ip", "-json", "-4", "address")) for one in link["addr_info"]]
        print(json.dumps({"units": seen, "paused": sorted(set(paused)), "left": [one for one in left if one], "release": release, "releaseBefore": before, "addresses": addresses}))
        EOF
        """;

    /// <summary>The services whose state belongs to a host of a role.</summary>
    public static IReadOnlyList<string> UnitsOf(string role) => role switch
    {
        "app" => ["shortener"],
        "lb" => ["haproxy", "keepalived"],
        "db" => ["etcd", "patroni"],
        _ => ["prometheus"],
    };

    public static async Task<Seen> ReadAsync(Ssh ssh, CancellationToken stop) =>
        System.Text.Json.JsonSerializer.Deserialize<Seen>(await ssh.RunAsync(Script, UnitsOf(ssh.Reach.Role), stop), Safety.UndoJson.Options)
        ?? throw new InvalidOperationException($"{ssh.Reach.Name} answered nothing");

    /// <summary>What was seen.</summary>
    /// <param name="Units"><c>unit=state</c>, one per service.</param>
    /// <param name="Paused">Services with a process in state T.</param>
    /// <param name="Left">What faults made and did not take away.</param>
    /// <param name="Release">Release of the shortener; empty where there is none.</param>
    /// <param name="ReleaseBefore">Where a rollback would go; empty where there is none.</param>
    /// <param name="Addresses">IPv4 addresses the host holds.</param>
    public sealed record Seen(IReadOnlyList<string> Units, IReadOnlyList<string> Paused, IReadOnlyList<string> Left, string Release, string ReleaseBefore, IReadOnlyList<string> Addresses)
    {
        public string Text =>
            $"{string.Join(", ", Units)}, paused: {Say(Paused)}, left behind: {Say(Left)}" + (Release.Length > 0 ? $", release: {Release}" : "");

        private static string Say(IReadOnlyList<string> all) => all.Count == 0 ? "none" : string.Join(" ", all);
    }
}
