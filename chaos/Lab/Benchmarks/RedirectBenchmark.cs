namespace ChaosLab.Lab.Benchmarks;

/// <summary>
/// What a cached redirect costs in processor time, next to nginx answering 302 and to a Flask and a Node shortener.
/// One generator (wrk, one thread) asks each in turn; the server's own processor time is divided by the requests answered.
/// </summary>
internal static class RedirectBenchmark
{
    public static async Task<IReadOnlyList<Standing>> RunAsync(
        string shortener, string yardsticks, int rounds, TimeSpan length, int connections, Action<string> progress, CancellationToken stop)
    {
        var servers = new List<(string Name, Server Server)>();
        try
        {
            servers.Add(("nginx return 302", await RedirectServers.NginxAsync(stop)));
            servers.Add(("shortener, cached, one socket thread", await RedirectServers.ShortenerAsync(shortener, inline: true, socketThreads: 1, stop)));
            servers.Add(("shortener, one socket thread per core", await RedirectServers.ShortenerAsync(shortener, inline: true, socketThreads: null, stop)));
            servers.Add(("shortener, without inline sockets", await RedirectServers.ShortenerAsync(shortener, inline: false, socketThreads: null, stop)));
            if (Tools.Has("node")) servers.Add(("Node http, Map", await RedirectServers.NodeAsync(yardsticks, stop)));
            else progress("node is not installed: left out");
            if (Tools.HasPythonModule("gunicorn") && Tools.HasPythonModule("flask")) servers.Add(("Flask, SQLite", await RedirectServers.FlaskAsync(yardsticks, stop)));
            else progress("Flask is not installed (apt-get install python3-flask python3-gunicorn): left out");

            foreach (var (_, server) in servers) await Wrk.RunAsync(server.Link, connections, Rounds.WarmUp, stop); // uncounted
            var contestants = servers.Select(entry => new Contestant(entry.Name, (during, token) => MeasureAsync(entry.Server, connections, during, token))).ToList();
            return await Rounds.RunAsync(contestants, rounds, length, progress, stop);
        }
        finally
        {
            foreach (var (_, server) in servers) await server.DisposeAsync();
        }
    }

    private static async Task<Figures> MeasureAsync(Server server, int connections, TimeSpan length, CancellationToken stop)
    {
        var before = server.CpuSeconds;
        var (requests, seconds, _) = await Wrk.RunAsync(server.Link, connections, length, stop);
        return new Figures(requests / seconds, (server.CpuSeconds - before) * 1e6 / requests);
    }
}
