namespace ChaosLab.Chaos.Experiments;

/// <summary>One setting an experiment may change in the lab, already as the service reads it.</summary>
/// <param name="Name">As written in the file, such as <c>break-duration</c>.</param>
/// <param name="Role">Role whose services read it: <c>app</c> or <c>lb</c>.</param>
/// <param name="Variable">Environment variable, such as <c>Breaker__BreakDuration</c>.</param>
/// <param name="Value">Its value in the service's own notation, such as <c>00:00:02</c>.</param>
public sealed record LabSetting(string Name, string Role, string Variable, string Value);
