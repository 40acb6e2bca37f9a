// The few words of Redis' protocol that the sink speaks, version 2: commands are arrays of bulk strings. Pure, on buffers.
using System.Buffers.Text;
using System.Numerics;
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.Redis;

internal static class Resp
{
    /// <summary>A command, for what is said seldom.</summary>
    public static byte[] Command(params ReadOnlySpan<string> words)
    {
        var text = new StringBuilder().Append('*').Append(words.Length).Append("\r\n");
        foreach (string word in words)
            text.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Writes one word of a command; nothing is allocated.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Bulk(ReadOnlySpan<byte> word, Span<byte> into)
    {
        int at = BulkHead(word.Length, into);
        word.CopyTo(into[at..]);
        "\r\n"u8.CopyTo(into[(at + word.Length)..]);
        return at + word.Length + 2;
    }

    /// <summary>The same of a text.</summary>
    public static int Bulk(string word, Span<byte> into)
    {
        int length = Encoding.UTF8.GetByteCount(word);
        int at = BulkHead(length, into);
        Encoding.UTF8.GetBytes(word, into[at..]);
        "\r\n"u8.CopyTo(into[(at + length)..]);
        return at + length + 2;
    }

    private static int BulkHead(int length, Span<byte> into)
    {
        into[0] = (byte)'$';
        Utf8Formatter.TryFormat(length, into[1..], out int digits);
        "\r\n"u8.CopyTo(into[(1 + digits)..]);
        return 3 + digits;
    }
}

/// <summary>One coin's HSET, all of it made beforehand but the price and the time.</summary>
internal sealed class PriceCommand
{
    // HSET, the key, three fields.
    private const string WordsOfContract = "*8\r\n";

    private const string TimestampHead = "\r\n$9\r\ntimestamp\r\n$24\r\n";

    private readonly byte[] _head;
    private readonly byte[] _tail;

    public PriceCommand(Instrument instrument)
    {
        Key = PriceKeys.KeyOf(instrument);
        Instrument = instrument;
        _head = Encoding.ASCII.GetBytes(
            $"{WordsOfContract}$4\r\nHSET\r\n${Encoding.UTF8.GetByteCount(Key)}\r\n{Key}\r\n${PriceKeys.PriceField.Length}\r\n{PriceKeys.PriceField}\r\n$");
        _tail = Encoding.ASCII.GetBytes(
            $"\r\n${PriceKeys.SymbolField.Length}\r\n{PriceKeys.SymbolField}\r\n${instrument.Symbol.Length}\r\n{instrument.Symbol}\r\n");
        LengthMax = _head.Length + 4 + Price.LengthMax + TimestampHead.Length + IsoTime.Length + _tail.Length;
    }

    public string Key { get; }

    public Instrument Instrument { get; }

    /// <summary>Most bytes that the price alone takes.</summary>
    public int LengthMax { get; }

    /// <summary>Writes the command; nothing is allocated.</summary>
    /// <returns>How many bytes it took.</returns>
    public int Write(in Tick tick, Span<byte> into)
    {
        _head.AsSpan().CopyTo(into);
        int at = _head.Length;
        ReadOnlySpan<byte> price = tick.Price.Text;
        Utf8Formatter.TryFormat(price.Length, into[at..], out int digits);
        at += digits;
        into[at++] = (byte)'\r';
        into[at++] = (byte)'\n';
        price.CopyTo(into[at..]);
        at += price.Length;
        "\r\n$9\r\ntimestamp\r\n$24\r\n"u8.CopyTo(into[at..]);
        at += TimestampHead.Length;
        IsoTime.Format(tick.TimeMs, into[at..]);
        at += IsoTime.Length;
        _tail.AsSpan().CopyTo(into[at..]);
        return at + _tail.Length;
    }

    /// <summary>The same with more fields than those of the contract, all in one command.</summary>
    /// <param name="which">A bit for each of them; the source is always one.</param>
    public int WriteMore(in Tick tick, in ExtendedFields fields, int which, Span<byte> into)
    {
        // "*8" becomes "*10" to "*34".
        int at = Write(tick, into[1..]) + 1;
        into[0] = (byte)'*';
        Utf8Formatter.TryFormat(8 + 2 * BitOperations.PopCount((uint)which), into[1..], out _);
        return at + fields.WriteThese(which, into[at..]);
    }
}
