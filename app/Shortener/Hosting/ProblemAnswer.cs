using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace ChaosLab.Shortener.Hosting;

/// <summary>Errors as RFC 9457 problem details.</summary>
public static class ProblemAnswer
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status, 400 … 599.</param>
    /// <param name="detail">What is wrong here, for a person.</param>
    /// <param name="errors">For 422: what is wrong with which field.</param>
    public static async Task WriteAsync(HttpContext context, int status, string detail, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>>? errors = null)
    {
        var body = Body(status, detail, errors);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        SecurityHeaders.Set(response.Headers);
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Writes the answer with a <c>Retry-After</c> in whole seconds, at least 1.</summary>
    public static Task WriteAsync(HttpContext context, int status, string detail, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, status, detail);
    }

    private static byte[] Body(int status, string detail, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>>? errors)
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            if (errors is not null)
            {
                json.WriteStartObject("errors");
                foreach (var (field, says) in errors)
                {
                    json.WriteStartArray(field);
                    foreach (var text in says) json.WriteStringValue(text);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
