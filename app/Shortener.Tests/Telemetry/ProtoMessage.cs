using System.Buffers.Binary;
using System.Text;

namespace ChaosLab.Shortener.Tests.Telemetry;

/// <summary>A Protocol Buffers message, read off the wire without its definition (protobuf.dev/programming-guides/encoding).</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, byte[]? Bytes)> _values = [];

    /// <exception cref="FormatException">The bytes are no message.</exception>
    public ProtoMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var field = (int)(tag >> 3);
            if (field == 0) throw new FormatException("field number 0");
            switch (tag & 7)
            {
                case 0: _values.Add((field, Varint(ref bytes), null)); break;
                case 1: _values.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8)), null)); break;
                case 2: _values.Add((field, 0, Take(ref bytes, (int)Varint(ref bytes)).ToArray())); break;
                case 5: _values.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4)), null)); break;
                default: throw new FormatException($"wire type {tag & 7} of field {field}");
            }
        }
    }

    public bool Has(int field) => _values.Any(value => value.Field == field);

    public ulong Number(int field) => _values.LastOrDefault(value => value.Field == field).Number;

    public byte[] Bytes(int field) => _values.LastOrDefault(value => value.Field == field).Bytes ?? [];

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    public ProtoMessage One(int field) => new(Bytes(field));

    public IEnumerable<ProtoMessage> All(int field) => _values.Where(value => value.Field == field).Select(value => new ProtoMessage(value.Bytes!));

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var one = Take(ref bytes, 1)[0];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80) return value;
        }

        throw new FormatException("a number longer than 10 bytes");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (count < 0 || count > bytes.Length) throw new FormatException("the message is cut off");
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
