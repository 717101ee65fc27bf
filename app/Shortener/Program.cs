using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Hosting;
using ChaosLab.Shortener.Stores;

var (settings, problems) = SettingsReader.Read(SettingsReader.Environment());
foreach (var problem in problems) Console.Error.WriteLine($"{problem.Variable} {problem.Says}");
if (problems.Count > 0) return 2;

switch (args)
{
    case []:
        return await ServiceProcess.RunAsync(settings, TimeProvider.System);
    case ["migrate"]:
        await using (var store = LinkStores.Open(settings, TimeProvider.System))
        {
            await store.MigrateAsync(CancellationToken.None);
        }

        return 0;
    default:
        Console.Error.WriteLine("usage: Shortener            serves\n       Shortener migrate    creates or updates the schema and ends");
        return 2;
}
