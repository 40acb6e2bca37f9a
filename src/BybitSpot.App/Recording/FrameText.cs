// A message as a line of a recording. Pure. What must stay true: a line is one JSON object, whatever the message holds, and what was
// recorded can be had back byte for byte.
//   {"dir":"in","recv_ts":1786310819.526044,"raw":"{\"topic\":\"tickers.BTCUSDT\",…}"}
// Only where there is something to say besides: "line", the number of a redundant line, from 2; and "bytes", the message in Base64,
// where it is no UTF-8, which a JSON string cannot hold.
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace BybitSpot.App;

internal static class FrameText
{
    /// <summary>What a line has beside the message itself, at most.</summary>
    private const int FrameBytesMax = 128;

    /// <summary>What a byte becomes, at most: <c>\u001f</c>.</summary>
    private const int EscapedMax = 6;

    /// <summary>Adds a line.</summary>
    /// <param name="into">Where to; made larger where it has to be.</param>
    /// <param name="used">How much of it is used.</param>
    /// <param name="line">The line's number, from 1.</param>
    /// <param name="atUs">Microseconds since 1970.</param>
    public static void Add(ref byte[] into, ref int used, int line, bool incoming, long atUs, ReadOnlySpan<byte> message)
    {
        bool isText = Utf8.IsValid(message);
        ReadOnlySpan<byte> text = isText ? message : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message));
        int room = FrameBytesMax + EscapedMax * text.Length + (isText ? 0 : Base64.GetMaxEncodedToUtf8Length(message.Length));
        if (into.Length - used < room)
            Array.Resize(ref into, Math.Max(used + room, 2 * into.Length));
        Span<byte> rest = into.AsSpan(used);
        int at = Copy(incoming ? "{\"dir\":\"in\",\"recv_ts\":"u8 : "{\"dir\":\"out\",\"recv_ts\":"u8, rest);
        (long seconds, long us) = Math.DivRem(atUs, 1_000_000);
        at += Number(seconds, rest[at..]);
        rest[at++] = (byte)'.';
        at += SixDigits((uint)us, rest[at..]);
        at += Copy(",\"raw\":\""u8, rest[at..]);
        at += Escape(text, rest[at..]);
        rest[at++] = (byte)'"';
        if (line > 1)
        {
            at += Copy(",\"line\":"u8, rest[at..]);
            at += Number(line, rest[at..]);
        }
        if (!isText)
        {
            at += Copy(",\"bytes\":\""u8, rest[at..]);
            Base64.EncodeToUtf8(message, rest[at..], out _, out int written);
            at += written;
            rest[at++] = (byte)'"';
        }
        at += Copy("}\n"u8, rest[at..]);
        used += at;
    }

    // A message has a quote each five bytes. Sixteen are copied and looked through at once; of these, what stands from a quote on is copied
    // once more behind its backslash, sixteen bytes again, which costs less than to look where the next one is. What is read and written
    // too far stays within both: 32 bytes of the text are left, and there is room for six times as many.
    private static int Escape(ReadOnlySpan<byte> text, Span<byte> into)
    {
        Vector128<byte> quote = Vector128.Create((byte)'"'), backslash = Vector128.Create((byte)'\\'), space = Vector128.Create((byte)' ');
        ref byte from = ref MemoryMarshal.GetReference(text), to = ref MemoryMarshal.GetReference(into);
        nuint read = 0, at = 0;
        for (; (int)read + 2 * Vector128<byte>.Count <= text.Length; read += (nuint)Vector128<byte>.Count)
        {
            Vector128<byte> next = Vector128.LoadUnsafe(ref from, read);
            if (Vector128.LessThanAny(next, space))
            {
                at += (nuint)EscapeEach(text.Slice((int)read, Vector128<byte>.Count), into[(int)at..]);
                continue;
            }
            next.StoreUnsafe(ref to, at);
            uint escaped = (Vector128.Equals(next, quote) | Vector128.Equals(next, backslash)).ExtractMostSignificantBits();
            for (; escaped != 0; escaped &= escaped - 1)
            {
                nuint one = (nuint)BitOperations.TrailingZeroCount(escaped);
                Unsafe.Add(ref to, at + one) = (byte)'\\';
                at++;
                Vector128.LoadUnsafe(ref from, read + one).StoreUnsafe(ref to, at + one);
            }
            at += (nuint)Vector128<byte>.Count;
        }
        return (int)at + EscapeEach(text[(int)read..], into[(int)at..]);
    }

    private static int EscapeEach(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int at = 0;
        foreach (byte c in text)
            if (c is < (byte)' ' or (byte)'"' or (byte)'\\')
                at += Escape(c, into[at..]);
            else
                into[at++] = c;
        return at;
    }

    private static int Escape(byte c, Span<byte> into)
    {
        into[0] = (byte)'\\';
        if (c is (byte)'"' or (byte)'\\')
        {
            into[1] = c;
            return 2;
        }
        "u00"u8.CopyTo(into[1..]);
        into[4] = (byte)('0' + (c >> 4));
        into[5] = "0123456789abcdef"u8[c & 15];
        return EscapedMax;
    }

    private static int Number(long number, Span<byte> into)
    {
        number.TryFormat(into, out int bytes, default, CultureInfo.InvariantCulture);
        return bytes;
    }

    // As "D6" has them, which is parsed for each number.
    private static int SixDigits(uint number, Span<byte> into)
    {
        for (int i = 5; i >= 0; i--)
        {
            (number, uint digit) = Math.DivRem(number, 10);
            into[i] = (byte)('0' + digit);
        }
        return 6;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        bytes.CopyTo(into);
        return bytes.Length;
    }
}
