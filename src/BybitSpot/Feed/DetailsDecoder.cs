// What messages of the stream tell of a coin beside its price: the best bid and ask, and a ticker's figures of the last 24 hours. Pure: no
// clock, no log, nothing allocated. For runs that ask for it; the way of a price does not lead through here.
//
//   {"topic":"orderbook.1.BTCUSDT","ts":1786310819126,"type":"snapshot","data":{"s":"BTCUSDT","b":[["65140.4","0.51"]],"a":[["65140.5","1.2"]],
//     "u":4231,"seq":112488546160},"cts":1786310819123}
//
// A book of one level comes as snapshots alone; anything else of that topic is not taken for one. Of a side with several levels the first
// is the best. A side without levels has nobody on it. Of a ticker the four figures count together: one that is no number, and the
// message changes none of them. An empty text is a figure that there is not.
using System.Text.Json;
using BybitSpot.Market;

namespace BybitSpot.Feed;

/// <summary>One decoded message of an order book's topic. The span points into the frame, or into a copy.</summary>
internal ref struct BookMessage
{
    /// <summary>The topic's, in a message that is not to be used, too, if it is known; else empty.</summary>
    public ReadOnlySpan<byte> Symbol;

    public BookTop Top;

    /// <summary>Why the message is not to be used.</summary>
    public DropReason Fault;
}

/// <summary>What one ticker shows of a coin's last 24 hours.</summary>
internal struct DayChange
{
    public Figure High, Low, Volume, Change;

    /// <summary>Which of them the ticker names; the others are as they were.</summary>
    public bool HasHigh, HasLow, HasVolume, HasChange;
}

internal static class DetailsDecoder
{
    private static ReadOnlySpan<byte> BookPrefix => "orderbook.1."u8;

    /// <summary>Whether the frame begins as the exchange's messages of a book do.</summary>
    public static bool IsBook(ReadOnlySpan<byte> frame) => frame.StartsWith("{\"topic\":\"orderbook.1."u8);

