using ChaosLab.Chaos.Experiments;

namespace ChaosLab.Chaos.Embedded;

/// <summary>What an embedded lab is made of.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Folder for locks, undo log and the lab's own folder.</summary>
    public required string StateRoot { get; init; }

    /// <summary>The lab program and leading arguments; <c>guardian …</c> and <c>balancer</c> are added.</summary>
    public required IReadOnlyList<string> LabCommand { get; init; }

    /// <summary>The shortener program and leading arguments.</summary>
    public required IReadOnlyList<string> ShortenerCommand { get; init; }

    /// <summary>Shorteners, 1 to 9; one when <see cref="Safeguard.Instances"/> is switched off.</summary>
    public int Instances { get; init; } = 3;

    /// <summary>Safeguards to leave out.</summary>
    public IReadOnlyCollection<Safeguard> Without { get; init; } = [];

    /// <summary>Settings of its services that differ from the usual ones.</summary>
    public IReadOnlyList<LabSetting> Settings { get; init; } = [];

    /// <summary>A private PostgreSQL instead of the SQLite file; null: SQLite.</summary>
    public EmbeddedDatabase? Database { get; init; }

    /// <summary>Folder that gets a copy of every log when the lab ends; null: none.</summary>
    public string? LogFolder { get; init; }

    /// <summary>How long a host may take until it is ready.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A throw-away PostgreSQL: the primary <c>db1</c>, and if wished the streaming standby <c>db2</c>.</summary>
/// <param name="HasStandby">There is a standby, and links are read from it.</param>
/// <param name="StandbySettings">Settings of the standby alone, as <c>name=value</c>.</param>
public sealed record EmbeddedDatabase(bool HasStandby, IReadOnlyList<string> StandbySettings);
