using System.CommandLine;
using System.Net;

namespace ChaosLab.Lab.Watch;

/// <summary>How a run can be seen from outside.</summary>
/// <param name="Metrics">Where the runner's figures are offered; null: nowhere, unless it is watched.</param>
/// <param name="Watch">Whether a Prometheus is run beside the lab.</param>
internal sealed record SeeingPlan(IPEndPoint? Metrics, bool Watch);

/// <summary>The flags of <c>gameday</c>, <c>run</c> and <c>load</c> that make a run visible.</summary>
internal sealed class SeeingFlags
{
    private readonly Option<IPEndPoint?> metrics = new("--metrics")
    {
        Description = "Offer the runner's own figures (load, faults, outside view, machine) for Prometheus at this address of this machine. Port 0 takes a free one.",
        HelpName = "host:port",
        CustomParser = result =>
        {
            if (IPEndPoint.TryParse(result.Tokens[0].Value, out var address) && result.Tokens[0].Value.Contains(':', StringComparison.Ordinal)) return address;
            result.AddError($"--metrics: '{result.Tokens[0].Value}' is no address with a port. For example 127.0.0.1:9900");
            return null;
        },
    };

    private readonly Option<bool> watch = new("--watch")
    {
        Description = "Run a Prometheus (and an Alertmanager with its desk) beside the embedded lab; its data is kept with the run, for `lab console`. Hosts have these on their obs host, which keeps the data.",
    };

    /// <summary>Gives a verb these flags.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(metrics);
        verb.Add(watch);
    }

    /// <summary>What was asked for.</summary>
    public SeeingPlan Read(ParseResult asked) => new(asked.GetValue(metrics), asked.GetValue(watch));
}
