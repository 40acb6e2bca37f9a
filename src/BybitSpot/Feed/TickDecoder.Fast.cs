// The quick way: frames of exactly the shape that the exchange sends on spot, byte for byte between the values, are taken
// without a JSON reader. What must stay true: it returns true only where the careful way returns Tick with the same fields.
// So every value is checked (printable ASCII, no escape, a price, a whole number), every literal compared, nothing skipped;
// anything else (other key order, a new field, linear's layout, an escape) is left to the careful way.
using System.Buffers;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal static partial class TickDecoder
{
    // What may stand anywhere in a frame of the quick shape: printable ASCII without the backslash.
    private static readonly SearchValues<byte> s_plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Where(c => c != '\\').Select(c => (byte)c)]);

    internal static bool TryFast(ReadOnlySpan<byte> frame, ref Message message)
    {
        if (frame.Length < 64 || frame.IndexOfAnyExcept(s_plain) >= 0)
            return false;
        message = default;
        return frame[10] == (byte)'t' ? TryFastTicker(frame, ref message) : TryFastTrade(frame, ref message);
    }

    private static bool TryFastTicker(ReadOnlySpan<byte> rest, ref Message message)
    {
        if (!Literal(ref rest, "{\"topic\":\"tickers."u8) || !Text(ref rest, out ReadOnlySpan<byte> symbol)
            || !Literal(ref rest, ",\"ts\":"u8) || !Number(ref rest, out long time)
            || !Literal(ref rest, ",\"type\":\"snapshot\",\"cs\":"u8) || !Number(ref rest, out long sequence)
            || !Literal(ref rest, ",\"data\":{\"symbol\":\""u8) || !Literal(ref rest, symbol)
            || !Literal(ref rest, "\",\"lastPrice\":\""u8) || !Text(ref rest, out ReadOnlySpan<byte> price)
            || !Literal(ref rest, ",\"highPrice24h\":\""u8) || !Text(ref rest, out _)
            || !Literal(ref rest, ",\"lowPrice24h\":\""u8) || !Text(ref rest, out _)
            || !Literal(ref rest, ",\"prevPrice24h\":\""u8) || !Text(ref rest, out _)
            || !Literal(ref rest, ",\"volume24h\":\""u8) || !Text(ref rest, out _)
            || !Literal(ref rest, ",\"turnover24h\":\""u8) || !Text(ref rest, out _)
            || !Literal(ref rest, ",\"price24hPcnt\":\""u8) || !Text(ref rest, out _))
            return false;
        if (Literal(ref rest, ",\"usdIndexPrice\":\""u8) && !Text(ref rest, out _))
            return false;
        if (!rest.SequenceEqual("}}"u8) || symbol.IsEmpty || time is <= 0 or > IsoTime.TimeMsMax || !Price.IsValid(price))
            return false;
        message.Channel = Channel.Ticker;
        message.Symbol = symbol;
        message.Price = price;
        message.TimeMs = time;
        message.Sequence = sequence;
        return true;
    }

    private static bool TryFastTrade(ReadOnlySpan<byte> rest, ref Message message)
    {
        if (!Literal(ref rest, "{\"topic\":\"publicTrade."u8) || !Text(ref rest, out ReadOnlySpan<byte> symbol)
            || !Literal(ref rest, ",\"ts\":"u8) || !Number(ref rest, out long frameTime)
            || !Literal(ref rest, ",\"type\":\"snapshot\",\"data\":["u8) || symbol.IsEmpty || frameTime is <= 0 or > IsoTime.TimeMsMax)
            return false;
        bool priced = false;
        do
        {
            if (!Literal(ref rest, "{\"i\":\""u8) || !Text(ref rest, out ReadOnlySpan<byte> id)
                || !Literal(ref rest, ",\"T\":"u8) || !Number(ref rest, out long time)
                || !Literal(ref rest, ",\"p\":\""u8) || !Text(ref rest, out ReadOnlySpan<byte> price)
                || !Literal(ref rest, ",\"v\":\""u8) || !Text(ref rest, out _)
                || !Literal(ref rest, ",\"S\":\""u8) || !Text(ref rest, out _)
                || !Literal(ref rest, ",\"seq\":"u8) || !Number(ref rest, out long sequence)
                || !Literal(ref rest, ",\"s\":\""u8) || !Literal(ref rest, symbol)
                || !Literal(ref rest, "\",\"BT\":"u8) || !Flag(ref rest, out bool isBlock)
                || !Literal(ref rest, ",\"RPI\":"u8) || !Flag(ref rest, out bool isRetail)
                || !Literal(ref rest, "}"u8)
                || time is <= 0 or > IsoTime.TimeMsMax || !Price.IsValid(price))
                return false;
            if (!isBlock && !isRetail)
            {
                priced = true;
                message.Price = price;
                message.TimeMs = time;
                message.Sequence = sequence;
                message.TradeId = TradeIdOf(id);
            }
        }
        while (Literal(ref rest, ","u8));
        if (!priced || !rest.SequenceEqual("]}"u8))
            return false;
        message.Channel = Channel.Trade;
        message.Symbol = symbol;
        return true;
    }

    private static bool Literal(scoped ref ReadOnlySpan<byte> rest, scoped ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected))
            return false;
        rest = rest[expected.Length..];
        return true;
    }

    /// <summary>A string's text up to its closing quote, which is taken too; the frame was checked to hold no escapes.</summary>
    private static bool Text(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        int end = rest.IndexOf((byte)'"');
        if (end < 0)
        {
            text = default;
            return false;
        }
        text = rest[..end];
        rest = rest[(end + 1)..];
        return true;
    }

    /// <summary>A whole number as JSON writes it (no leading zero), 0 to 18 digits' worth; longer ones are left to the careful way.</summary>
    private static bool Number(scoped ref ReadOnlySpan<byte> rest, out long value)
    {
        value = 0;
        int i = 0;
        for (; i < rest.Length && i < 18; i++)
        {
            uint digit = (uint)(rest[i] - '0');
            if (digit > 9)
                break;
            value = value * 10 + digit;
        }
        if (i == 0 || (i > 1 && rest[0] == (byte)'0'))
            return false;
        // What follows is a literal, which a further digit, a point or an exponent does not match.
        rest = rest[i..];
        return true;
    }

    private static bool Flag(scoped ref ReadOnlySpan<byte> rest, out bool value)
    {
        value = rest.StartsWith("true"u8);
        return value ? Literal(ref rest, "true"u8) : Literal(ref rest, "false"u8);
    }
}
