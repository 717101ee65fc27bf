using System.Buffers;
using System.IO.Pipelines;
using System.Net;

namespace ChaosLab.Lab.Balancer;

/// <summary>
/// The body of a request. Up to 64 kB it is read before an instance is chosen, so that it can be sent again and a slow
/// client holds no place; what is longer is passed on as it comes and can be sent only once.
/// </summary>
internal sealed class RequestBody
{
    private const int Most = 64 * 1024;

    private readonly byte[] start;
    private readonly PipeReader? rest;

    private RequestBody(byte[] start, PipeReader? rest)
    {
        this.start = start;
        this.rest = rest;
    }

    /// <summary>Whether it can be sent more than once.</summary>
    public bool CanRepeat => rest is null && start.Length <= Most;

    /// <summary>Reads the body, or returns null when the request has none.</summary>
    public static async ValueTask<RequestBody?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0) return null;
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.Buffer.Length > Most || read.IsCompleted)
            {
                var start = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return new RequestBody(start, read.IsCompleted ? null : reader);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The body as content of one attempt.</summary>
    /// <param name="length">Its length when the client gave one; else it goes in chunks unless it is known by now.</param>
    public HttpContent ToContent(long? length) =>
        rest is null ? new ByteArrayContent(start) : new Stream(this, length);

    private sealed class Stream(RequestBody body, long? length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(System.IO.Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(System.IO.Stream stream, TransportContext? context, CancellationToken stop)
        {
            await stream.WriteAsync(body.start, stop);
            await body.rest!.CopyToAsync(stream, stop);
        }

        protected override bool TryComputeLength(out long known)
        {
            known = length ?? 0;
            return length is not null;
        }
    }
}
