namespace ChaosLab.Load.Scenarios;

/// <summary>Visitors ask for codes that do not exist, each for another, so that no cache can help.</summary>
internal static class UnknownCodes
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static ScenarioProps Create(VisitorOptions options) => VisitorRun.Scenario("unknown-codes", options, 0,
        static async (run, context) => await Steps.UnknownAsync(run, context, CodeFrom(context.Random)).ConfigureAwait(false));

    // Of the shape that the shortener makes; that one of 62^7 exists by chance will not happen here.
    private static string CodeFrom(Random random) => string.Create(7, random, static (code, random) =>
    {
        foreach (ref var c in code)
            c = Alphabet[random.Next(Alphabet.Length)];
    });
}
