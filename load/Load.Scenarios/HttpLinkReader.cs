using System.Globalization;
using System.Net;
using System.Text.Json;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Load.Scenarios;

/// <summary>Reads links back through <c>GET /api/links/{code}</c> and <c>/api/links/by-key/{key}</c>, which ask the store,
/// from every instance.</summary>
public sealed class HttpLinkReader : IDisposable
{
    private readonly IReadOnlyList<Uri> _instances;
    private readonly TimeSpan _timeout;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });

    /// <summary>Reads from these instances.</summary>
    /// <param name="instances">Base addresses, at least one; not through the balancer, which would hide an instance.</param>
    /// <param name="timeout">Per request; default 5 s.</param>
    public HttpLinkReader(IReadOnlyList<Uri> instances, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(instances);
        if (instances.Count == 0)
            throw new ArgumentException("At least one instance is needed to read from.", nameof(instances));
        (_instances, _timeout) = (instances, timeout ?? TimeSpan.FromSeconds(5));
    }

    /// <summary>As the judge wants it.</summary>
    public LinkReader Reader => new(ByCodeAsync, ByKeyAsync);

    /// <summary>Readings of a code, one per instance.</summary>
    public Task<IReadOnlyList<LinkReading>> ByCodeAsync(string code, CancellationToken stop) => ReadAsync($"api/links/{Uri.EscapeDataString(code)}", stop);

    /// <summary>Readings of an idempotency key, one per instance.</summary>
    public Task<IReadOnlyList<LinkReading>> ByKeyAsync(string key, CancellationToken stop) => ReadAsync($"api/links/by-key/{Uri.EscapeDataString(key)}", stop);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<LinkReading>> ReadAsync(string path, CancellationToken stop)
    {
        var readings = new LinkReading[_instances.Count];
        for (var i = 0; i < readings.Length; i++)
            readings[i] = await ReadOneAsync(_instances[i], path, stop).ConfigureAwait(false);
        return readings;
    }

    private async Task<LinkReading> ReadOneAsync(Uri instance, string path, CancellationToken stop)
    {
        var name = instance.Authority;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(instance, path));
            using var response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
            var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                return new LinkReading(name, LinkPresence.Missing, null, null, null, status);
            if (response.StatusCode != HttpStatusCode.OK)
                return new LinkReading(name, LinkPresence.Unreadable, null, null, null, status);
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false));
            return new LinkReading(name, LinkPresence.Found, json.RootElement.GetProperty("code").GetString(), json.RootElement.GetProperty("url").GetString(),
                json.RootElement.TryGetProperty("clicks", out var clicks) ? clicks.GetInt64() : null, null);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return new LinkReading(name, LinkPresence.Unreadable, null, null, null, e.Message);
        }
    }
}
