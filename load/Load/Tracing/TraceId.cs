using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace ChaosLab.Load;

/// <summary>The id under which a request is found in traces and logs: 16 bytes (W3C Trace Context, level 1, section 3.2.2.3).</summary>
/// <param name="High">The first 8 bytes.</param>
/// <param name="Low">The last 8.</param>
public readonly record struct TraceId(ulong High, ulong Low)
{
    /// <summary>Digits of a half.</summary>
    internal const int HalfDigits = 16;
    private static readonly StandardFormat SixteenDigits = new('x', HalfDigits);

    /// <summary>True for a request that carried none.</summary>
    public bool IsNone => High == 0 && Low == 0;

    /// <summary>Value of the header <c>traceparent</c>. The id of the parent span is the second half.</summary>
    /// <param name="isSampled">Whether the other side is asked to record it.</param>
    public string Traceparent(bool isSampled) => string.Create(CultureInfo.InvariantCulture, $"00-{High:x16}{Low:x16}-{Low:x16}-{(isSampled ? "01" : "00")}");

    /// <summary>32 small hexadecimal digits; empty for none.</summary>
    public override string ToString() => IsNone ? "" : string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    /// <summary>Writes a half as 16 digits, without making a text.</summary>
    internal static void Write(ulong half, Span<byte> to) => Utf8Formatter.TryFormat(half, to, out _, SixteenDigits);
}
