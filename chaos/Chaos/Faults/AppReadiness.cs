using ChaosLab.Chaos.Running;

namespace ChaosLab.Chaos.Faults;

/// <summary>The instance says that it is not ready although it could serve: a lying health check.</summary>
public sealed record AppReadiness : Fault
{
    internal static FaultKind InCatalogue { get; } = new("app-readiness", "The shortener says that it is not ready", ["app"], [])
    {
        Read = (_, _) => new AppReadiness(),
    };

    /// <inheritdoc/>
    public override string Kind => "app-readiness";

    /// <inheritdoc/>
    public override string Dose => "/health/ready answers 503";

    /// <inheritdoc/>
    public override Injection On(FaultSite site) => new Injected(site);

    private sealed class Injected(FaultSite site) : AppInjection(site, Request("readiness", 1, []), TimeSpan.Zero)
    {
        private readonly FaultSite _site = site;

        public override async Task<Sight> LookAsync(CancellationToken stop)
        {
            var health = await HostView.ReadHealthAsync(_site.Host, stop);
            return new Sight(health == "503", $"ready: {health}");
        }
    }
}
