using System.Globalization;
using System.Text;

namespace ChaosLab.Load.Raw;

/// <summary>A request as bytes, ready to send; only the places of the arrival's number are written anew.</summary>
internal sealed class RenderedRequest
{
    private const string Slot = "{arrival}";
    private const int SlotDigits = 12;
    private readonly int[] _slots;

    public RenderedRequest(RawRequest request, string host)
    {
        var zeros = new string('0', SlotDigits);
        var body = request.Body is null ? null : Encoding.UTF8.GetBytes(request.Body.Replace(Slot, zeros, StringComparison.Ordinal));
        var head = new StringBuilder().Append(request.Method).Append(' ').Append(request.Path).Append(" HTTP/1.1\r\nHost: ").Append(host).Append("\r\n");
        foreach (var (name, value) in request.Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (body is not null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        head.Append("\r\n");
        var text = head.Append(request.Body).ToString();
        Bytes = Encoding.UTF8.GetBytes(text.Replace(Slot, zeros, StringComparison.Ordinal));
        _slots = [.. SlotsOf(text)];
        IsHead = request.Method == "HEAD";
        Step = request.Step;
        ExpectedStatus = request.ExpectedStatus;
        ExpectedLocation = request.ExpectedLocation is { } location ? Encoding.UTF8.GetBytes(location) : null;
    }

    public byte[] Bytes { get; }
    public bool HasSlots => _slots.Length > 0;
    public bool IsHead { get; }
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
