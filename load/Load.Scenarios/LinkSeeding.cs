namespace ChaosLab.Load.Scenarios;

/// <summary>Makes the links that visitors will follow.</summary>
internal static class LinkSeeding
{
    private const int AtOnce = 16, Attempts = 5;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes them through the API. A create that failed or is unknown is repeated with the same key.</summary>
    /// <exception cref="InvalidOperationException">The service did not make one of them.</exception>
    public static async Task<IReadOnlyList<KnownLink>> MakeAsync(VisitorClient client, int count)
    {
        var links = new KnownLink[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, stop) =>
            links[i] = await MakeOneAsync(client, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return links;
    }

    private static async Task<KnownLink> MakeOneAsync(VisitorClient client, CancellationToken stop)
    {
        var (key, url) = client.NewLink();
        for (var attempt = 1; ; attempt++)
        {
            var response = await client.CreateAsync(key, url, null, stop).ConfigureAwait(false);
            if (!response.IsError)
                return response.Payload.Value;
            if (attempt == Attempts)
                throw new InvalidOperationException($"The links to follow could not be made: {response.StatusCode} {response.Message} after {Attempts} attempts. Is the shortener running and ready?");
            await Task.Delay(Between * attempt, TimeProvider.System, stop).ConfigureAwait(false);
        }
    }
}
