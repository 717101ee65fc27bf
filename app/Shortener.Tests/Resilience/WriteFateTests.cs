using ChaosLab.Shortener.Faults;
using ChaosLab.Shortener.Links;
using ChaosLab.Shortener.Resilience;
using ChaosLab.Shortener.Tests.Support;

namespace ChaosLab.Shortener.Tests.Resilience;

/// <summary>"503 = surely not written" against "504 = nobody knows", at every point where a create can fail.</summary>
public class WriteFateTests
{
    [Fact]
    public async Task A_create_whose_fault_is_injected_was_surely_not_written()
    {
        await using var parts = await Parts.StartAsync();
        parts.Faults.Add(Parts.Order(FaultKind.Error, operation: "link.insert"));
        var link = parts.Link();

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Resilient.InsertAsync(link).Within("the failure"));

        Assert.False(failure.MayHaveWritten);
        Assert.Empty(parts.Store.BatchSizes);
        Assert.Null(await parts.Resilient.InspectAsync(link.Code));
    }

    [Fact]
    public async Task A_create_that_times_out_before_it_was_sent_is_surely_not_written_and_never_will_be()
    {
        await using var parts = await Parts.StartAsync();
        parts.Store.BeforeInsert.Close();
        var link = parts.Link();
        var create = parts.Resilient.InsertAsync(link);
        await Patience.Until(() => parts.Store.BeforeInsert.Calls == 1, "the writer at the gate");

        parts.Time.Advance(TimeSpan.FromSeconds(0.5));
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => create.Within("the failure"));
        parts.Store.BeforeInsert.Open();
        await parts.Resilient.InsertAsync(parts.Link()).Within("the next create");

        Assert.False(failure.MayHaveWritten);
        Assert.Equal([0, 1], parts.Store.BatchSizes);
        Assert.Null(await parts.Resilient.InspectAsync(link.Code));
    }

    [Fact]
    public async Task A_create_that_times_out_after_it_was_sent_is_unknown_and_may_exist()
    {
        await using var parts = await Parts.StartAsync();
        parts.Store.AfterInsert.Close();
        var link = parts.Link();
        var create = parts.Resilient.InsertAsync(link);
        await Patience.Until(() => parts.Store.AfterInsert.Calls == 1, "the commit");

        parts.Time.Advance(TimeSpan.FromSeconds(0.5));
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => create.Within("the failure"));

        Assert.True(failure.MayHaveWritten);
        Assert.NotNull(await parts.Resilient.InspectAsync(link.Code));
    }

    [Fact]
    public async Task A_create_whose_answer_was_lost_is_unknown()
    {
        await using var parts = await Parts.StartAsync();
        parts.Store.AfterInsert.FailNext(1);
        var link = parts.Link();

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Resilient.InsertAsync(link).Within("the failure"));

        Assert.True(failure.MayHaveWritten);
        Assert.NotNull(await parts.Resilient.InspectAsync(link.Code));
    }

    [Fact]
    public async Task A_create_rejected_by_the_open_breaker_was_surely_not_written()
    {
        await using var parts = await Parts.StartAsync();
        var fault = parts.Faults.Add(Parts.Order(FaultKind.Error, operation: "link.insert"))!;
        for (var i = 0; i < 10; i++) await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Resilient.InsertAsync(parts.Link()).Within("a failure"));
        parts.Faults.Remove(fault.Id);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Resilient.InsertAsync(parts.Link()).Within("the rejection"));

        Assert.Equal("open", parts.Pipelines.Write.Watch.State);
        Assert.Equal("closed", parts.Pipelines.Read.Watch.State);
        Assert.False(failure.MayHaveWritten);
        Assert.InRange(failure.RetryAfter.TotalSeconds, 1, 5);
        Assert.Empty(parts.Store.BatchSizes);
    }

    [Fact]
    public async Task Creates_that_wait_share_one_commit()
    {
        await using var parts = await Parts.StartAsync();
        parts.Store.BeforeInsert.Close();
        var first = parts.Resilient.InsertAsync(parts.Link());
        await Patience.Until(() => parts.Store.BeforeInsert.Calls == 1, "the first batch at the gate");
        var others = Enumerable.Range(0, 300).Select(_ => parts.Resilient.InsertAsync(parts.Link())).ToList();

        parts.Store.BeforeInsert.Open();
        await Task.WhenAll(others.Append(first)).Within("all creates");

        Assert.Equal([1, 256, 44], parts.Store.BatchSizes);
    }

    [Fact]
    public async Task Two_creates_with_one_key_or_alias_at_once_make_one_link()
    {
        await using var parts = await Parts.StartAsync();
        parts.Store.BeforeInsert.Close();
        var first = parts.Resilient.InsertAsync(parts.Link());
        await Patience.Until(() => parts.Store.BeforeInsert.Calls == 1, "the first batch at the gate");
        var keyed = Enumerable.Range(0, 3).Select(_ => parts.Resilient.InsertAsync(parts.Link(key: "k"))).ToList();
        var aliased = Enumerable.Range(0, 3).Select(i => parts.Resilient.InsertAsync(parts.Link($"https://example.org/{i}", alias: "mine"))).ToList();

        parts.Store.BeforeInsert.Open();
        var keyedOutcomes = await Task.WhenAll(keyed).Within("creates with one key");
        var aliasedOutcomes = await Task.WhenAll(aliased).Within("creates with one alias");
        await first.Within("the first create");

        var made = Assert.Single(keyedOutcomes.OfType<InsertOutcome.Created>());
        Assert.All(keyedOutcomes.OfType<InsertOutcome.Replayed>(), replayed => Assert.Equal(made.Link.Code, replayed.Link.Code));
        Assert.Equal(2, keyedOutcomes.OfType<InsertOutcome.Replayed>().Count());
        Assert.Single(aliasedOutcomes.OfType<InsertOutcome.Created>());
        Assert.Equal(2, aliasedOutcomes.OfType<InsertOutcome.CodeTaken>().Count());
    }

    [Fact]
    public async Task A_random_code_that_is_taken_is_replaced_by_another()
    {
        Queue<string> codes = new(["taken11", "taken11", "free111"]);
        await using var parts = await Parts.StartAsync(() => ShortCode.Parse(codes.Dequeue()));
        await parts.Resilient.InsertAsync(parts.Link(alias: "taken11")).Within("the first");

        var outcome = await parts.Resilient.InsertAsync(parts.Link("https://example.org/2") with { Code = ShortCode.Parse("taken11") }).Within("the second");

        Assert.Equal("free111", Assert.IsType<InsertOutcome.Created>(outcome).Link.Code.Text);
        Assert.Equal("https://example.org/", (await parts.Resilient.InspectAsync(ShortCode.Parse("taken11")))!.Url);
    }

    [Fact]
    public async Task When_no_free_code_is_found_nothing_was_written()
    {
        await using var parts = await Parts.StartAsync(() => ShortCode.Parse("taken11"));
        await parts.Resilient.InsertAsync(parts.Link(alias: "taken11")).Within("the first");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => parts.Resilient.InsertAsync(parts.Link() with { Code = ShortCode.Parse("taken11") }).Within("the failure"));

        Assert.False(failure.MayHaveWritten);
    }
}
