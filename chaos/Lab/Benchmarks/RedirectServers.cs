using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChaosLab.Lab.Benchmarks;

/// <summary>How each server of the redirect benchmark is started. All answer 302 with the same <c>Location</c> and no body.</summary>
internal static class RedirectServers
{
    private const string Target = "https://example.org/some/long/path?utm_source=bench";
    private const string Token = "benchmark-on-loopback";

    /// <summary>nginx with one worker and <c>return 302</c>: as cheap as a redirect gets from a general web server.</summary>
    public static Task<Server> NginxAsync(CancellationToken stop) => Server.StartAsync((port, folder) =>
    {
        var configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                keepalive_requests 1000000000;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                server { listen 127.0.0.1:{{port}}; location / { return 302 {{Target}}; } }
            }
            """);
        return new ProcessStartInfo("nginx", ["-p", folder, "-c", configuration, "-e", Path.Combine(folder, "error.log")]);
    }, "/bench01", stop);

    /// <summary>Our shortener on SQLite; the link is created over its API and followed once, so that it is cached.</summary>
    /// <param name="program">The executable.</param>
    /// <param name="inline">Whether requests are served on the socket's thread.</param>
    /// <param name="socketThreads">Threads that wait for sockets: one is what nginx's one worker is; null is .NET's choice, one per core.</param>
    /// <param name="stop">Ends it early.</param>
    public static async Task<Server> ShortenerAsync(string program, bool inline, int? socketThreads, CancellationToken stop)
    {
        var server = await Server.StartAsync((port, folder) => new ProcessStartInfo(program)
        {
            Environment =
            {
                ["Http__Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
                ["Admin__Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Server.FreePort()}"),
                ["Admin__Token"] = Token,
                ["Store__ConnectionString"] = $"Data Source={Path.Combine(folder, "links.db")}",
                ["Cache__TimeToLive"] = "01:00:00",
                ["Sockets__Inline"] = inline ? "true" : "false",
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = inline ? "1" : "0",
                ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = socketThreads?.ToString(CultureInfo.InvariantCulture),
                ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
            },
        }, "/", stop);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var created = await client.PostAsJsonAsync(new Uri(server.Link, "/api/links"), new { url = Target }, stop);
        created.EnsureSuccessStatusCode();
        using var body = await JsonDocument.ParseAsync(await created.Content.ReadAsStreamAsync(stop), cancellationToken: stop);
        server.Measure("/" + body.RootElement.GetProperty("code").GetString());
        using var followed = await client.GetAsync(server.Link, stop);
        return server;
    }

    /// <summary>A shortener on Node's own http server with a Map for a store.</summary>
    public static Task<Server> NodeAsync(string yardsticks, CancellationToken stop) => Server.StartAsync((port, _) =>
        new ProcessStartInfo("node", [Path.Combine(yardsticks, "node-shortener.mjs")])
        {
            Environment = { ["LISTEN"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}") },
        }, "/bench01", stop);

    /// <summary>A shortener in Flask under gunicorn with one worker, one SELECT per redirect, on Debian's Python.</summary>
    public static Task<Server> FlaskAsync(string yardsticks, CancellationToken stop) => Server.StartAsync((port, folder) =>
        new ProcessStartInfo("/usr/bin/python3",
            ["-m", "gunicorn", "-w", "1", "-b", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--keep-alive", "60", "flask_shortener:app"])
        {
            WorkingDirectory = yardsticks,
            Environment = { ["DATABASE"] = Path.Combine(folder, "links.db"), ["PYTHONDONTWRITEBYTECODE"] = "1" },
        }, "/bench01", stop);
}
