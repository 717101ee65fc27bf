namespace ChaosLab.Chaos.Experiments;

/// <summary>Reads experiment files.</summary>
public static class ExperimentFile
{
    /// <summary>The experiment, or every problem of the file at once. Never both, never neither.</summary>
    public static (Experiment? Experiment, IReadOnlyList<Problem> Problems) Load(string path)
    {
        var problems = new Problems(path);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(0, $"the file cannot be read: {unreadable.Message.TrimEnd('.')}", "Check the path; `lab list` shows the experiments there are");
            return (null, problems.InOrder);
        }

        return Parse(path, text);
    }

    /// <summary>The same from text that has been read already.</summary>
    public static (Experiment? Experiment, IReadOnlyList<Problem> Problems) Parse(string path, string text)
    {
        var problems = new Problems(path);
        var experiment = YamlTree.Parse(text, problems) is { } tree ? ExperimentReader.Read(path, tree, problems) : null;
        return problems.Any ? (null, problems.InOrder) : (experiment, []);
    }
}
