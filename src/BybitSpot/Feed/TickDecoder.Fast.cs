// The quick way: frames of exactly the shape that the exchange sends on spot, byte for byte between the values, are taken
// without a JSON reader. What must stay true: it returns true only where the careful way returns Tick with the same fields.
// So every value is checked (printable ASCII, no escape, a price, a whole number), every literal compared, nothing skipped;
// anything else (other key order, a new field, an escape) is left to the careful way; linear's trades: TickDecoder.FastLinear.cs.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal static partial class TickDecoder
{
    /// <summary>A place beyond every frame: something was not as expected. Every step from there leads there.</summary>
    private const int Lost = int.MaxValue;

    /// <summary>No shorter frame is of the quick shape; and no vector is longer.</summary>
    private const int FrameBytesMin = 64;

    internal static bool TryFast(ReadOnlySpan<byte> frame, bool retailCounts, ref Message message)
    {
        if (frame.Length < FrameBytesMin || !IsPlain(frame))
            return false;
        message = default;
        if (frame[10] == (byte)'t')
            return TryFastTicker(frame, ref message);
        if (TryFastTrade(frame, retailCounts, ref message))
            return true;
        message = default;
        return TryFastLinearTrade(frame, retailCounts, ref message);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFastTicker(ReadOnlySpan<byte> frame, ref Message message)
    {
        int symbolAt = After(frame, 0, "{\"topic\":\"tickers."u8), symbolEnd = Quote(frame, symbolAt);
        int at = Number(frame, After(frame, symbolEnd, "\",\"ts\":"u8), out long time);
        at = Number(frame, After(frame, at, ",\"type\":\"snapshot\",\"cs\":"u8), out long sequence);
        at = Again(frame, After(frame, at, ",\"data\":{\"symbol\":\""u8), symbolAt, symbolEnd);
        int priceAt = After(frame, at, "\",\"lastPrice\":\""u8), priceEnd = Quote(frame, priceAt);
        at = Quote(frame, After(frame, priceEnd, "\",\"highPrice24h\":\""u8));
        at = Quote(frame, After(frame, at, "\",\"lowPrice24h\":\""u8));
        at = Quote(frame, After(frame, at, "\",\"prevPrice24h\":\""u8));
        at = Quote(frame, After(frame, at, "\",\"volume24h\":\""u8));
        at = Quote(frame, After(frame, at, "\",\"turnover24h\":\""u8));
        at = Quote(frame, After(frame, at, "\",\"price24hPcnt\":\""u8));
        int index = After(frame, at, "\",\"usdIndexPrice\":\""u8);
        if (index != Lost)
            at = Quote(frame, index);
        if (After(frame, at, "\"}}"u8) != frame.Length || symbolAt == symbolEnd || time is < IsoTime.TimeMsMin or > IsoTime.TimeMsMax)
            return false;
        ReadOnlySpan<byte> price = frame[priceAt..priceEnd];
        if (!Price.IsValid(price))
            return false;
        message.Channel = Channel.Ticker;
        message.Symbol = frame[symbolAt..symbolEnd];
        message.Price = price;
        message.TimeMs = time;
        message.Sequence = sequence;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFastTrade(ReadOnlySpan<byte> frame, bool retailCounts, ref Message message)
    {
        int symbolAt = After(frame, 0, "{\"topic\":\"publicTrade."u8), symbolEnd = Quote(frame, symbolAt);
        int at = Number(frame, After(frame, symbolEnd, "\",\"ts\":"u8), out long frameTime);
        at = After(frame, at, ",\"type\":\"snapshot\",\"data\":["u8);
        if (at == Lost || symbolAt == symbolEnd || frameTime is < IsoTime.TimeMsMin or > IsoTime.TimeMsMax)
            return false;
        bool priced = false;
        while (true)
        {
            int idAt = After(frame, at, "{\"i\":\""u8), idEnd = Quote(frame, idAt);
            at = Number(frame, After(frame, idEnd, "\",\"T\":"u8), out long time);
            int priceAt = After(frame, at, ",\"p\":\""u8), priceEnd = Quote(frame, priceAt);
            at = Quote(frame, After(frame, priceEnd, "\",\"v\":\""u8));
            at = Quote(frame, After(frame, at, "\",\"S\":\""u8));
            at = Number(frame, After(frame, at, "\",\"seq\":"u8), out long sequence);
            at = Again(frame, After(frame, at, ",\"s\":\""u8), symbolAt, symbolEnd);
            at = Flag(frame, After(frame, at, "\",\"BT\":"u8), out bool isBlock);
            at = Flag(frame, After(frame, at, ",\"RPI\":"u8), out bool isRetail);
            at = After(frame, at, "}"u8);
            if (at == Lost || time is < IsoTime.TimeMsMin or > IsoTime.TimeMsMax || !Price.IsValid(frame[priceAt..priceEnd]))
                return false;
            if (!isBlock && (retailCounts || !isRetail))
            {
                priced = true;
                message.Price = frame[priceAt..priceEnd];
                message.TimeMs = time;
                message.Sequence = sequence;
                message.TradeId = TradeIdOf(frame[idAt..idEnd]);
            }
            int next = After(frame, at, ","u8);
            if (next == Lost)
                break;
            at = next;
        }
        // An id that is no number, or too long for one: the careful way makes a mark of it.
        if (!priced || message.TradeId == 0 || After(frame, at, "]}"u8) != frame.Length)
            return false;
        message.Channel = Channel.Trade;
        message.Symbol = frame[symbolAt..symbolEnd];
        return true;
    }

    /// <summary>Whether all of it is printable ASCII without the backslash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsPlain(ReadOnlySpan<byte> frame)
    {
        Vector<byte> odd = Vector<byte>.Zero;
        int last = frame.Length - Vector<byte>.Count;
        for (int at = 0; at < last; at += Vector<byte>.Count)
            odd |= OddIn(new Vector<byte>(frame[at..]));
        odd |= OddIn(new Vector<byte>(frame[last..]));
        return odd == Vector<byte>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<byte> OddIn(Vector<byte> part) =>
        Vector.GreaterThan(part - new Vector<byte>(0x20), new Vector<byte>(0x7E - 0x20)) | Vector.Equals(part, new Vector<byte>((byte)'\\'));

    // The steps. Each takes the place where it begins and returns the one behind it, or Lost.

    // In line, so that the literal's length is known where it is compared: a few instructions instead of a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int After(ReadOnlySpan<byte> frame, int at, ReadOnlySpan<byte> literal) =>
        frame.Length - at >= literal.Length && frame.Slice(at, literal.Length).SequenceEqual(literal) ? at + literal.Length : Lost;

    /// <summary>The symbol once more.</summary>
    private static int Again(ReadOnlySpan<byte> frame, int at, int symbolAt, int symbolEnd) =>
        at != Lost && frame[at..].StartsWith(frame[symbolAt..symbolEnd]) ? at + symbolEnd - symbolAt : Lost;

    /// <summary>To the next quote, before it: the end of a string, since the frame was checked to hold no escapes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Quote(ReadOnlySpan<byte> frame, int at)
    {
        if (at >= frame.Length)
            return Lost;
        ReadOnlySpan<byte> rest = frame[at..];
        if (rest.Length >= Vector128<byte>.Count)
        {
            // Nearly every string is shorter than that.
            var first = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(rest));
            uint quotes = Vector128.Equals(first, Vector128.Create((byte)'"')).ExtractMostSignificantBits();
            if (quotes != 0)
                return at + BitOperations.TrailingZeroCount(quotes);
        }
        int end = rest.IndexOf((byte)'"');
        return end < 0 ? Lost : at + end;
    }

    /// <summary>A whole number as JSON writes it (no leading zero), of at most 18 digits; longer ones are left to the careful way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Number(ReadOnlySpan<byte> frame, int at, out long value)
    {
        value = 0;
        if (at >= frame.Length)
            return Lost;
        ReadOnlySpan<byte> rest = frame[at..];
        int i = 0;
        while (i <= 8 && rest.Length - i >= 8 && TryEightDigits(BinaryPrimitives.ReadUInt64LittleEndian(rest[i..]), out uint eight))
        {
            value = value * 100_000_000 + eight;
            i += 8;
        }
        for (; i < rest.Length && i < 18; i++)
        {
            uint digit = (uint)(rest[i] - '0');
            if (digit > 9)
                break;
            value = value * 10 + digit;
        }
        // What follows is a literal, which a further digit, a point or an exponent does not match.
        return i == 0 || (i > 1 && rest[0] == (byte)'0') ? Lost : at + i;
    }

    // Eight characters at once, the first in the lowest byte: pairs of digits become numbers below 100, those below 10,000, and
    // so on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryEightDigits(ulong text, out uint value)
    {
        ulong digits = text ^ 0x3030_3030_3030_3030;
        value = 0;
        // A byte above 9 either has a high half, or gets one when 6 is added. The frame holds no byte above 0x7E.
        if (((digits | (digits + 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0) != 0)
            return false;
        digits = digits * 10 + (digits >> 8);
        ulong even = digits & 0x0000_00FF_0000_00FF, odd = (digits >> 16) & 0x0000_00FF_0000_00FF;
        value = (uint)((even * (100 + (1_000_000UL << 32)) + odd * (1 + (10_000UL << 32))) >> 32);
        return true;
    }

    private static int Flag(ReadOnlySpan<byte> frame, int at, out bool value)
    {
        int behind = After(frame, at, "true"u8);
        value = behind != Lost;
        return value ? behind : After(frame, at, "false"u8);
    }
}
