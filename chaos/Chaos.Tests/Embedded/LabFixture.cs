using ChaosLab.Chaos.Embedded;

namespace ChaosLab.Chaos.Tests.Embedded;

/// <summary>One real lab for the tests of a class, with a little traffic on every instance so that in-app faults have calls to hurt.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private readonly Folder _root = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _traffic = Task.CompletedTask;

    internal EmbeddedLab Lab { get; private set; } = null!;

    internal string Runs => _root.File("runs");

    public async ValueTask InitializeAsync() =>
        Lab = await Until.Done(EmbeddedLab.StartAsync(Labs.Options(_root.File("state")), null, CancellationToken.None));

    internal void KeepAskingOnce()
    {
        if (_traffic.IsCompleted)
            _traffic = Task.WhenAll(Lab.OfRole("app").Select(AskAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _traffic;
        await Lab.DisposeAsync();
        _stop.Dispose();
        _root.Dispose();
    }

    // Codes that do not exist are asked for in the store every time they are new.
    private async Task AskAsync(Chaos.Running.Host app)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(app.Public, $"/x{app.Name[^1]}{number % 100_000:D5}"), _stop.Token);
            }
            catch (Exception refused) when (refused is HttpRequestException or OperationCanceledException)
            {
                _ = refused; // killed or paused, which is what the tests are for
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }
}
