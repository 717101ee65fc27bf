using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Safety;

namespace ChaosLab.Chaos.Hosts;

/// <summary>A host of an inventory, reached by ssh.</summary>
public sealed class InventoriedHost : Host
{
    private readonly string _token;

    internal InventoriedHost(HostReach reach, LabReach lab, Ssh ssh)
    {
        Reach = reach;
        Ssh = ssh;
        _token = reach.Role == "app" ? lab.AdminToken : "";
        Service = new HostService(ssh, HostSight.UnitsOf(reach.Role)[^1] is "keepalived" ? "haproxy" : HostSight.UnitsOf(reach.Role)[^1]);
        (Public, Admin, Health) = reach.Role switch
        {
            "app" => (At(lab.PublicPort), At(lab.AdminPort), new Uri(At(lab.AdminPort), "/health/ready")),
            "lb" => (At(80), At(lab.BalancerStatusPort), new Uri(At(lab.BalancerStatusPort), "/healthz")),
            "db" => (At(lab.DatabaseApiPort), At(lab.DatabaseApiPort), new Uri(At(lab.DatabaseApiPort), "/health")),
            _ => (At(9090), At(9090), new Uri(At(9090), "/-/ready")),
        };

        Uri At(int port) => new($"http://{reach.Address}:{port}");
    }

    /// <summary>How it is reached.</summary>
    public HostReach Reach { get; }
    internal Ssh Ssh { get; }
    /// <summary>Release of the shortener when the lab was taken up; empty where there is none.</summary>
    internal string ReleaseAtStart { get; set; } = "";
    /// <summary>Where a rollback would have gone then; empty where there was nothing to go back to.</summary>
    internal string ReleaseBeforeStart { get; set; } = "";
    /// <summary>Answers 200 when its service is well.</summary>
    internal Uri Health { get; }
    /// <inheritdoc/>
    public override string Name => Reach.Name;
    /// <inheritdoc/>
    public override string Role => Reach.Role;
    /// <inheritdoc/>
    public override Uri Public { get; }
    /// <inheritdoc/>
    public override Uri Admin { get; }
    /// <inheritdoc/>
    public override string AdminToken => _token;
    /// <inheritdoc/>
    public override ServiceControl Service { get; }

    /// <summary>Asked at the host itself, with the token that lies there: no secret is in the undo log.</summary>
    public override UndoAction UndoOfAppFaults(string tag) => new UndoAction.OnHost(Reach, EndAppFaults, [tag, Admin.ToString()], "", $"end the in-app faults tagged {tag}");

    internal const string EndAppFaults = """
        python3 - "$@" <<'EOF'
        import json, re, sys, urllib.error, urllib.request
        tag, admin = sys.argv[1:3]
        token = re.search(r'^Admin__Token="(.*)"$', open("/opt/shortener/current/environment").read(), re.M).group(1)
        def ask(method, path):
            request = urllib.request.Request(admin.rstrip("/") + path, method=method, headers={"Authorization": "Bearer " + token})
            return urllib.request.urlopen(request, timeout=5).read()
        try:
            ours = [one["id"] for one in json.loads(ask("GET", "/chaos/faults"))["faults"] if one.get("experiment") == tag]
        except urllib.error.HTTPError:
            raise
        except OSError:
            print("nobody answers: the process is gone, and its faults with it")
            sys.exit(0)
        for one in ours:
            ask("DELETE", "/chaos/faults/" + one)
        print(len(ours), "in-app faults ended")
        EOF
        """;
}
