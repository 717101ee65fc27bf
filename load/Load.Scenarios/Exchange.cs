using System.Globalization;
using System.Net;
using System.Text.Json;
using ChaosLab.Load.Ledgers;

namespace ChaosLab.Load.Scenarios;

/// <summary>What came of a request, and what a client may conclude about a write.</summary>
/// <param name="Outcome">Acknowledged, refused or unknown.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="Location">The Location header, as sent.</param>
/// <param name="Created">The link of a complete 201.</param>
/// <param name="Attempts">Attempts that the balancer took, ≥ 1.</param>
/// <param name="Code">Status code for statistics.</param>
/// <param name="Message">Details.</param>
internal sealed record Exchange(WriteOutcome Outcome, HttpStatusCode? Status, string? Location, KnownLink? Created, int Attempts, string Code, string Message)
{
    public static Exchange TimedOut { get; } = new(WriteOutcome.Unknown, null, null, null, 1, EngineStatus.Timeout, "no complete answer in time");

    public static Exchange Of(HttpResponseMessage response, byte[]? body)
    {
        var status = (int)response.StatusCode;
        var created = status == 201 && body is not null ? Parse(body) : null;
        var outcome = status switch
        {
            201 when created is null => WriteOutcome.Unknown, // it says yes but not to what
            >= 200 and < 400 => WriteOutcome.Acknowledged,
            >= 400 and < 500 => WriteOutcome.Refused,
            503 => WriteOutcome.Refused, // both shortener and balancer document it as "nothing was written"
            _ => WriteOutcome.Unknown,
        };
        var code = status == 503 && response.Headers.RetryAfter is null ? "503-no-retry-after" : status.ToString(CultureInfo.InvariantCulture);
        return new Exchange(outcome, response.StatusCode, Header(response, "Location"), created,
            int.TryParse(Header(response, "X-Attempts"), CultureInfo.InvariantCulture, out var attempts) ? Math.Max(1, attempts) : 1, code, "");
    }

    public static Exchange Broken(HttpRequestException e)
    {
        // Without a connection no byte was sent, so nothing can have happened.
        var neverSent = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
        return new Exchange(neverSent ? WriteOutcome.Refused : WriteOutcome.Unknown, null, null, null, 1, EngineStatus.Exception,
            e.InnerException is { } inner ? $"{e.HttpRequestError}: {inner.Message}" : $"{e.HttpRequestError}");
    }

    public Response<T> ToFailure<T>() => Response.Fail<T>(Code, Message);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static KnownLink? Parse(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("code", out var code) && json.RootElement.TryGetProperty("url", out var url)
                && code.GetString() is { Length: > 0 } c && url.GetString() is { } u ? new KnownLink(c, u) : null;
        }
        catch (JsonException)
        {
            return null; // half an answer is no promise
        }
    }
}
