using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChaosLab.Lab.Watch;
using CliWrap;
using CliWrap.Buffered;

namespace ChaosLab.Lab.Dashboards;

/// <summary>What a browser made of one dashboard.</summary>
/// <param name="Board">Its title.</param>
/// <param name="Drawn">Panels that show something.</param>
/// <param name="Elsewhere">Panels that are empty because they need another kind of lab, or a fault, and say so.</param>
/// <param name="Empty">Panels that should show something and do not, each with why.</param>
/// <param name="Screenshot">Picture of the page.</param>
internal sealed record BoardSight(string Board, int Drawn, int Elsewhere, IReadOnlyList<string> Empty, string Screenshot);

/// <summary>Opens every dashboard in a headless Chromium, reads each panel off the page, and keeps pictures.</summary>
internal sealed partial class ConsoleCheck(Places places, ConsoleServer server, string run)
{
    /// <summary>Name of the folder of the pictures, in that of the run.</summary>
    public const string FolderName = "screenshots";

    // Words with which a panel begins to say that it may be empty on this lab.
    private const string OnHosts = "Only on hosts";
    private const string Embedded = "Only in the embedded lab";
    private const string NotPainted = "(not painted)";
    private const int MostMore = 2;
    private static readonly string[] Sometimes = ["Only while", "Only on hosts while"];
    private readonly bool onHosts = KeptFigures.Elsewhere(Path.Combine(places.Runs, run)) is not null;

    /// <summary>Path of a Chromium; null when there is none.</summary>
    public static string? Browser => ((string[])["chromium", "chromium-browser", "google-chrome"]).Select(WatchProcess.Find).FirstOrDefault(found => found is not null);

    /// <summary>Opens them all, one after the other.</summary>
    /// <param name="browser">Path of the browser.</param>
    /// <param name="say">One line for people.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<IReadOnlyList<BoardSight>> RunAsync(string browser, Action<string> say, CancellationToken stop)
    {
        var folder = Path.Combine(places.Runs, run, FolderName);
        Directory.CreateDirectory(folder);
        var profile = Directory.CreateTempSubdirectory("lab-console-");
        List<BoardSight> sights = [];
        try
        {
            foreach (var file in Directory.GetFiles(places.Dashboards, "*.json").Order(StringComparer.Ordinal))
            {
                var board = JsonNode.Parse(await File.ReadAllTextAsync(file, stop))!;
                var picture = Path.Combine(folder, Path.GetFileNameWithoutExtension(file) + ".png");
                var sight = await LookAsync(browser, profile.FullName, board, picture, stop);
                // On a busy machine the picture is now and then taken before the lines are there.
                for (var more = 0; more < MostMore && sight.Empty.Any(why => why.EndsWith(NotPainted, StringComparison.Ordinal)); more++)
                    sight = await LookAsync(browser, profile.FullName, board, picture, stop);
                say($"{sight.Board}: {sight.Drawn} panels drawn, {sight.Elsewhere} need hosts or a fault{(sight.Empty.Count == 0 ? "" : $", {sight.Empty.Count} EMPTY: {string.Join("; ", sight.Empty)}")}");
                sights.Add(sight);
            }

            return sights;
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }

    private async Task<BoardSight> LookAsync(string browser, string profile, JsonNode board, string screenshot, CancellationToken stop)
    {
        var panels = board["panels"]!.AsArray().Where(panel => panel!["type"]!.GetValue<string>() != "row").ToList();
        var bottom = board["panels"]!.AsArray().Max(panel => panel!["gridPos"]!["y"]!.GetValue<int>() + panel["gridPos"]!["h"]!.GetValue<int>());
        var address = new Uri(server.Address, $"#board={board["uid"]}&run={Uri.EscapeDataString(run)}&pause=1");
        var ended = await Cli.Wrap(browser).WithArguments([
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            $"--user-data-dir={profile}", $"--window-size=1500,{(bottom * 30) + 130}", "--virtual-time-budget=30000", $"--screenshot={screenshot}", "--dump-dom", address.ToString()])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(stop);
        var seen = Seen().Matches(ended.StandardOutput).ToDictionary(
            match => WebUtility.HtmlDecode(match.Groups["title"].Value), match => (State: match.Groups["state"].Value, None: WebUtility.HtmlDecode(match.Groups["none"].Value), IsPainted: match.Groups["painted"].Success));
        List<string> empty = [];
        var (drawn, elsewhere) = (0, 0);
        foreach (var (title, isLines) in panels.Select(panel => (panel!["title"]!.GetValue<string>(), panel["type"]!.GetValue<string>() == "timeseries")))
        {
            if (!seen.TryGetValue(title, out var panel)) empty.Add($"{title} (not on the page)");
            else if (panel.State == "drawn" && isLines && !panel.IsPainted) empty.Add($"{title} {NotPainted}");
            else if (panel.State == "drawn") drawn++;
            else if (panel.State == "empty" && (Sometimes.Any(word => panel.None.StartsWith(word, StringComparison.Ordinal)) || panel.None.StartsWith(onHosts ? Embedded : OnHosts, StringComparison.Ordinal))) elsewhere++;
            else empty.Add($"{title} ({panel.State})");
        }

        if (!File.Exists(screenshot)) empty.Add($"no picture: {ended.StandardError.Split('\n').LastOrDefault(line => line.Length > 0)}");
        return new BoardSight(board["title"]!.GetValue<string>(), drawn, elsewhere, empty, screenshot);
    }

    [GeneratedRegex("""data-panel="(?<title>[^"]*)" data-state="(?<state>[^"]*)" data-none="(?<none>[^"]*)"(?<painted> data-painted)?""")]
    private static partial Regex Seen();
}
