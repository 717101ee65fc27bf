using ChaosLab.Shortener.Configuration;
using ChaosLab.Shortener.Links;
using Microsoft.Extensions.Time.Testing;

namespace ChaosLab.Shortener.Tests.Links;

public class LinkTests
{
    [Theory]
    [InlineData("https://example.org")]
    [InlineData("http://example.org:8080/a/b?c=d&e=%20#f")]
    [InlineData("https://xn--exmple-cua.org/p%C3%A4th")]
    [InlineData("HTTPS://EXAMPLE.ORG/")]
    [InlineData("http://[2001:db8::1]/x")]
    [InlineData("https://example.org/@user")]
    [InlineData("https://go.test.example.org/")]
    public void A_fine_target_is_taken(string url) => Assert.Empty(TargetUrl.Problems(url, "go.test"));

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("example.org", "absolute")]
    [InlineData("//example.org", "absolute")]
    [InlineData("ftp://example.org/", "absolute")]
    [InlineData("javascript:alert(1)", "absolute")]
    [InlineData("data:text/html,x", "absolute")]
    [InlineData("http:example.org", "absolute")]
    [InlineData("https://", "absolute")]
    [InlineData("https://user@example.org/", "user name")]
    [InlineData("https://user:pw@example.org/", "user name")]
    [InlineData("https://@example.org/", "user name")]
    [InlineData("https://go.test/x", "this shortener")]
    [InlineData("http://GO.TEST:81/x", "this shortener")]
    [InlineData("https://go.test./x", "this shortener")]
    [InlineData("https://example.org/a b", "control")]
    [InlineData("https://example.org/\r\nSet-Cookie:x", "control")]
    [InlineData("https://example.org/\u0085", "control")]
    [InlineData("https://exämple.org/", "ASCII")]
    public void A_bad_target_is_refused_with_the_reason(string? url, string reason) =>
        Assert.Contains(TargetUrl.Problems(url, "go.test"), says => says.Contains(reason, StringComparison.Ordinal));

    [Fact]
    public void A_target_has_at_most_2048_characters()
    {
        const string start = "https://example.org/";

        Assert.Empty(TargetUrl.Problems(start + new string('a', 2048 - start.Length), "go.test"));
        Assert.Contains("2049", Assert.Single(TargetUrl.Problems(start + new string('a', 2049 - start.Length), "go.test")), StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_with_a_target_is_told_at_once() =>
        Assert.Equal(3, TargetUrl.Problems("https://user@go.test/a b", "go.test").Count);

    [Theory]
    [InlineData("abc", true)]
    [InlineData("A-b_9", true)]
    [InlineData("ab", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("äbc", false)]
    [InlineData("", false)]
    public void A_code_is_3_to_64_plain_characters(string text, bool fits) => Assert.Equal(fits, ShortCode.TryParse(text, out _));

    [Fact]
    public void A_code_may_not_be_longer_than_64()
    {
        Assert.True(ShortCode.Fits(new string('a', 64)));
        Assert.False(ShortCode.Fits(new string('a', 65)));
    }

    [Fact]
    public void Random_codes_are_seven_letters_and_digits_and_differ()
    {
        var codes = Enumerable.Range(0, 10_000).Select(_ => ShortCode.Random().Text).ToList();

        Assert.All(codes, code => Assert.True(code.Length == 7 && code.All(char.IsAsciiLetterOrDigit)));
        // 10^4 draws of 3.5e12: a double has a chance of 1.4e-5; two of them cannot be chance.
        Assert.InRange(codes.Distinct(StringComparer.Ordinal).Count(), 9_999, 10_000);
        Assert.Equal(62, codes.SelectMany(code => code).Distinct().Count());
    }

    [Fact]
    public void The_bucket_gives_its_burst_and_then_its_rate()
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(new RateLimitSettings(2, 3), time);

        var burst = Enumerable.Range(0, 4).Select(_ => bucket.TryTake(out TimeSpan _)).ToList();
        bucket.TryTake(out var wait);
        time.Advance(wait);
        var afterTheWait = bucket.TryTake(out _);
        var again = bucket.TryTake(out _);

        Assert.Equal([true, true, true, false], burst);
        Assert.Equal(0.5, wait.TotalSeconds, 3);
        Assert.True(afterTheWait);
        Assert.False(again);
    }

    [Fact]
    public void A_full_bucket_does_not_grow()
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(new RateLimitSettings(10, 2), time);

        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => bucket.TryTake(out TimeSpan _)));
    }

    [Fact]
    public void A_rate_of_zero_is_no_limit()
    {
        var bucket = new TokenBucket(new RateLimitSettings(0, 0), new FakeTimeProvider());

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.True(bucket.TryTake(out TimeSpan _)));
    }
}
