using Microsoft.Extensions.Primitives;

namespace ChaosLab.Shortener.Hosting;

/// <summary>What browsers are told about answers with a body: take the type as stated, show them in no frame, name us to nobody. A redirect has nothing to sniff or to frame.</summary>
public static class SecurityHeaders
{
    private static readonly StringValues NoSniff = "nosniff", NoFrames = "DENY", NoReferrer = "no-referrer";

    /// <summary>Sets them.</summary>
    public static void Set(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = NoSniff;
        headers.XFrameOptions = NoFrames;
        headers["Referrer-Policy"] = NoReferrer;
    }
}
