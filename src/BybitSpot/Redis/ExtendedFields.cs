// The fields that a hash has beside the three of the contract, with REDIS_HASH_FIELDS=extended. Pure. Part of the contract as well: they
// may grow, never change. A field of which nothing is known is not there; the others of its group are of one message, and of one time:
//
//   seq                  the exchange's sequence of the price                  } of timestamp, like the price
//   received_at          when the message came that brought it, by this machine's clock
//   source               trade, ticker or rest                                 }
//   bid bid_size ask ask_size                    the best, from orderbook.1;   of book_timestamp
//   high_24h low_24h volume_24h change_24h       from tickers;                 of day_timestamp
using System.Buffers.Text;
using BybitSpot.Market;

namespace BybitSpot.Redis;

internal readonly ref struct ExtendedFields
{
    public const int Count = 13;

    /// <summary>Most bytes that all of them take as words of a command, names and values.</summary>
    public const int BytesMax = Count * 72;

    /// <summary>What formatting takes.</summary>
    public const int ScratchBytes = 4 * IsoTime.Length;

    // In the order in which scripts take them; the sequence first, which a guarded write has a place of its own for.
    private static readonly string[] s_names =
    [
        "seq", "received_at", "source", "bid", "bid_size", "ask", "ask_size", "book_timestamp", "high_24h", "low_24h", "volume_24h", "change_24h", "day_timestamp",
    ];

    private static readonly byte[][] s_words = [.. s_names.Select(n => System.Text.Encoding.ASCII.GetBytes(n))];

    private readonly ref readonly Details _details;
    private readonly ReadOnlySpan<byte> _sequence, _receivedAt, _source, _bookTime, _dayTime;

    /// <param name="receivedMs">When the price's message came, in milliseconds since 1970; 0: unknown.</param>
    /// <param name="scratch">Of <see cref="ScratchBytes"/>; the fields stand there.</param>
    public ExtendedFields(in Tick tick, ref readonly Details details, long receivedMs, Span<byte> scratch)
    {
        _details = ref details;
        _receivedAt = Time(receivedMs, scratch);
        _bookTime = Time(details.Book.TimeMs, scratch[IsoTime.Length..]);
        _dayTime = Time(details.Day.TimeMs, scratch[(2 * IsoTime.Length)..]);
        Span<byte> sequence = scratch[(3 * IsoTime.Length)..];
        if (tick.Sequence > 0 && Utf8Formatter.TryFormat(tick.Sequence, sequence, out int digits))
            _sequence = sequence[..digits];
        _source = tick.IsSeed ? "rest"u8 : tick.Source == Channel.Trade ? "trade"u8 : "ticker"u8;
        for (int field = 0; field < Count; field++)
            if (!Value(field).IsEmpty)
                Present |= 1 << field;
    }

    public static IReadOnlyList<string> Names => s_names;

    /// <summary>A bit for each field that there is.</summary>
    public int Present { get; }

    /// <summary>Writes some of them, name and value by turns, as words of a command, an empty value where there is none; nothing is allocated.</summary>
    /// <param name="which">A bit for each.</param>
    public int WriteThese(int which, Span<byte> into)
    {
        int at = 0;
        for (int field = 0; field < Count; field++)
        {
            if ((which & (1 << field)) == 0)
                continue;
            at += Resp.Bulk(s_words[field], into[at..]);
            at += Resp.Bulk(Value(field), into[at..]);
        }
        return at;
    }

    /// <summary>Writes the values of all from one on, an empty word for one that there is not.</summary>
    public int WriteValues(int from, Span<byte> into)
    {
        int at = 0;
        for (int field = from; field < Count; field++)
            at += Resp.Bulk(Value(field), into[at..]);
        return at;
    }

    private ReadOnlySpan<byte> Value(int field) => field switch
    {
        0 => _sequence,
        1 => _receivedAt,
        2 => _source,
        3 => _details.Book.Bid.Text,
        4 => _details.Book.BidSize.Text,
        5 => _details.Book.Ask.Text,
        6 => _details.Book.AskSize.Text,
        7 => _bookTime,
        8 => _details.Day.High.Text,
        9 => _details.Day.Low.Text,
        10 => _details.Day.Volume.Text,
        11 => _details.Day.Change.Text,
        _ => _dayTime,
    };

    private static ReadOnlySpan<byte> Time(long timeMs, Span<byte> into)
    {
        if (timeMs <= 0)
            return default;
        IsoTime.Format(Math.Min(timeMs, IsoTime.TimeMsMax), into);
        return into[..IsoTime.Length];
    }
}
