namespace ChaosLab.Chaos.Experiments;

/// <summary>Collects the mistakes of one file, so that all are told at once.</summary>
internal sealed class Problems(string file)
{
    private readonly List<Problem> _found = [];

    public bool Any => _found.Count > 0;

    public IReadOnlyList<Problem> InOrder => [.. _found.Distinct().OrderBy(problem => problem.Line)];

    public void Add(int line, string says, string remedy) => _found.Add(new Problem(file, line, says, remedy));
}
