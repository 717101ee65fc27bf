using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using ChaosLab.Chaos.Experiments;
using ChaosLab.Lab.Campaigns;
using ChaosLab.Lab.Hosts;
using ChaosLab.Lab.Watch;
using ChaosLab.Load;
using ChaosLab.Load.Scenarios;

namespace ChaosLab.Lab.Loads;

/// <summary>The flags of <c>lab load</c> and what they mean. All mistakes are told at once.</summary>
internal sealed class LoadFlags
{
    private readonly Argument<string> scenario = new("SCENARIO") { Description = "What the visitors do: " + string.Join(", ", VisitorScenarios.All.Select(one => one.Name)) + "." };
    private readonly Option<string?> rate = Text("--rate", "Visitors that come per second, whatever became of the earlier ones: 1 to 20000. Default 200/s.", "200/s");
    private readonly Option<int?> users = new("--users") { Description = "Instead of a rate: so many visitors, each waiting for its answer before it goes on (closed model), 1 to 512.", HelpName = "number" };
    private readonly Option<string> arrivals = new("--arrivals") { Description = "even: equal gaps. random: as independent visitors come (Poisson).", DefaultValueFactory = _ => "even" };
    private readonly Option<string?> length = Text("--for", "How long, 1s to 1h. Default 30s.", "30s");
    private readonly Option<string?> warmUp = Text("--warm-up", "Load before anything counts, 0s to 60s. Default 2s.", "2s");
    private readonly Option<string?> timeout = Text("--timeout", "When a visitor gives up, 50ms to 60s. Default 2s.", "2s");
    private readonly Option<string?> lateness = Text("--lateness", "How late the load generator itself may be at p99 before the run is invalid. Default 10ms, for cores that are shared, or a tenth of the tightest latency of a --threshold: lateness counts as waiting, so it can fail a threshold and never meet one.", "10ms");
    private readonly Option<int> links = new("--links") { Description = "Links made before the load, 1 to 100000.", DefaultValueFactory = _ => 100, HelpName = "number" };
    private readonly Option<int?> seed = new("--seed") { Description = "Seed of everything random. Default: chosen and printed.", HelpName = "number" };
    private readonly Option<string[]> thresholds = new("--threshold")
    {
        Description = "What must hold, as in experiment files: 'redirect p99 < 50 ms', 'redirect success >= 99.9 %'. May be given several times.",
        HelpName = "claim",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<string?> url = Text("--url", "A service that runs already, on this machine only (loopback). Default: a lab is started and taken away.", "http://127.0.0.1:5080");
    private readonly Option<string> on = LabChoice.On(LabChoice.Embedded);
    private readonly Option<string[]> without = CampaignFlags.Without();
    private readonly SeeingFlags seeing = new();

    public LoadFlags() => arrivals.AcceptOnlyFromAmong("even", "random");

    /// <summary>Gives a verb these flags.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(scenario);
        foreach (var option in (Option[])[rate, users, arrivals, length, warmUp, timeout, lateness, links, seed, thresholds, url, on, without]) verb.Add(option);
        seeing.AddTo(verb);
    }

