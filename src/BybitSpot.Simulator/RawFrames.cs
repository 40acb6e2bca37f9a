using System.Buffers.Binary;
using System.Text;

namespace BybitSpot.Simulator;

// WebSocket frames as bytes (RFC 6455, section 5.2), the honest ones and those no server may send. Pure.

/// <summary>Frames as bytes, for <see cref="Exchange.BroadcastBytes"/>: honest ones and forbidden ones.</summary>
public static class RawFrames
{
    internal const byte Fin = 0x80;
    internal const byte ContinuationCode = 0x0;
    internal const byte TextCode = 0x1;
    internal const byte BinaryCode = 0x2;
    internal const byte CloseCode = 0x8;
    internal const byte PingCode = 0x9;
    internal const byte PongCode = 0xA;

    /// <summary>Two bytes, and eight of extended length.</summary>
    internal const int HeaderMaxBytes = 10;

    /// <summary>A control frame's payload is at most 125 bytes, two of them the code.</summary>
    private const int CloseReasonMaxBytes = 123;

    public static byte[] Text(string text) => Frame(Fin | TextCode, Encoding.UTF8.GetBytes(text));

    /// <summary>A text frame whose payload need not be UTF-8.</summary>
    public static byte[] Text(byte[] payload) => Frame(Fin | TextCode, payload);

    public static byte[] Binary(byte[] payload) => Frame(Fin | BinaryCode, payload);

    public static byte[] Ping(byte[] payload) => Frame(Fin | PingCode, payload);

    /// <summary>A text frame with all three reserved bits set, though no extension was agreed on.</summary>
    public static byte[] ReservedBits(string text) => Frame(Fin | 0x70 | TextCode, Encoding.UTF8.GetBytes(text));

    /// <summary>A text frame masked as only a client's may be.</summary>
    public static byte[] Masked(string text)
    {
        ReadOnlySpan<byte> key = [0x11, 0x22, 0x33, 0x44];
        var payload = Encoding.UTF8.GetBytes(text);
        Span<byte> header = stackalloc byte[HeaderMaxBytes];
        var headerBytes = WriteHeader(header, Fin | TextCode, payload.Length);
        header[1] |= 0x80;
        for (var i = 0; i < payload.Length; i++) payload[i] ^= key[i % 4];
        return [.. header[..headerBytes], .. key, .. payload];
    }

    /// <summary>The first half of a text frame: the header promises all of the text, half of it follows.</summary>
    public static byte[] Half(string text)
    {
        var whole = Text(text);
        return whole[..^(Encoding.UTF8.GetByteCount(text) / 2)];
    }

    /// <summary>The text in one-byte fragments, a ping after every eighth and before the last.</summary>
    public static byte[] Fragments(string text)
    {
        var buffer = new TextBuffer();
        AddFragments(buffer, Encoding.UTF8.GetBytes(text));
        return buffer.Written.ToArray();
    }

    /// <summary>Bytes that are no frame: the first has an unknown opcode and reserved bits.</summary>
    public static byte[] Garbage(int lengthBytes = 64)
    {
        var bytes = new byte[lengthBytes];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(0xF7 - i * 31);
        return bytes;
    }

    /// <summary>A close frame; a null code leaves the payload empty.</summary>
    public static byte[] Close(ushort? code, string? reason = null)
    {
        if (code is not { } status) return Frame(Fin | CloseCode, []);
        var text = Encoding.UTF8.GetBytes(reason ?? "");
        var payload = new byte[2 + Math.Min(text.Length, CloseReasonMaxBytes)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, status);
        text.AsSpan(0, payload.Length - 2).CopyTo(payload.AsSpan(2));
        return Frame(Fin | CloseCode, payload);
    }

    /// <summary>Any first byte, any payload, the shortest length that fits.</summary>
    public static byte[] Frame(byte firstByte, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderMaxBytes];
        var headerBytes = WriteHeader(header, firstByte, payload.Length);
        return [.. header[..headerBytes], .. payload];
    }

    internal static int WriteHeader(Span<byte> into, byte firstByte, long payloadBytes)
    {
        into[0] = firstByte;
        if (payloadBytes < 126)
        {
            into[1] = (byte)payloadBytes;
            return 2;
        }
        if (payloadBytes <= ushort.MaxValue)
        {
            into[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)payloadBytes);
            return 4;
        }
        into[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(into[2..], payloadBytes);
        return 10;
    }

    internal static void AddFragments(TextBuffer into, ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 0) into.Add([Fin | TextCode, 0]);
        for (var i = 0; i < payload.Length; i++)
        {
            var last = i == payload.Length - 1;
            if (i % 8 == 7 || (last && i > 0)) into.Add([Fin | PingCode, 1, (byte)('0' + i % 10)]);
            var code = i == 0 ? TextCode : ContinuationCode;
            into.Add([(byte)(last ? Fin | code : code), 1, payload[i]]);
        }
    }
}