    /// <summary>Decodes a message of a book's topic.</summary>
    /// <returns>False if it is not to be used; <see cref="BookMessage.Fault"/> says why.</returns>
    public static bool TryBook(ReadOnlySpan<byte> frame, out BookMessage message)
    {
        message = default;
        message.Top.Sequence = Tick.NoSequence;
        message.Top.Update = -1;
        try
        {
            ReadBook(frame, ref message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            message.Fault = DropReason.NotJson;
        }
        return message.Fault == DropReason.None;
    }

    /// <summary>Decodes a ticker that was taken for its price.</summary>
    /// <returns>False if one of the figures is no number.</returns>
    public static bool TryDay(ReadOnlySpan<byte> frame, out DayChange day)
    {
        day = default;
        var reader = new Utf8JsonReader(frame);
        bool isRight = true;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals("data"u8))
                continue;
            day = default;
            isRight = true;
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("highPrice24h"u8))
                    isRight &= day.HasHigh = TryFigure(ref reader, out day.High);
                else if (reader.ValueTextEquals("lowPrice24h"u8))
                    isRight &= day.HasLow = TryFigure(ref reader, out day.Low);
                else if (reader.ValueTextEquals("volume24h"u8))
                    isRight &= day.HasVolume = TryFigure(ref reader, out day.Volume);
                else if (reader.ValueTextEquals("price24hPcnt"u8))
                    isRight &= day.HasChange = TryFigure(ref reader, out day.Change);
                else
                    reader.Skip();
            }
        }
        return isRight;
    }

    private static bool TryFigure(scoped ref Utf8JsonReader reader, out Figure figure)
    {
        figure = default;
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped)
            return reader.ValueSpan.IsEmpty || Figure.TryParse(reader.ValueSpan, out figure);
        reader.Skip();
        return false;
    }

    private static void ReadBook(ReadOnlySpan<byte> frame, ref BookMessage message)
    {
        var reader = new Utf8JsonReader(frame);
        ReadOnlySpan<byte> topic = default, symbol = default;
        BookTop top = message.Top;
        bool isSnapshot = false;
        DropReason timeFault = DropReason.Time, dataFault = DropReason.Shape;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("topic"u8))
                topic = Text(ref reader);
            else if (reader.ValueTextEquals("type"u8))
                isSnapshot = Text(ref reader).SequenceEqual("snapshot"u8);
            else if (reader.ValueTextEquals("ts"u8))
                timeFault = IsWhole(ref reader, out top.TimeMs) && top.TimeMs is >= IsoTime.TimeMsMin and <= IsoTime.TimeMsMax ? DropReason.None : DropReason.Time;
            else if (reader.ValueTextEquals("data"u8))
                dataFault = ReadBookData(ref reader, ref top, out symbol);
            else
                reader.Skip();
        }
        reader.Read();
        message.Top = top;
        if (!topic.StartsWith(BookPrefix))
        {
            message.Fault = DropReason.UnknownTopic;
            return;
        }
        message.Symbol = topic[BookPrefix.Length..];
        message.Fault = !isSnapshot || message.Symbol.IsEmpty ? DropReason.Shape
            : timeFault != DropReason.None ? timeFault
            : dataFault != DropReason.None ? dataFault
            : symbol.SequenceEqual(message.Symbol) ? DropReason.None
            : DropReason.SymbolMismatch;
    }

    private static DropReason ReadBookData(scoped ref Utf8JsonReader reader, scoped ref BookTop top, out ReadOnlySpan<byte> symbol)
    {
        symbol = default;
        DropReason bidFault = DropReason.Shape, askFault = DropReason.Shape, sequenceFault = DropReason.None;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return DropReason.Shape;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("s"u8))
                symbol = Text(ref reader);
            else if (reader.ValueTextEquals("b"u8))
                bidFault = ReadSide(ref reader, out top.Bid, out top.BidSize);
            else if (reader.ValueTextEquals("a"u8))
                askFault = ReadSide(ref reader, out top.Ask, out top.AskSize);
            else if (reader.ValueTextEquals("u"u8))
            {
                if (!IsWhole(ref reader, out top.Update))
                    sequenceFault = DropReason.Sequence;
            }
            else if (reader.ValueTextEquals("seq"u8))
            {
                if (!IsWhole(ref reader, out top.Sequence))
                    sequenceFault = DropReason.Sequence;
            }
            else
                reader.Skip();
        }
        return bidFault != DropReason.None ? bidFault : askFault != DropReason.None ? askFault : sequenceFault;
    }

    // [["65140.4","0.51"],…]
    private static DropReason ReadSide(scoped ref Utf8JsonReader reader, out Figure price, out Figure size)
    {
        price = size = default;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return DropReason.Shape;
        }
        var fault = DropReason.None;
        for (int level = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; level++)
        {
            if (level > 0)
                reader.Skip();
            else if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                fault = DropReason.Shape;
            }
            else
                fault = ReadLevel(ref reader, out price, out size);
        }
        return fault;
    }

    private static DropReason ReadLevel(scoped ref Utf8JsonReader reader, out Figure price, out Figure size)
    {
        price = size = default;
        ReadOnlySpan<byte> first = default, second = default;
        int count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            ReadOnlySpan<byte> text = reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? reader.ValueSpan : default;
            if (count == 0)
                first = text;
            else if (count == 1)
                second = text;
            reader.Skip();
        }
        if (count < 2)
            return DropReason.Shape;
        if (!Price.IsValid(first) || !Figure.TryParse(first, out price))
            return DropReason.Price;
        return Figure.TryParse(second, out size) && size.Text[0] != '-' ? DropReason.None : DropReason.Figure;
    }

    private static bool IsWhole(scoped ref Utf8JsonReader reader, out long value)
    {
        value = -1;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value) && value >= 0)
            return true;
        reader.Skip();
        value = -1;
        return false;
    }

    // The text of the value that comes next; empty if it is none. Nothing that is looked for has to be escaped, so unescaping may allocate.
    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        byte[] unescaped = new byte[reader.ValueSpan.Length];
        return unescaped.AsSpan(0, reader.CopyString(unescaped));
    }
}
