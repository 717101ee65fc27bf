using System.Buffers;

namespace ChaosLab.Load.Raw;

/// <summary>Where a response stands.</summary>
public enum ParseState
{
    /// <summary>More bytes are needed.</summary>
    NeedsMore,
    /// <summary>The response is complete.</summary>
    Complete,
    /// <summary>It is not HTTP/1.1 as RFC 9112 has it; see <see cref="ResponseParser.Error"/>.</summary>
    Broken,
}

/// <summary>A strict parser of HTTP/1.x responses (RFC 9112). Takes bytes in any pieces, keeps status, Location and
/// whether the connection stays, skips bodies. Refuses what could be read in two ways: bare line feeds, folded fields,
/// length beside chunks, lengths that differ.</summary>
public sealed class ResponseParser
{
    private const int LongestHead = 64 * 1024;
    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private enum Part { Head, Length, ChunkSize, ChunkData, ChunkEnd, Trailer, UntilClose, Done, Broken }

    private byte[] _line = new byte[512];   // a head, chunk size or trailer line that came in pieces
    private byte[] _location = new byte[256];
    private int _lineLength, _locationLength;
    private long _left, _trailerBytes;
    private bool _isHead, _hasLocation;
    private Part _part;

    /// <summary>Status, 100–999, once the head is parsed.</summary>
    public int Status { get; private set; }
    /// <summary>True when the connection can be used again.</summary>
    public bool KeepAlive { get; private set; }
    /// <summary>Whether there was a Location.</summary>
    public bool HasLocation => _hasLocation;
    /// <summary>The Location as sent; empty when there was none.</summary>
    public ReadOnlySpan<byte> Location => _location.AsSpan(0, _locationLength);
    /// <summary>Bytes of the body (without chunk framing), and of the head.</summary>
    public long SizeBytes { get; private set; }
    /// <summary>What was wrong; null when nothing was.</summary>
    public string? Error { get; private set; }

    /// <summary>Expects a new response.</summary>
    /// <param name="toHead">True for the answer to HEAD, which has no body whatever its fields say.</param>
    public void Expect(bool toHead)
    {
        (_part, _isHead, Error, SizeBytes) = (Part.Head, toHead, null, 0);
        ForgetHead();
    }

