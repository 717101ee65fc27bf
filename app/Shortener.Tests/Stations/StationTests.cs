using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Stations;
using ChaosLab.Shortener.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Stations;

public class StationTests
{
    private static FaultOrder Dose(FaultKind kind, string at, double milliseconds = 0, int add = 0) =>
        new(kind, 1, [], null, TimeSpan.FromMilliseconds(milliseconds), TimeSpan.Zero, 0, TimeSpan.FromSeconds(60), null, "x") { At = at, Add = add };

    [Fact]
    public void A_station_keeps_exact_integrals()
    {
        var time = new FakeTimeProvider();
        var station = new Station("lock", () => 1, time);

        station.Arrive();
        station.Begin();
        station.Arrive();
        time.Advance(TimeSpan.FromSeconds(2)); // one served, one waiting
        station.End();
        station.Begin();
        time.Advance(TimeSpan.FromSeconds(3)); // one served
        station.End();
        time.Advance(TimeSpan.FromSeconds(4)); // nobody

        Assert.Equal(new StationReport("lock", 1, 0, 0, 2, 5, 2), station.Read());
    }

    [Fact]
    public async Task A_turnstile_lets_in_as_many_as_its_station_serves_in_their_order()
    {
        var capacity = 1;
        var turnstile = new Turnstile(new Station("x", () => capacity, TimeProvider.System));
        var entered = new List<int>();
        async Task EnterAsync(int number)
        {
            await turnstile.EnterAsync(CancellationToken.None);
            lock (entered) entered.Add(number);
        }

        var first = EnterAsync(1);
        var (second, third) = (EnterAsync(2), EnterAsync(3));
        await first;
        Assert.False(second.IsCompleted);
        capacity = 2;
        turnstile.Exit(); // makes the new number true
        await Task.WhenAll(second, third).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal([2, 3], entered.Skip(1).Order());
    }

    [Fact]
    public async Task Who_gives_up_leaves_no_place_taken()
    {
        var station = new Station("x", () => 1, TimeProvider.System);
        var turnstile = new Turnstile(station);
        await turnstile.EnterAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var waiting = turnstile.EnterAsync(stop.Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        turnstile.Exit();
        await turnstile.EnterAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((0, 1), (station.Read().Waiting, station.Read().Busy));
    }

    [Fact]
    public async Task Doses_at_a_station_add_up_and_each_is_measured()
    {
        var faults = new FaultList(TimeProvider.System);
        var planted = faults.Add(Dose(FaultKind.Hold, StationSet.LockName, 6))!;
        var added = faults.Add(Dose(FaultKind.Hold, StationSet.LockName, 3))!;
        var stations = new StationSet(faults, 2, TimeProvider.System);

        await stations.PassAsync("link.get", CancellationToken.None);

        // The system's timer counts whole milliseconds and may come one early.
        Assert.True(planted.Evidence.DoseMeanSeconds >= 0.005, $"{planted.Evidence.DoseMeanSeconds}");
        // Shared out in proportion to what was ordered, to a tick.
        Assert.Equal(2, planted.Evidence.DoseMeanSeconds / added.Evidence.DoseMeanSeconds, 0.001);
        var seen = stations.Read().Single(station => station.Name == StationSet.LockName);
        Assert.Equal(1, seen.Completions);
        Assert.True(seen.BusySeconds >= 0.0075, $"{seen.BusySeconds}");
    }

    [Fact]
    public async Task A_burn_is_measured_in_processor_time()
    {
        var faults = new FaultList(TimeProvider.System);
        var burn = faults.Add(Dose(FaultKind.Burn, StationSet.ProcessorName, 4))!;

        await new StationSet(faults, 2, TimeProvider.System).PassAsync("link.get", CancellationToken.None);

        Assert.InRange(burn.Evidence.DoseMeanSeconds, 0.004, 0.04);
    }

    [Fact]
    public void A_capacity_dose_changes_what_a_station_serves_and_ends_with_it()
    {
        var faults = new FaultList(TimeProvider.System);
        var stations = new StationSet(faults, 2, TimeProvider.System);
        int Connections() => stations.Read().Single(station => station.Name == StationSet.ConnectionName).Capacity;

        var more = faults.Add(Dose(FaultKind.Capacity, StationSet.ConnectionName, add: 3))!;
        Assert.Equal(5, Connections());
        faults.Add(Dose(FaultKind.Capacity, StationSet.ConnectionName, add: -60));
        Assert.Equal(1, Connections()); // never none
        faults.Clear();
        Assert.Equal(2, Connections());
        Assert.False(more.IsActive);
    }

    [Fact]
    public async Task Without_a_dose_nobody_is_counted()
    {
        var stations = new StationSet(new FaultList(TimeProvider.System), 2, TimeProvider.System);

        await stations.PassAsync("link.get", CancellationToken.None);

        Assert.All(stations.Read(), station => Assert.Equal(0, station.Completions));
    }

    public static TheoryData<string, string?, int?, string> Mistakes => new()
    {
        { "hold", "path", null, "at" },
        { "hold", null, null, "at" },
        { "latency", "lock", null, "at" },
        { "capacity", "lock", null, "add" },
        { "capacity", "lock", 0, "add" },
        { "delay", "path", 1, "add" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_dose_in_the_wrong_place_is_refused(string kind, string? at, int? add, string field)
    {
        var message = new FaultMessage(kind, null, null, null, kind == "capacity" ? null : "00:00:00.005", null, null, null, "00:00:30", null, null) { At = at, Add = add };

        message.Check(out var problems);

        Assert.Contains(problems, problem => problem.Key == field);
    }

    [Fact]
    public async Task The_connections_of_a_store_are_as_many_as_its_station_says()
    {
        using var folder = new TempFolder();
        var stations = new StationSet(new FaultList(TimeProvider.System), 2, TimeProvider.System);
        await using var store = new Shortener.Stores.SqliteStore(folder.Database, TimeSpan.FromSeconds(20), TimeProvider.System, 2, stations);
        await store.MigrateAsync(CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.FindAsync(Shortener.Links.ShortCode.Parse("abcdefg"), CancellationToken.None))).WaitAsync(TimeSpan.FromSeconds(20));

        await Eventually(() => stations.Read().Single(station => station.Name == StationSet.ConnectionName).Completions == 20);
        var seen = stations.Read().Single(station => station.Name == StationSet.ConnectionName);
        Assert.Equal((2, 0, 0), (seen.Capacity, seen.Busy, seen.Waiting));
    }

    private static async Task Eventually(Func<bool> isSo)
    {
        for (var n = 0; n < 2000 && !isSo(); n++) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.True(isSo());
    }
}
