using System.Globalization;

namespace ChaosLab.Chaos.Embedded;

/// <summary>The PostgreSQL programs of this machine, and the user they run as: the server refuses to be root.</summary>
/// <param name="Folder">Where <c>initdb</c>, <c>postgres</c> and <c>pg_basebackup</c> are.</param>
/// <param name="User">Ids of user and group to become; null: stay who we are.</param>
internal sealed record PostgresPrograms(string Folder, (int User, int Group)? User)
{
    private static readonly string[] Needed = ["initdb", "postgres", "pg_basebackup"];

    /// <summary>Why there can be no private PostgreSQL here, with the remedy; null when there can.</summary>
    public static string? Refusal() => FindFolder() is null
        ? "this needs the PostgreSQL server's programs (initdb, postgres, pg_basebackup), and they are not installed: apt-get install postgresql"
        : Environment.IsPrivilegedProcess && FindUser() is null ? "PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody" : null;

    /// <summary>Finds them; see <see cref="Refusal"/>.</summary>
    public static PostgresPrograms Find() => new(FindFolder()!, Environment.IsPrivilegedProcess ? FindUser() : null);

    /// <summary>The words that run a program as that user.</summary>
    public IReadOnlyList<string> Command(string program, params IEnumerable<string> arguments)
    {
        var path = program.Contains('/') ? program : Path.Combine(Folder, program);
        return User is { } user
            ? ["setpriv", $"--reuid={Text(user.User)}", $"--regid={Text(user.Group)}", "--clear-groups", path, .. arguments]
            : [path, .. arguments];
    }

    // Debian keeps every major version in a folder of its own: the newest. Elsewhere they are on the path.
    private static string? FindFolder()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(folder => Needed.All(program => File.Exists(Path.Combine(folder, program))));
    }

    // passwd(5): name:password:user id:group id:…
    private static (int User, int Group)? FindUser()
    {
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToLookup(fields => fields[0]);
        return users["postgres"].Concat(users["nobody"]).FirstOrDefault() is { } fields
            ? (int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture))
            : null;
    }

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);
}
