using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ChaosLab.Chaos.Running;

namespace ChaosLab.Lab.Metrics;

/// <summary>
/// Makes a visitor's journey once a second from two vantage points: create a link, follow it, check where it leads, remove it.
/// <c>newcomer</c> opens a connection for every request from one address of this machine, <c>regular</c> keeps its own from another: a
/// balancer that takes no connections is seen by the first only, a half-dead connection by the second only.
/// </summary>
internal sealed class Prober(RunningLab lab, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string[] Steps = ["create", "follow", "remove"];
    private readonly Lock gate = new();
    private readonly Dictionary<(string Vantage, string Step), (bool Success, TimeSpan Took)> last = [];
    private readonly Dictionary<string, Durations> journeys = [];
    private readonly HttpClient newcomer = Client(IPAddress.Parse("127.0.0.2"), TimeSpan.Zero, lab);
    private readonly HttpClient regular = Client(IPAddress.Parse("127.0.0.3"), TimeSpan.FromMinutes(5), lab);

    /// <summary>Probes until stopped.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(FromAsync("newcomer", newcomer, stop), FromAsync("regular", regular, stop));

    /// <summary>Writes its lines.</summary>
    public void WriteTo(MetricsText text)
    {
        lock (gate)
        {
            text.Family("probe_success", "gauge", "1 when the step of the last journey did what a visitor expects.");
            foreach (var (key, (success, _)) in last) text.Line("probe_success", success ? 1 : 0, ("probe", "journey"), ("vantage", key.Vantage), ("step", key.Step));
            text.Family("probe_duration_seconds", "gauge", "How long the step of the last journey took.");
            foreach (var (key, (_, took)) in last) text.Line("probe_duration_seconds", took.TotalSeconds, ("probe", "journey"), ("vantage", key.Vantage), ("step", key.Step));
            text.Family("probe_journey_duration_seconds", "histogram", "How long whole journeys took, failed ones too.");
            foreach (var (vantage, durations) in journeys) durations.WriteTo(text, "probe_journey_duration_seconds", ("vantage", vantage));
        }
    }

    public void Dispose()
    {
        newcomer.Dispose();
        regular.Dispose();
    }

    private async Task FromAsync(string vantage, HttpClient client, CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(Every, time);
            while (await timer.WaitForNextTickAsync(stop)) await JourneyAsync(vantage, client, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the run is over
        }
    }

    private async Task JourneyAsync(string vantage, HttpClient client, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var target = $"https://probe.example/{vantage}/{Guid.NewGuid():N}";
        string? code = null;
        var well = true;
        foreach (var step in Steps)
        {
            var from = time.GetTimestamp();
            // A step that cannot be tried because the one before failed has failed too, as it has for a visitor.
            well = well && await TryAsync(async () =>
            {
                switch (step)
                {
                    case "create":
                        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/links") { Content = JsonContent.Create(new { url = target }) })
                        {
                            request.Headers.Add("Idempotency-Key", target[^32..]);
                            using var made = await client.SendAsync(request, stop);
                            code = (await made.Content.ReadFromJsonAsync<JsonNode>(stop))?["code"]?.GetValue<string>();
                            return made.StatusCode == HttpStatusCode.Created && code is not null;
                        }

                    case "follow":
                        using (var followed = await client.GetAsync("/" + code, stop))
                            return followed.StatusCode == HttpStatusCode.Found && followed.Headers.Location?.OriginalString == target;
                    default:
                        using (var removed = await client.DeleteAsync("/api/links/" + code, stop))
                            return removed.StatusCode == HttpStatusCode.NoContent;
                }
            }, stop);
            lock (gate) last[(vantage, step)] = (well, time.GetElapsedTime(from));
        }

        lock (gate)
        {
            if (!journeys.TryGetValue(vantage, out var durations)) journeys[vantage] = durations = new Durations();
            durations.Record(time.GetElapsedTime(began));
        }
    }

    private static async Task<bool> TryAsync(Func<Task<bool>> step, CancellationToken stop)
    {
        try
        {
            return await step();
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or System.Text.Json.JsonException || (failed is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    private static HttpClient Client(IPAddress from, TimeSpan keep, RunningLab lab)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            PooledConnectionLifetime = keep,
            ConnectTimeout = Patience,
        };
        if (lab.Entry.IsLoopback)
        {
            handler.ConnectCallback = async (context, stop) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(from, 0));
                    await socket.ConnectAsync(context.DnsEndPoint, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        if (lab.Authority is { } authority)
        {
            handler.SslOptions.CertificateChainPolicy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
            {
                TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            };
        }

        return new HttpClient(handler) { BaseAddress = lab.Entry, Timeout = Patience };
    }
}