    /// <summary>Takes bytes. What is not <paramref name="consumed"/> belongs to the next response.</summary>
    public ParseState Feed(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            switch (_part)
            {
                case Part.Done:
                    return ParseState.Complete;
                case Part.Broken:
                    return ParseState.Broken;
            }
            var rest = data[consumed..];
            if (rest.IsEmpty)
                return ParseState.NeedsMore;
            consumed += _part switch
            {
                Part.Head => TakeHead(rest),
                Part.Length or Part.ChunkData => TakeBody(rest),
                Part.UntilClose => Count(rest.Length),
                _ => TakeLine(rest),
            };
        }
    }

    /// <summary>The server closed the connection: the end of some responses, the loss of others.</summary>
    public ParseState Close()
    {
        if (_part == Part.UntilClose)
            _part = Part.Done;
        else if (_part is not (Part.Done or Part.Broken))
            Break("the connection was closed before the answer was complete");
        return _part == Part.Done ? ParseState.Complete : ParseState.Broken;
    }

    private int TakeHead(ReadOnlySpan<byte> data)
    {
        if (_lineLength == 0 && data.IndexOf("\r\n\r\n"u8) is >= 0 and var whole)
        {
            ParseHead(data[..(whole + 2)]);
            return whole + 4;
        }
        // The end may lie across the pieces, so look from three bytes back.
        var before = _lineLength;
        var take = Math.Min(data.Length, LongestHead + 1 - before);
        Keep(data[..take]);
        var from = Math.Max(0, before - 3);
        var end = _line.AsSpan(from, _lineLength - from).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            if (_lineLength > LongestHead)
                Break($"the head is longer than {LongestHead} bytes");
            return take;
        }
        end += from;
        _lineLength = 0;
        ParseHead(_line.AsSpan(0, end + 2));
        return end + 4 - before;
    }

    private void ParseHead(ReadOnlySpan<byte> head)
    {
        SizeBytes += head.Length + 2;
        var lineEnd = head.IndexOf("\r\n"u8);
        if (!ParseStatusLine(head[..lineEnd], out var isOld))
            return;
        var fields = new Fields { Length = -1 };
        for (head = head[(lineEnd + 2)..]; !head.IsEmpty; head = head[(lineEnd + 2)..])
        {
            lineEnd = head.IndexOf("\r\n"u8);
            if (!ParseField(head[..lineEnd], ref fields))
                return;
        }
        KeepAlive = !fields.SaysClose && (!isOld || fields.SaysKeepAlive);
        if (Status is >= 100 and < 200)
        {
            if (Status == 101)
                Break("101 Switching Protocols was not asked for");
            else
                ForgetHead(); // an interim answer; the real one follows
            return;
        }
        if (fields.Chunked && (fields.Length >= 0 || isOld))
            Break(isOld ? "chunks in HTTP/1.0" : "both Content-Length and Transfer-Encoding");
        else if (_isHead || Status is 204 or 304)
            _part = Part.Done;
        else if (fields.Chunked)
            _part = Part.ChunkSize;
        else if (fields.Length >= 0)
            (_part, _left) = (fields.Length == 0 ? Part.Done : Part.Length, fields.Length);
        else
            (_part, KeepAlive) = (Part.UntilClose, false);
    }

    private bool ParseStatusLine(ReadOnlySpan<byte> line, out bool isOld)
    {
        isOld = line.StartsWith("HTTP/1.0 "u8);
        if (!isOld && !line.StartsWith("HTTP/1.1 "u8))
            return Break("the answer does not start with HTTP/1.1 or HTTP/1.0");
        var rest = line[9..];
        if (rest.Length < 3 || (rest.Length > 3 && rest[3] != ' ') || !IsDigit(rest[0]) || !IsDigit(rest[1]) || !IsDigit(rest[2]) || rest[0] == '0')
            return Break("the status is not three digits");
        Status = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
        return !HasControls(rest) || Break("a control character in the status line");
    }

    private struct Fields
    {
        public long Length;
        public bool Chunked, SaysClose, SaysKeepAlive;
    }

    private bool ParseField(ReadOnlySpan<byte> line, ref Fields fields)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes))
            return Break("a header field has no proper name");
        var value = Trim(line[(colon + 1)..]);
        if (HasControls(value))
            return Break("a control character in a header field");
        var name = line[..colon];
        switch (colon)
        {
            case 8 when Is(name, "location"u8):
                if (_hasLocation)
                    return Break("two Location fields");
                _hasLocation = true;
                if (value.Length > _location.Length)
                    _location = new byte[value.Length];
                value.CopyTo(_location);
                _locationLength = value.Length;
                return true;
            case 14 when Is(name, "content-length"u8):
                if (!ParseLength(value, out var length) || (fields.Length >= 0 && fields.Length != length))
                    return Break("a Content-Length that is no number, too large, or differs from another");
                fields.Length = length;
                return true;
            case 17 when Is(name, "transfer-encoding"u8):
                if (fields.Chunked || !Is(value, "chunked"u8))
                    return Break("a Transfer-Encoding other than chunked");
                fields.Chunked = true;
                return true;
            case 10 when Is(name, "connection"u8):
                foreach (var range in value.Split((byte)','))
                {
                    fields.SaysClose |= Is(Trim(value[range]), "close"u8);
                    fields.SaysKeepAlive |= Is(Trim(value[range]), "keep-alive"u8);
                }
                return true;
            default:
                return true;
        }
    }

    private int TakeBody(ReadOnlySpan<byte> data)
    {
        var take = (int)Math.Min(_left, data.Length);
        _left -= take;
        if (_left == 0)
            _part = _part == Part.Length ? Part.Done : Part.ChunkEnd;
        return Count(take);
    }

    // Chunk sizes, the line end after a chunk, and trailers: lines that may come in pieces.
    private int TakeLine(ReadOnlySpan<byte> data)
    {
        var feed = data.IndexOf((byte)'\n');
        var take = feed < 0 ? data.Length : feed + 1;
        if (_lineLength + take > LongestHead || (_trailerBytes += _part == Part.Trailer ? take : 0) > LongestHead)
        {
            Break("a line of the body's framing is too long");
            return take;
        }
        Keep(data[..take]);
        if (feed < 0)
            return take;
        var line = _line.AsSpan(0, _lineLength);
        _lineLength = 0;
        if (line.Length < 2 || line[^2] != '\r')
            Break("a line feed without a carriage return");
        else
            ParseLine(line[..^2]);
        return take;
    }

    private void ParseLine(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.ChunkEnd:
                if (line.IsEmpty)
                    _part = Part.ChunkSize;
                else
                    Break("a chunk is longer than it said");
                break;
            case Part.ChunkSize:
                if (!ParseChunkSize(line, out _left))
                    Break("a chunk size that is no hexadecimal number");
                else
                    (_part, _trailerBytes) = (_left == 0 ? Part.Trailer : Part.ChunkData, 0);
                break;
            case Part.Trailer when line.IsEmpty:
                _part = Part.Done;
                break;
            case Part.Trailer:
                var colon = line.IndexOf((byte)':');
                if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes) || HasControls(Trim(line[(colon + 1)..])))
                    Break("a trailer field is malformed");
                break;
        }
    }

    private static bool ParseChunkSize(ReadOnlySpan<byte> line, out long size)
    {
        size = 0;
        var extension = line.IndexOf((byte)';');
        var digits = extension < 0 ? line : Trim(line[..extension]);
        if (digits.Length is 0 or > 15 || HasControls(line))
            return false;
        foreach (var digit in digits)
        {
            var value = char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : -1;
            if (value < 0)
                return false;
            size = size * 16 + value;
        }
        return true;
    }

    private static bool ParseLength(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.Length is 0 or > 18)
            return false;
        foreach (var digit in value)
        {
            if (!IsDigit(digit))
                return false;
            length = length * 10 + (digit - '0');
        }
        return true;
    }

    private int Count(int bytes)
    {
        SizeBytes += bytes;
        return bytes;
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (_lineLength + data.Length > _line.Length)
            Array.Resize(ref _line, Math.Max(_line.Length * 2, _lineLength + data.Length));
        data.CopyTo(_line.AsSpan(_lineLength));
        _lineLength += data.Length;
    }

    private void ForgetHead() => (_lineLength, _locationLength, _hasLocation, Status) = (0, 0, false, 0);

    private bool Break(string error)
    {
        (_part, Error, KeepAlive) = (Part.Broken, error, false);
        return false;
    }

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';
    private static bool HasControls(ReadOnlySpan<byte> text) => text.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || text.IndexOfAnyInRange((byte)10, (byte)31) >= 0 || text.Contains((byte)127);
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    // ASCII only, second argument in lower case.
    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length != lower.Length)
            return false;
        for (var i = 0; i < text.Length; i++)
            if ((text[i] is >= (byte)'A' and <= (byte)'Z' ? text[i] | 0x20 : text[i]) != lower[i])
                return false;
        return true;
    }
}
