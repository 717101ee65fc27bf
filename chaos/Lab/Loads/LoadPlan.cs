using ChaosLab.Chaos.Experiments;
using ChaosLab.Lab.Watch;
using ChaosLab.Load;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Lab.Loads;

/// <summary>One load as asked for on the command line, checked.</summary>
/// <param name="Visitors">What visitors do.</param>
/// <param name="Simulation">How many come.</param>
/// <param name="Words">The same for people.</param>
/// <param name="For">Length after the warm-up.</param>
/// <param name="WarmUp">Load before anything counts.</param>
/// <param name="Seed">Everything random follows from it.</param>
/// <param name="Links">Links made before the load.</param>
/// <param name="RequestTimeout">When a visitor gives up.</param>
/// <param name="LatenessFloor">Lateness of the generator that does not make the run invalid.</param>
/// <param name="Thresholds">What must hold, in the words of experiment files.</param>
/// <param name="Without">Safeguards of the embedded lab that are switched off.</param>
/// <param name="Target">A service on loopback; null: a lab.</param>
/// <param name="On">Which lab: <c>embedded</c>, <c>docker</c>, or an inventory.</param>
/// <param name="Seeing">How it can be seen from outside.</param>
internal sealed record LoadPlan(
    VisitorScenario Visitors, LoadSimulation Simulation, string Words, TimeSpan For, TimeSpan WarmUp, int Seed, int Links,
    TimeSpan RequestTimeout, TimeSpan LatenessFloor, IReadOnlyList<Expectation> Thresholds, IReadOnlyCollection<Safeguard> Without, Uri? Target, string On, SeeingPlan Seeing);
