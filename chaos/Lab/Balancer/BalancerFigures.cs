using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ChaosLab.Lab.Balancer;

/// <summary>What the balancer counts about itself, and the two forms it is read in.</summary>
internal sealed class BalancerFigures
{
    private readonly long[] answers = new long[6];

    /// <summary>Counts one answer given to a client, by the class of its status.</summary>
    public void Answered(int status) => Interlocked.Increment(ref answers[Math.Clamp(status / 100, 0, 5)]);

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
        var text = new StringBuilder();
        PerBackend("balancer_backend_up", "gauge", "1 when the instance takes requests.", backend => backend.State == "up" ? 1 : 0);
        PerBackend("balancer_backend_active", "gauge", "Requests at work in the instance.", backend => backend.Active);
        PerBackend("balancer_backend_requests_total", "counter", "Attempts sent to the instance.", backend => backend.Requests);
        PerBackend("balancer_backend_failures_total", "counter", "Attempts that brought no answer.", backend => backend.Failures);
        PerBackend("balancer_backend_retries_total", "counter", "Attempts sent here because one elsewhere had failed.", backend => backend.Retries);
        Head("balancer_queue_length", "gauge", "Requests waiting for a place.");
        Line("balancer_queue_length", "", pool.Queued);
        Head("balancer_queue_refusals_total", "counter", "Requests refused because the queue was full or the wait too long.");
        Line("balancer_queue_refusals_total", "", pool.QueueRefusals);
        Head("balancer_answers_total", "counter", "Answers given to clients, by the class of their status.");
        for (var kind = 1; kind < answers.Length; kind++)
            Line("balancer_answers_total", $"{{class=\"{kind}xx\"}}", Interlocked.Read(ref answers[kind]));
        return text.ToString();

        void PerBackend(string name, string type, string help, Func<Backend, long> value)
        {
            Head(name, type, help);
            foreach (var backend in pool.Backends) Line(name, $"{{backend=\"{backend.Name}\"}}", value(backend));
        }

        void Head(string name, string type, string help) => text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

        void Line(string name, string labels, long value) =>
            text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
    }
}
