using System.Text.Json.Serialization;
using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Chaos.Safety;

/// <summary>
/// A complete, idempotent way to undo something, written to disk before that something is done. A closed set, so that
/// any later program can replay it without the code that injected the fault.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(TakeLabAway), "take-lab-away")]
[JsonDerivedType(typeof(StartService), "start-service")]
[JsonDerivedType(typeof(ResumeService), "resume-service")]
[JsonDerivedType(typeof(EndAppFaults), "end-app-faults")]
[JsonDerivedType(typeof(OnHost), "on-host")]
[JsonDerivedType(typeof(OnThisMachine), "on-this-machine")]
[JsonDerivedType(typeof(Nothing), "nothing")]
public abstract record UndoAction
{
    private UndoAction() { }

    /// <summary>What it will do, in one line for people.</summary>
    public abstract string Says { get; }

    /// <summary>Whether taking the lab away undoes it too. What was done to a host of its own must be undone there, whatever becomes of the runner.</summary>
    [JsonIgnore]
    public virtual bool EndsWithLab => true;

    /// <summary>SIGKILL to every process marked <c>CHAOSLAB_LAB=</c><paramref name="Lab"/> until none is left, then remove the folder.</summary>
    public sealed record TakeLabAway(string Lab, string Folder) : UndoAction
    {
        /// <inheritdoc/>
        public override string Says => $"end every process of lab {Lab} and remove its folder";
    }

    /// <summary>Start the service described by the launch file unless it runs; its folder gone means its lab is gone: nothing to do.</summary>
    public sealed record StartService(string LaunchFile, string Host) : UndoAction
    {
        /// <inheritdoc/>
        public override string Says => $"start {Host} unless it runs";
    }

    /// <summary>SIGCONT to every process of one host of a lab; none there means nothing to do.</summary>
    public sealed record ResumeService(string Lab, string Host) : UndoAction
    {
        /// <inheritdoc/>
        public override string Says => $"let the processes of {Host} go on";
    }

    /// <summary>End the in-app faults that carry this run's tag; nobody listening means that the process and its faults are gone.</summary>
    /// <param name="LaunchFile">File that holds the admin address and token of the instance, so that no secret is in the undo log.</param>
    /// <param name="Tag">Value of <c>experiment</c> of the faults to end.</param>
    /// <param name="Host">Host name.</param>
    public sealed record EndAppFaults(string LaunchFile, string Tag, string Host) : UndoAction
    {
        /// <inheritdoc/>
        public override string Says => $"end the in-app faults tagged {Tag} on {Host}";
    }

    /// <summary>Run a script on a host over ssh, then disarm the timer there that would have run it without us.</summary>
    /// <param name="Reach">How the host is reached.</param>
    /// <param name="Script">Shell script, idempotent; ends with 0 only when the host is healed.</param>
    /// <param name="Words">Its arguments.</param>
    /// <param name="Switch">Name of the timer at the host; empty: none was armed.</param>
    /// <param name="What">What it does, in words.</param>
    public sealed record OnHost(HostReach Reach, string Script, IReadOnlyList<string> Words, string Switch, string What) : UndoAction
    {
        /// <inheritdoc/>
        public override string Says => $"{What} on {Reach.Name}";

        /// <inheritdoc/>
        public override bool EndsWithLab => false;
    }

    /// <summary>Run a program of this machine, such as <c>docker start</c>.</summary>
    /// <param name="Program">Program and arguments; no shell reads them.</param>
    /// <param name="Environment">Variables it needs besides.</param>
    /// <param name="Seconds">How long it may take, 1 to 900.</param>
    /// <param name="What">What it does, in words.</param>
    public sealed record OnThisMachine(IReadOnlyList<string> Program, IReadOnlyDictionary<string, string?> Environment, int Seconds, string What) : UndoAction
    {
        /// <inheritdoc/>
        public override string Says => What;

        /// <inheritdoc/>
        public override bool EndsWithLab => false;
    }

    /// <summary>There is nothing to undo, and here is why.</summary>
    public sealed record Nothing(string Because) : UndoAction
    {
        /// <inheritdoc/>
        public override string Says => $"nothing to undo: {Because}";
    }
}
