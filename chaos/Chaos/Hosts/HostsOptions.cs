namespace ChaosLab.Chaos.Hosts;

/// <summary>Which hosts a lab is made of, and where its things lie.</summary>
public sealed record HostsOptions
{
    /// <summary>Folder for locks, undo log and the lab's own folder.</summary>
    public required string StateRoot { get; init; }

    /// <summary>The lab program and leading arguments; <c>guardian …</c> is added.</summary>
    public required IReadOnlyList<string> LabCommand { get; init; }

    /// <summary>The inventory: a path, or a name below <c>ansible/inventories</c>.</summary>
    public required string On { get; init; }

    /// <summary>The repository's <c>ansible</c>.</summary>
    public required string AnsibleFolder { get; init; }

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
