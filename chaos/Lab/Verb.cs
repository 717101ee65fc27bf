using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ChaosLab.Lab;

/// <summary>A command with examples in its help.</summary>
/// <param name="name">The word that is typed.</param>
/// <param name="description">What it does and what it answers.</param>
/// <param name="examples">Command lines with what they do, shown below the options.</param>
internal sealed class Verb(string name, string description, params (string Line, string Does)[] examples) : Command(name, description)
{
    /// <summary>Help as usual, then the examples.</summary>
    public sealed class Help(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            usual.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Verb { Examples: { Count: > 0 } examples })
            {
                var output = parseResult.InvocationConfiguration.Output;
                var width = examples.Max(example => example.Line.Length);
                output.WriteLine("Examples:");
                foreach (var (line, does) in examples) output.WriteLine($"  {line.PadRight(width)}  {does}");
                output.WriteLine();
            }

            return 0;
        }
    }

    /// <summary>Command lines with what they do.</summary>
    public IReadOnlyList<(string Line, string Does)> Examples => examples;
}
