namespace ChaosLab.Chaos.Running;

/// <summary>How one experiment is run.</summary>
public sealed record RunOptions
{
    /// <summary>Folder in which the run's own folder is made.</summary>
    public required string RunsFolder { get; init; }

    /// <summary>Name of the run's folder; null: made from time and experiment id.</summary>
    public string? RunId { get; init; }

    /// <summary>Overrides the seed of the file; null: the file's, or a chosen one that is printed.</summary>
    public int? Seed { get; init; }

    /// <summary>Where the visitors come from.</summary>
    public required Visitors Visitors { get; init; }

    /// <summary>How long a host may take after an undo until it looks as before; null: what the lab says of its hosts.</summary>
    public TimeSpan? AttestLimit { get; init; }

    /// <summary>Also sees every finished request, on the workers of the load; null: nobody.</summary>
    public Action<ChaosLab.Load.Sample>? OnSample { get; init; }

    /// <summary>Also gets the load's figures once a second.</summary>
    public IReadOnlyList<ChaosLab.Load.IReportingSink> Sinks { get; init; } = [];

    /// <summary>Clock of the whole run.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
