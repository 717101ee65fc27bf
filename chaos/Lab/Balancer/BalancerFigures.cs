using System.Globalization;
using System.Text.Json.Nodes;
using ChaosLab.Lab.Metrics;

namespace ChaosLab.Lab.Balancer;

/// <summary>
/// What the balancer counts about itself, and the two forms it is read in. The figures have the names of HAProxy's own exporter
/// where HAProxy has the thing, so that dashboards and alerts are the same on this lab and on hosts.
/// </summary>
internal sealed class BalancerFigures
{
    // The names that HAProxy has on hosts, where creates have a backend of their own.
    private static readonly (string, string) Front = ("proxy", "public");
    private static readonly (string, string) Back = ("proxy", "follow");
    private static readonly string[] Classes = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];
    private static readonly string[] States = ["UP", "DOWN", "DRAIN"];

    private readonly long[] answers = new long[6];

    /// <summary>Where a status is counted.</summary>
    public static int ClassOf(int status) => Math.Clamp(status / 100, 0, 5);

    /// <summary>Counts one answer given to a client, by the class of its status.</summary>
    public void Answered(int status) => Interlocked.Increment(ref answers[ClassOf(status)]);

    /// <summary>The state as JSON.</summary>
    public static JsonObject State(BackendPool pool) => new()
    {
        ["backends"] = new JsonArray([.. pool.Backends.Select(backend => (JsonNode)new JsonObject
        {
            ["name"] = backend.Name,
            ["state"] = backend.State,
            ["active"] = backend.Active,
            ["requests"] = backend.Requests,
            ["failures"] = backend.Failures,
            ["retries"] = backend.Retries,
            ["lastChange"] = backend.LastChange.ToString("O", CultureInfo.InvariantCulture),
        })]),
        ["queued"] = pool.Queued,
        ["queueFull"] = pool.QueueRefusals,
    };

    /// <summary>
    /// Places as stations, in the form that the shortener gives of its own: <c>slots@app1</c> for each instance, and <c>slots</c> for the one
    /// line in front of all of them.
    /// </summary>
    public static JsonObject Stations(BackendPool pool, TimeProvider time)
    {
        // First the line: reading it brings every sum up to this moment.
        var (waitSeconds, waiting, slots) = (pool.WaitSeconds, pool.Queued, pool.Slots);
        return new JsonObject
        {
            ["instance"] = "lb",
            ["atSeconds"] = time.GetElapsedTime(0).TotalSeconds,
            ["cpuSeconds"] = Environment.CpuUsage.TotalTime.TotalSeconds,
            ["stations"] = new JsonArray(
            [
                Station("slots", slots * pool.Backends.Count, waiting, pool.Backends.Sum(backend => backend.Active), waitSeconds, pool.Backends.Sum(backend => backend.BusySeconds), pool.Backends.Sum(backend => backend.Completions)),
                .. pool.Backends.Select(backend => (JsonNode)Station("slots@" + backend.Name, slots, 0, backend.Active, 0, backend.BusySeconds, backend.Completions)),
            ]),
        };

        static JsonObject Station(string name, int capacity, int waiting, int busy, double waitSeconds, double busySeconds, long completions) => new()
        {
            ["name"] = name,
            ["capacity"] = capacity,
            ["waiting"] = waiting,
            ["busy"] = busy,
            ["waitSeconds"] = waitSeconds,
            ["busySeconds"] = busySeconds,
            ["completions"] = completions,
        };
    }

    /// <summary>The figures as Prometheus text, version 0.0.4.</summary>
    public string ToPrometheus(BackendPool pool)
    {
        var text = new MetricsText();
        var backends = pool.Backends;
        text.Single("haproxy_frontend_http_requests_total", "counter", "Requests answered to clients.", answers.Sum(), Front);
        ByClass("haproxy_frontend_http_responses_total", "Answers given to clients, by the class of their status.", answers, Front);
        ByClass("haproxy_backend_http_responses_total", "The same, as all of them come from one backend.", answers, Back);
        text.Single("haproxy_backend_current_queue", "gauge", "Requests waiting for a place.", pool.Queued, Back);
        text.Single("haproxy_backend_active_servers", "gauge", "Instances that take requests.", backends.Count(one => one.State == "up"), Back);
        text.Single("haproxy_backend_retry_warnings_total", "counter", "Attempts repeated on the same instance: never done here.", 0, Back);
        text.Single("haproxy_backend_redispatch_warnings_total", "counter", "Attempts repeated on another instance.", backends.Sum(one => one.Retries), Back);
        text.Family("haproxy_server_status", "gauge", "1 for the state that the instance is in.");
        foreach (var backend in backends)
        {
            foreach (var state in States) text.Line("haproxy_server_status", Word(backend) == state ? 1 : 0, Back, ("server", backend.Name), ("state", state));
        }

        PerServer("haproxy_server_current_sessions", "gauge", "Requests at work in the instance.", one => one.Active);
        PerServer("haproxy_server_limit_sessions", "gauge", "Most requests at work in the instance.", _ => pool.PlacesPerBackend);
        PerServer("haproxy_server_connection_errors_total", "counter", "Attempts that the instance refused.", one => one.Refused);
        PerServer("haproxy_server_response_errors_total", "counter", "Attempts that brought no answer.", one => one.Failures - one.Refused);
        PerServer("haproxy_server_check_up_down_total", "counter", "How often the instance went down.", one => one.WentDown);
        text.Family("haproxy_server_http_responses_total", "counter", "Answers of the instance, by the class of their status.");
        foreach (var backend in backends)
        {
            for (var kind = 1; kind < Classes.Length; kind++)
                text.Line("haproxy_server_http_responses_total", Interlocked.Read(ref backend.Answers[kind]), Back, ("server", backend.Name), ("code", Classes[kind]));
        }

        PerServer("balancer_attempts_total", "counter", "Attempts sent to the instance.", one => one.Requests);
        text.Single("balancer_queue_refusals_total", "counter", "Requests refused because the queue was full or the wait too long.", pool.QueueRefusals, Back);
        text.Family("balancer_attempt_duration_seconds", "histogram", "From sending an attempt to the head of its answer, or to its failure.");
        foreach (var backend in backends) backend.Durations.WriteTo(text, "balancer_attempt_duration_seconds", Back, ("server", backend.Name));
        return text.ToString();

        void PerServer(string name, string type, string help, Func<Backend, long> value)
        {
            text.Family(name, type, help);
            foreach (var backend in backends) text.Line(name, value(backend), Back, ("server", backend.Name));
        }

        void ByClass(string name, string help, long[] counts, (string, string) proxy)
        {
            text.Family(name, "counter", help);
            for (var kind = 1; kind < Classes.Length; kind++) text.Line(name, Interlocked.Read(ref counts[kind]), proxy, ("code", Classes[kind]));
        }
    }

    private static string Word(Backend backend) => backend.State switch { "up" => "UP", "down" => "DOWN", _ => "DRAIN" };
}
