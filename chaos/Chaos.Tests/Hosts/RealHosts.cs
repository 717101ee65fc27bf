using ChaosLab.Chaos.Experiments;
using ChaosLab.Chaos.Faults;
using ChaosLab.Chaos.Hosts;
using ChaosLab.Chaos.Running;
using ChaosLab.Chaos.Tests.Embedded;

namespace ChaosLab.Chaos.Tests.Hosts;

/// <summary>The docker lab, for tests that need it up: <c>CHAOSLAB_HOSTS=1</c> says that it is. Without, they are reported as skipped, with the reason.</summary>
public sealed class RealHosts : IAsyncLifetime
{
    private HostsLab? _lab;

    internal HostsLab Lab => _lab ?? throw new InvalidOperationException("not up");

    public static void NeedThem() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CHAOSLAB_HOSTS") == "1", "needs the docker lab: ./lab up, then CHAOSLAB_HOSTS=1");

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("CHAOSLAB_HOSTS") != "1")
            return;
        _lab = await HostsLab.StartAsync(Options(Labs.Program), null, CancellationToken.None);
    }

    /// <summary>Where the docker lab is.</summary>
    internal static HostsOptions Options(string labCommand) => new()
    {
        StateRoot = Environment.GetEnvironmentVariable("CHAOSLAB_STATE") is { Length: > 0 } state ? state : Path.Combine(Verbs.LabProgram.Root, "artifacts", "lab"),
        LabCommand = [labCommand],
        On = "docker",
        AnsibleFolder = Path.Combine(Verbs.LabProgram.Root, "ansible"),
    };

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }

    /// <summary>A fault of a file, ready on the one host it is aimed at.</summary>
    internal async Task<(InventoriedHost Host, Injection Injection)> AimAsync(string fault, TimeSpan length, CancellationToken stop)
    {
        var (experiment, problems) = ExperimentFile.Parse("test.yaml", $$"""
            title: test
            hypothesis: [redirect success >= 90 %]
            load: { scenario: follow-links, rate: 300/s, for: 10min }
            faults: [{ at: 3s, for: {{length.TotalSeconds}}s, {{fault}} }]
            """);
        Assert.Empty(problems);
        var planned = experiment!.Faults[0];
        var hosts = planned.Target is Target.Holder holder ? await Lab.HoldersAsync(holder, stop) : Preflight.Resolve(planned.Target, Lab, new Random(1));
        var host = Assert.IsType<InventoriedHost>(Assert.Single(hosts));
        return (host, planned.Fault.On(new FaultSite(host, Lab, $"test.{Guid.NewGuid():N}", length, 1, TimeProvider.System)));
    }
}