    /// <summary>The plan, or null and every problem.</summary>
    public LoadPlan? Read(ParseResult asked, List<string> problems)
    {
        var name = asked.GetValue(scenario)!;
        var visitors = VisitorScenarios.All.FirstOrDefault(one => one.Name == name);
        if (visitors is null) problems.Add($"there is no scenario '{name}'. There are: {string.Join(", ", VisitorScenarios.All.Select(one => one.Name))}");
        var during = Duration(asked, length, "--for", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), problems);
        var simulation = Simulate(asked, during, problems, out var words);
        IReadOnlyList<Expectation> claims = [.. asked.GetValue(thresholds)!.Select(line => Claim("--threshold", line, name, problems)).OfType<Expectation>()];
        var plan = new LoadPlan(
            visitors ?? VisitorScenarios.All[0], simulation, words, during,
            Duration(asked, warmUp, "--warm-up", TimeSpan.FromSeconds(2), TimeSpan.Zero, TimeSpan.FromSeconds(60), problems),
            asked.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1, 1_000_000),
            Within(asked.GetValue(links), "--links", 1, 100_000, problems),
            Duration(asked, timeout, "--timeout", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(60), problems),
            Duration(asked, lateness, "--lateness", UsualLateness(claims), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), problems),
            claims,
            [.. asked.GetValue(without)!.Select(word => Safeguards.Find(word)!.Value).Distinct()],
            Loopback(asked.GetValue(url), problems),
            asked.GetValue(on)!,
            seeing.Read(asked));
        if (plan is { Target: not null, Without.Count: > 0 }) problems.Add("--without switches safeguards of a lab off that is started here: leave --url away");
        if (plan is { On: not LabChoice.Embedded, Without.Count: > 0 }) problems.Add("--without works on the embedded lab: the safeguards of hosts are settings of their deployment");
        if (plan is { On: not LabChoice.Embedded, Target: not null }) problems.Add("--url and --on both say where to: give one of them");
        if (plan is { Target: not null, Seeing: { Watch: true } or { Metrics: not null } }) problems.Add("--metrics and --watch see a lab that is started here: leave --url away");
        return problems.Count == 0 ? plan : null;
    }

    private static TimeSpan UsualLateness(IReadOnlyList<Expectation> claims)
    {
        var tightest = claims.OfType<Expectation.Latency>().Select(latency => latency.Limit.Value).DefaultIfEmpty(0).Min();
        return TimeSpan.FromSeconds(Math.Clamp(tightest / 10, 0.010, 1));
    }

    private LoadSimulation Simulate(ParseResult asked, TimeSpan during, List<string> problems, out string words)
    {
        if (asked.GetValue(users) is { } copies)
        {
            if (asked.GetValue(rate) is not null) problems.Add("--rate and --users are two models of load: give one of them");
            words = string.Create(CultureInfo.InvariantCulture, $"{copies} visitors, each waiting for its answer, for {Units.Say(during)}");
            return Simulation.KeepConstant(Within(copies, "--users", 1, 512, problems), during);
        }

        var text = asked.GetValue(rate) ?? "200/s";
        var perSecond = Units.PerSecond(text.Contains('/', StringComparison.Ordinal) ? text : text + "/s");
        if (perSecond is not (>= 1 and <= 20_000) || perSecond % 1 != 0) problems.Add($"--rate: '{text}' is not a whole number of visitors per second from 1 to 20000. For example 200/s");
        var whole = (int)Math.Clamp(perSecond ?? 1, 1, 20_000);
        var isRandom = asked.GetValue(arrivals) == "random";
        words = string.Create(CultureInfo.InvariantCulture, $"{whole} visitors a second, {(isRandom ? "at random" : "evenly spaced")}, for {Units.Say(during)}");
        return isRandom ? Simulation.InjectPoisson(whole, TimeSpan.FromSeconds(1), during) : Simulation.Inject(whole, TimeSpan.FromSeconds(1), during);
    }

    // Load is only ever put on this machine: a slip in an address must not become an attack on somebody else's.
    private static Uri? Loopback(string? text, List<string> problems)
    {
        if (text is null) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
        {
            problems.Add($"--url: '{text}' is not an http address. For example http://127.0.0.1:5080");
            return null;
        }

        if (address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))) return address;
        problems.Add($"--url: {address.Host} is not this machine. Load goes to loopback addresses (127.0.0.1, ::1, localhost) and to the lab's own hosts (--on) only: use one of them, or leave --url away and a lab is started");
        return null;
    }

    /// <summary>One claim about requests, or null and what is wrong with it.</summary>
    public static Expectation? Claim(string flag, string text, string scenario, List<string> problems)
    {
        var found = new Problems(flag);
        var claim = ExpectationLine.Parse(new YamlTree.Text(0, text), found);
        problems.AddRange(found.InOrder.Select(problem => $"{flag}: {problem.Says}. {problem.Remedy}"));
        if (claim is null) return null;
        var step = claim switch { Expectation.Share share => share.Step, Expectation.Latency latency => latency.Step, Expectation.Number number => number.Step, _ => null };
        if (step is null)
        {
            problems.Add($"{flag}: '{text}' is about an experiment. A load knows success, status, latency and counts of requests");
            return null;
        }

        if (KnownVisitors.Find(scenario) is { } visitor && visitor.Steps.All(one => one.Name != step))
            problems.Add($"{flag}: {scenario} makes no request called '{step}', but {string.Join(", ", visitor.Steps.Select(one => one.Name))}");
        return claim;
    }

    private static TimeSpan Duration(ParseResult asked, Option<string?> option, string name, TimeSpan usual, TimeSpan least, TimeSpan most, List<string> problems)
    {
        if (asked.GetValue(option) is not { } text) return usual;
        if (Units.Duration(text) is { } duration && duration >= least && duration <= most) return duration;
        problems.Add($"{name}: '{text}' is not a duration from {Units.Say(least)} to {Units.Say(most)}. For example {Units.Say(usual)}");
        return usual;
    }

    private static int Within(int number, string name, int least, int most, List<string> problems)
    {
        if (number < least || number > most) problems.Add($"{name}: {number} is not from {least} to {most}");
        return Math.Clamp(number, least, most);
    }

    private static Option<string?> Text(string name, string description, string example) => new(name) { Description = description, HelpName = example };
}
