using ChaosLab.Chaos.Hosts;

namespace ChaosLab.Chaos.Tests.Hosts;

public class RemoteWordsTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("it's")]
    [InlineData("$(touch /tmp/never) `id` $HOME")]
    [InlineData("a\nb; rm -rf / #")]
    [InlineData("\\ \" * ? [x] ~ ! & | < >")]
    public async Task A_word_arrives_at_a_shell_as_it_is(string word)
    {
        var answer = await LocalCommand.RunAsync(["/bin/sh", "-c", $"printf '%s|' {RemoteWords.Join([word, "end"])}"], null, null, TimeSpan.FromSeconds(30), null, TestContext.Current.CancellationToken);

        Assert.Equal(0, answer.ExitCode);
        Assert.Equal($"{word}|end|\n", answer.Output);
    }

    [Fact]
    public void A_zero_byte_is_refused() => Assert.Throws<ArgumentException>(() => RemoteWords.Quote("a\0b"));
}
