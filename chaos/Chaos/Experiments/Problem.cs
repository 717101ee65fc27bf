namespace ChaosLab.Chaos.Experiments;

/// <summary>One mistake in a file: where, what is wrong, and what would be right.</summary>
/// <param name="File">Path as the person gave it.</param>
/// <param name="Line">Line from 1; 0 when the whole file is meant.</param>
/// <param name="Says">What is wrong.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record Problem(string File, int Line, string Says, string Remedy)
{
    /// <summary><c>file:line: what is wrong. Remedy</c>, one line, clickable in most editors.</summary>
    public override string ToString() =>
        Line > 0 ? $"{File}:{Line}: {Says}. {Remedy}." : $"{File}: {Says}. {Remedy}.";
}
