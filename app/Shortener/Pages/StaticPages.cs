using System.Security.Cryptography;
using System.Text;

namespace ChaosLab.Shortener.Pages;

/// <summary>The form and the API description, both files beside this one, carried inside the program.</summary>
public static class StaticPages
{
    /// <summary>Maps <c>/</c> and <c>/openapi.json</c>.</summary>
    public static void Map(IEndpointRouteBuilder map)
    {
        var form = Load("form.html");
        var policy = $"default-src 'none'; style-src '{HashOf(form, "style")}'; script-src '{HashOf(form, "script")}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        map.MapGet("/", context =>
        {
            context.Response.Headers.ContentSecurityPolicy = policy;
            return WriteAsync(context, "text/html; charset=utf-8", form);
        });
        var description = Load("openapi.json");
        map.MapGet("/openapi.json", context => WriteAsync(context, "application/json", description));
    }

    private static Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text);
    }

    private static string Load(string name)
    {
        using var stream = typeof(StaticPages).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // Only the one script and the one style of the page may run: the policy names them by hash (CSP 3, section 6.7.3).
    private static string HashOf(string page, string element)
    {
        var start = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var text = page[start..page.IndexOf($"</{element}>", StringComparison.Ordinal)];
        return "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
