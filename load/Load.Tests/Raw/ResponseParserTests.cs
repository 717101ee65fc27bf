using System.Text;
using ChaosLab.Load.Raw;
using ChaosLab.Load.Schedules;

namespace ChaosLab.Load.Tests.Raw;

public class ResponseParserTests
{
    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static (ParseState State, int Consumed) Feed(ResponseParser parser, byte[] data, IEnumerable<int> sizes)
    {
        var (state, at, taken) = (ParseState.NeedsMore, 0, 0);
        foreach (var size in sizes)
        {
            if (state != ParseState.NeedsMore || at == data.Length)
                break;
            var piece = data.AsSpan(at, Math.Min(size, data.Length - at));
            state = parser.Feed(piece, out var consumed);
            taken += consumed;
            at += piece.Length;
        }
        return (state, taken);
    }

    public static TheoryData<string, bool, int, bool, string?> Good => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, 200, true, null },
        { "HTTP/1.1 302 Found\r\nLocation: https://example.com/a?b=c\r\nContent-Length: 0\r\n\r\n", false, 302, true, "https://example.com/a?b=c" },
        { "HTTP/1.1 302 Found\r\nlOcAtIoN:\t x \r\ncontent-LENGTH:0\r\n\r\n", false, 302, true, "x" },
        { "HTTP/1.1 204 No Content\r\n\r\n", false, 204, true, null },
        { "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", false, 304, true, null },
        { "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", true, 200, true, null },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true, 200, true, null },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n10;name=value\r\n0123456789abcdef\r\n0\r\n\r\n", false, 200, true, null },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n00a\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", false, 200, true, null },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLocation: no\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, 200, true, null },
        { "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false, 200, false, null },
        { "HTTP/1.1 200 OK\r\nConnection: upgrade, Close\r\nContent-Length: 2\r\n\r\nok", false, 200, false, null },
        { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false, 200, false, null },
        { "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", false, 200, true, null },
        { "HTTP/1.1 200 \r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", false, 200, true, null },
        { "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", false, 404, true, null },
        { "HTTP/1.1 200 Gr\u00fc\u00df\r\nX: \u00e9\r\nContent-Length: 0\r\n\r\n", false, 200, true, null },
        { "HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n", false, 200, true, null },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Good_answers_are_understood_however_they_are_cut(string text, bool toHead, int status, bool keepAlive, string? location)
    {
        var data = Bytes(text);
        var random = new SeededRandom(11);
        var cuts = new List<int[]> { new[] { data.Length }, Enumerable.Repeat(1, data.Length).ToArray() };
        cuts.AddRange(Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, data.Length).Select(_ => random.Next(1, 12)).ToArray()));
        var parser = new ResponseParser(); // one for all: nothing of an answer may leak into the next

        foreach (var cut in cuts)
        {
            parser.Expect(toHead);
            var (state, consumed) = Feed(parser, data, cut);
            Assert.Equal((ParseState.Complete, data.Length, null), (state, consumed, parser.Error));
            Assert.Equal((status, keepAlive, location), (parser.Status, parser.KeepAlive, parser.HasLocation ? Encoding.Latin1.GetString(parser.Location) : null));
        }
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n Content-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: nameless\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ng\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: a\r\nLocation: b\r\nContent-Length: 0\r\n\r\n")]
    public void Bad_answers_are_refused_however_they_are_cut(string text)
    {
        var data = Bytes(text);
        foreach (var size in new[] { data.Length, 1, 2, 3, 7 })
        {
            var parser = new ResponseParser();
            parser.Expect(toHead: false);
            var (state, _) = Feed(parser, data, Enumerable.Repeat(size, data.Length));
            Assert.Equal(ParseState.Broken, state);
            Assert.False(string.IsNullOrEmpty(parser.Error));
            Assert.False(parser.KeepAlive);
        }
    }

    [Fact]
    public void Without_length_the_close_ends_the_answer()
    {
        var parser = new ResponseParser();
        parser.Expect(toHead: false);

        Assert.Equal(ParseState.NeedsMore, parser.Feed("HTTP/1.1 200 OK\r\n\r\nsome body"u8, out _));
        Assert.Equal(ParseState.Complete, parser.Close());
        Assert.False(parser.KeepAlive);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public void A_close_before_the_end_breaks_the_answer(string text)
    {
        var parser = new ResponseParser();
        parser.Expect(toHead: false);
        parser.Feed(Bytes(text), out _);

        Assert.Equal(ParseState.Broken, parser.Close());
    }

    [Fact]
    public void What_belongs_to_the_next_answer_is_left()
    {
        var (one, two) = (Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), Bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        var both = one.Concat(two).ToArray();
        var parser = new ResponseParser();
        parser.Expect(toHead: false);

        Assert.Equal(ParseState.Complete, parser.Feed(both, out var consumed));
        Assert.Equal(one.Length, consumed);
        parser.Expect(toHead: false);
        Assert.Equal(ParseState.Complete, parser.Feed(both.AsSpan(consumed), out _));
        Assert.Equal(404, parser.Status);
    }

    [Fact]
    public void An_endless_head_is_cut_off()
    {
        var parser = new ResponseParser();
        parser.Expect(toHead: false);
        var state = parser.Feed("HTTP/1.1 200 OK\r\n"u8, out _);
        for (var i = 0; i < 10_000 && state == ParseState.NeedsMore; i++)
            state = parser.Feed("X-Padding: 0123456789\r\n"u8, out _);

        Assert.Equal(ParseState.Broken, state);
    }

    [Fact]
    public void Garbage_never_throws_and_never_consumes_more_than_it_got()
    {
        var random = new SeededRandom(21);
        string[] words = ["HTTP/1.1 200 OK", "\r\n", "\r", "\n", "Content-Length: ", "5", "Transfer-Encoding: chunked", "0", "\0", ":", " ", "Location: x", "HTTP/1.1 100 ", "a;b", "ff"];
        for (var round = 0; round < 5_000; round++)
        {
            var parser = new ResponseParser();
            parser.Expect(random.Next(2) == 0);
            var state = ParseState.NeedsMore;
            for (var piece = 0; piece < 20 && state == ParseState.NeedsMore; piece++)
            {
                var data = Bytes(string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => words[random.Next(words.Length)])));
                state = parser.Feed(data, out var consumed);
                Assert.InRange(consumed, 0, data.Length);
            }
            parser.Close();
        }
    }

    [Fact]
    public void The_size_counts_head_and_body()
    {
        var data = Bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        var parser = new ResponseParser();
        parser.Expect(toHead: false);
        parser.Feed(data, out _);

        Assert.Equal(data.Length, parser.SizeBytes);
    }
}
