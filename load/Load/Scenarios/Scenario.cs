using ChaosLab.Load.Raw;

namespace ChaosLab.Load;

/// <summary>Makes scenarios: what one visitor does.</summary>
public static class Scenario
{
    /// <summary>The step name that stands for a whole iteration; no step may use it.</summary>
    public const string WholeIteration = "global information";

    /// <summary>A scenario of user code, run once per iteration.</summary>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public static ScenarioProps Create(string name, Func<IScenarioContext, Task<IResponse>> run)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(run);
        return new ScenarioProps { ScenarioName = name, Run = run };
    }

    /// <summary>A scenario with init and clean only.</summary>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public static ScenarioProps Empty(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new ScenarioProps { ScenarioName = name };
    }

    /// <summary>A scenario of declared requests, sent by the raw HTTP/1.1 engine without running code per request.</summary>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public static ScenarioProps Declare(string name, RawRequests requests)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(requests);
        return new ScenarioProps { ScenarioName = name, Requests = () => requests, DeclaredRequests = requests };
    }

    /// <summary>The same with requests that are known only after init, for example links made there.</summary>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public static ScenarioProps Declare(string name, Func<RawRequests> requests)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(requests);
        return new ScenarioProps { ScenarioName = name, Requests = requests };
    }
}
