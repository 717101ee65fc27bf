using System.Globalization;
using System.Net;

namespace ChaosLab.Lab.Balancer;

/// <summary>One instance behind the balancer.</summary>
/// <param name="Name">Its name in figures and in the admin API.</param>
/// <param name="Url">Where requests go: scheme, host and port only.</param>
/// <param name="Health">The address a probe asks; 2xx means ready.</param>
internal sealed record BackendAddress(string Name, Uri Url, Uri Health);

/// <summary>Everything that is set about a balancer, read from the environment (<c>Balancer__Listen</c> and so on).</summary>
internal sealed record BalancerOptions
{
    /// <summary>Public address; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Address of the admin interface; port 0 takes a free one.</summary>
    public required IPEndPoint Admin { get; init; }

    /// <summary>Bearer token of everything on the admin interface but <c>/health/ready</c>.</summary>
    public required string Token { get; init; }

    /// <summary>The instances, 1 to 64.</summary>
    public required IReadOnlyList<BackendAddress> Backends { get; init; }

    /// <summary>Whether instances are probed. Without probes every instance counts as up, always.</summary>
    public bool HealthChecks { get; init; } = true;

    /// <summary>Time from one probe to the next. Default 500 ms.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a probe may take. Default 300 ms.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Unanswered probes in a row until an instance is down, at least 1. An answer that says "not ready" counts at once.</summary>
    public int Fall { get; init; } = 2;

    /// <summary>Good probes in a row until an instance is up again, at least 1.</summary>
    public int Rise { get; init; } = 1;

    /// <summary>Whether a refused connection marks an instance down at once. Needs probes, for only a probe brings it back.</summary>
    public bool PassiveEject { get; init; } = true;

    /// <summary>Whether a request that is safe to repeat is repeated on another instance.</summary>
    public bool Retry { get; init; } = true;

    /// <summary>How long one instance may take until its answer begins, and then for each piece of it. Default 800 ms.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Requests at work in one instance at the same time, at least 1. Default 256.</summary>
    public int MaxConcurrentPerBackend { get; init; } = 256;

    /// <summary>Requests that may wait for a place, 0 or more. Default 512.</summary>
    public int QueueCapacity { get; init; } = 512;

    /// <summary>How long a request waits for a place. Default 1 s.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Reads the settings; every mistake becomes a line in <paramref name="problems"/>.</summary>
    /// <param name="environment">Looks a variable up; null or empty means not set.</param>
    /// <param name="problems">Receives <c>variable: what is wrong — remedy</c>, one per mistake.</param>
    /// <returns>The settings, or null when there are problems.</returns>
    public static BalancerOptions? Read(Func<string, string?> environment, ICollection<string> problems)
    {
        var before = problems.Count;
        var options = new BalancerOptions
        {
            Listen = Endpoint("Listen"),
            Admin = Endpoint("Admin"),
            Token = Text("Token") ?? Missing("Token", "a secret that callers of the admin interface send", ""),
            Backends = Addresses(),
            HealthChecks = Flag("HealthChecks", true),
            HealthInterval = Duration("HealthInterval", 500),
            HealthTimeout = Duration("HealthTimeout", 300),
            Fall = Number("Fall", 2, 1),
            Rise = Number("Rise", 1, 1),
            PassiveEject = Flag("PassiveEject", true),
            Retry = Flag("Retry", true),
            AttemptTimeout = Duration("AttemptTimeout", 800),
            MaxConcurrentPerBackend = Number("MaxConcurrentPerBackend", 256, 1),
            QueueCapacity = Number("QueueCapacity", 512, 0),
            QueueTimeout = Duration("QueueTimeout", 1000),
        };
        return problems.Count == before ? options : null;

        string? Text(string name) => environment("Balancer__" + name) is { Length: > 0 } text ? text : null;

        void Wrong(string name, string says, string remedy) => problems.Add($"Balancer__{name}: {says} — {remedy}");

        T Missing<T>(string name, string remedy, T instead)
        {
            Wrong(name, "is not set", "give " + remedy);
            return instead;
        }

        IPEndPoint Endpoint(string name)
        {
            var nowhere = new IPEndPoint(IPAddress.Loopback, 0);
            if (Text(name) is not { } text) return Missing(name, "an address such as 127.0.0.1:8080", nowhere);
            if (text.Contains(':') && IPEndPoint.TryParse(text, out var endpoint)) return endpoint;
            Wrong(name, $"'{text}' is not an address", "write it as 127.0.0.1:8080");
            return nowhere;
        }

        bool Flag(string name, bool otherwise)
        {
            if (Text(name) is not { } text) return otherwise;
            if (bool.TryParse(text, out var flag)) return flag;
            Wrong(name, $"'{text}' is neither true nor false", "write true or false");
            return otherwise;
        }

        int Number(string name, int otherwise, int least)
        {
            if (Text(name) is not { } text) return otherwise;
            if (int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least) return number;
            Wrong(name, $"'{text}' is not a number of at least {least}", $"for example {otherwise}");
            return otherwise;
        }

        TimeSpan Duration(string name, int otherwiseMilliseconds)
        {
            var otherwise = TimeSpan.FromMilliseconds(otherwiseMilliseconds);
            if (Text(name) is not { } text) return otherwise;
            // A bare number would be read as days.
            if (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration > TimeSpan.Zero)
                return duration;
            Wrong(name, $"'{text}' is not a duration above zero", $"write hh:mm:ss.fff, for example {otherwise:hh\\:mm\\:ss\\.fff}");
            return otherwise;
        }

        List<BackendAddress> Addresses()
        {
            const string example = "app1|http://127.0.0.1:5001|http://127.0.0.1:6001/health/ready, separated by commas";
            var list = new List<BackendAddress>();
            if (Text("Backends") is not { } text) return Missing("Backends", "a list such as " + example, list);
            foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (entry.Split('|') is not [{ Length: > 0 } name, var url, var health]
                    || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != "http" || address.PathAndQuery != "/"
                    || !Uri.TryCreate(health, UriKind.Absolute, out var probe) || probe.Scheme != "http")
                    Wrong("Backends", $"'{entry}' is not name|url|health address", "write " + example);
                else if (list.Exists(other => other.Name == name))
                    Wrong("Backends", $"the name '{name}' appears twice", "give every instance its own name");
                else
                    list.Add(new BackendAddress(name, address, probe));
            }

            if (list.Count > 64) Wrong("Backends", $"{list.Count} instances are too many", "at most 64");
            return list;
        }
    }
}
