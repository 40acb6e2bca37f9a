using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BybitSpot.Feed;

/// <summary>Makes the few frames that a client sends: masked, final, at most 64 KiB.</summary>
internal static class FrameWriter
{
    public static byte[] Text(string text) => Frame(1, Encoding.UTF8.GetBytes(text));

    public static byte[] Pong(ReadOnlySpan<byte> payload) => Frame(10, payload);

    public static byte[] Close(ushort code)
    {
        Span<byte> payload = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        return Frame(8, payload);
    }

    private static byte[] Frame(byte opcode, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, ushort.MaxValue);
        int header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + 4 + payload.Length];
        frame[0] = (byte)(0x80 | opcode);
        frame[1] = (byte)(0x80 | (header == 2 ? payload.Length : 126));
        if (header == 4)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        Span<byte> mask = frame.AsSpan(header, 4);
        RandomNumberGenerator.Fill(mask);
        for (int i = 0; i < payload.Length; i++)
            frame[header + 4 + i] = (byte)(payload[i] ^ mask[i & 3]);
        return frame;
    }
}
