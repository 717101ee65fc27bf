using System.Globalization;
using System.Text;

namespace ChaosLab.Load.Raw;

/// <summary>A request as bytes, ready to send; only the places of the arrival's number and of the
/// trace id are written anew.</summary>
internal sealed class RenderedRequest
{
    private const string Slot = "{arrival}";
    private const int SlotDigits = 12;
    private const string TraceName = "traceparent: ";
    private readonly int[] _slots;
    private readonly int _trace = -1;

    /// <param name="request">What to send.</param>
    /// <param name="host">Value of the Host header.</param>
    /// <param name="isTraced">Whether it carries a trace id.</param>
    public RenderedRequest(RawRequest request, string host, bool isTraced)
    {
        var zeros = new string('0', SlotDigits);
        var body = request.Body is null ? null : Encoding.UTF8.GetBytes(request.Body.Replace(Slot, zeros, StringComparison.Ordinal));
        var head = new StringBuilder().Append(request.Method).Append(' ').Append(request.Path).Append(" HTTP/1.1\r\nHost: ").Append(host).Append("\r\n");
        foreach (var (name, value) in request.Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (body is not null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        if (isTraced)
            head.Append(TraceName).Append(default(TraceId).Traceparent(isSampled: true)).Append("\r\n");
        head.Append("\r\n");
        var text = head.Append(request.Body).ToString();
        Bytes = Encoding.UTF8.GetBytes(text.Replace(Slot, zeros, StringComparison.Ordinal));
        _slots = [.. SlotsOf(text)];
        if (isTraced)
            _trace = Bytes.AsSpan(0, Bytes.AsSpan().IndexOf("\r\n\r\n"u8)).LastIndexOf("\r\n"u8) + 2 + TraceName.Length + "00-".Length;
        Path = request.Path;
        IsHead = request.Method == "HEAD";
        Step = request.Step;
        ExpectedStatus = request.ExpectedStatus;
        ExpectedLocation = request.ExpectedLocation is { } location ? Encoding.UTF8.GetBytes(location) : null;
    }

    public byte[] Bytes { get; }
    public bool HasSlots => _slots.Length > 0 || _trace >= 0;
    public bool IsHead { get; }
    public string Path { get; }
    public string Step { get; }
    public int ExpectedStatus { get; }
    public byte[]? ExpectedLocation { get; }

    /// <summary>Writes the arrival's number into its places.</summary>
    public void Number(long arrival)
    {
        foreach (var slot in _slots)
        {
            var rest = arrival;
            for (var digit = slot + SlotDigits - 1; digit >= slot; digit--, rest /= 10)
                Bytes[digit] = (byte)('0' + rest % 10);
        }
    }

    /// <summary>Writes the trace id, the id of the parent span (the second half once more), and the flags.</summary>
    public void Trace(TraceId trace, bool isSampled)
    {
        TraceId.Write(trace.High, Bytes.AsSpan(_trace, TraceId.HalfDigits));
        TraceId.Write(trace.Low, Bytes.AsSpan(_trace + TraceId.HalfDigits, TraceId.HalfDigits));
        TraceId.Write(trace.Low, Bytes.AsSpan(_trace + 2 * TraceId.HalfDigits + 1, TraceId.HalfDigits));
        Bytes[_trace + 3 * TraceId.HalfDigits + 3] = (byte)(isSampled ? '1' : '0');
    }

    private static IEnumerable<int> SlotsOf(string text)
    {
        var (at, before) = (0, 0);
        while (text.IndexOf(Slot, at, StringComparison.Ordinal) is >= 0 and var found)
        {
            before += Encoding.UTF8.GetByteCount(text.AsSpan(at, found - at));
            yield return before;
            before += SlotDigits;
            at = found + Slot.Length;
        }
    }
}
