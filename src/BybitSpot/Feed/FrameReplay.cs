// Recorded messages through the same decoder, order rule and table as a line's, without a connection. One thread. What must stay true:
// no clock is asked, whatever time matters stands in the recording, so the same messages in the same order come to the same prices.
//
// What a live feed knows besides is not in a recording: REST, which may believe a sequence that has started anew sooner, and that a coin
// was taken off the list. Coins are those whose topics are seen.
using System.Text;
using System.Text.Json;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Feed;

/// <summary>What became of recorded messages.</summary>
public sealed class ReplayCounts
{
    private static readonly DropReason[] s_reasons = Enum.GetValues<DropReason>();

    private readonly long[] _dropped = new long[s_reasons.Length];

    public long Tickers { get; internal set; }

    public long Trades { get; internal set; }

    /// <summary>Of order books, usable.</summary>
    public long Books { get; internal set; }

    /// <summary>Answers of the exchange to requests, and what else has no topic.</summary>
    public long Controls { get; internal set; }

    /// <summary>Prices that were taken.</summary>
    public long Prices { get; internal set; }

    /// <summary>Older than what stood.</summary>
    public long Late { get; internal set; }

    /// <summary>What stood, once more.</summary>
    public long Duplicates { get; internal set; }

    /// <summary>Of wanted topics, in order, and without a price: a delta, trades that do not count.</summary>
    public long Unpriced { get; internal set; }

    /// <summary>Of coins that are not wanted.</summary>
    public long Others { get; internal set; }

    /// <summary>Messages that were dropped, by the reason as logs name it; those that there were.</summary>
    public IEnumerable<KeyValuePair<string, long>> Dropped =>
        s_reasons.Where(r => _dropped[(int)r] > 0).Select(r => KeyValuePair.Create(DropCounter.Name(r), _dropped[(int)r]));

    internal void Drop(DropReason reason) => _dropped[(int)reason]++;
}

/// <param name="table">Where the prices go.</param>
/// <param name="market">What the coins of symbols are called.</param>
/// <param name="wanted">Whether a coin is; null: all are.</param>
/// <param name="details">Whether what messages tell beside prices is put there as well.</param>
/// <param name="time">For time stamps of receipt alone.</param>
public sealed partial class FrameReplay(LatestTable table, MarketRules market, Func<string, bool>? wanted, bool details, TimeProvider time)
{
    /// <summary>How far the recording's time may go on before the bound on times in the future is looked at again.</summary>
    private const long ClockEveryMs = 100;

    /// <summary>In the map of symbols: of a coin that is not wanted.</summary>
    private const int OtherSlot = -3;

    private readonly Arbitration _arbitration = new(table);
    private readonly List<(Instrument Instrument, int Slot)> _coins = [];
    private SymbolMap _symbols = SymbolMap.Empty;
    private TimeCeiling _ceiling;
    private long _clockMs;
    private bool _tradesAlone;

    // Of each slot the lines, as bits, on which a ticker has shown its price: there one without a price says that it is what it was.
    private readonly ulong[] _shownOn = new ulong[LatestTable.SlotsMax];

    // The same of those on which the last that came could not be used: there one without a price says nothing.
    private readonly ulong[] _unusableOn = new ulong[LatestTable.SlotsMax];

    public ReplayCounts Counts { get; } = new();

    /// <summary>A message that came in.</summary>
    /// <param name="line">The line that it came on, 1 to 63.</param>
    /// <param name="receivedMs">When, in milliseconds since 1970, by the recording.</param>
    /// <returns>The slot of the coin whose price it has become; -1: none.</returns>
    public int Take(int line, ReadOnlySpan<byte> frame, long receivedMs)
    {
        if (Math.Abs(receivedMs - _clockMs) >= ClockEveryMs)
            _ceiling.SetClock(_clockMs = receivedMs);
        if (DetailsDecoder.IsBook(frame) && TakeBook(frame))
            return -1;
        var message = default(Message);
        Verdict verdict = TickDecoder.Decode(frame, _tradesAlone, ref message);
        if (verdict == Verdict.Control)
        {
            Counts.Controls++;
            return -1;
        }
        if (verdict == Verdict.Malformed && message.Fault == DropReason.UnknownTopic && TakeBook(frame))
            return -1;
        if (verdict == Verdict.Malformed)
            return Unusable(line, message, message.Fault);
        if (message.Channel == Channel.Ticker)
            Counts.Tickers++;
        else
            Counts.Trades++;
        int slot = _symbols.Find(message.Symbol);
        if (slot == -1)
            slot = Meet(message.Symbol);
        if (slot < 0)
        {
            if (slot == OtherSlot)
                Counts.Others++;
            else
                Counts.Drop(DropReason.UnknownSymbol);
            return -1;
        }
        if (verdict == Verdict.Unpriced)
        {
            if (message.Channel == Channel.Ticker && !_ceiling.Accepts(message.TimeMs))
                return Unusable(line, message, DropReason.Future);
            Counts.Unpriced++;
            if (message.Channel == Channel.Ticker)
                TakeDay(line, slot, message, frame);
            return message.HasTraded && ((_shownOn[slot] & ~_unusableOn[slot]) >> line & 1) != 0
                ? Counted(_arbitration.Confirm(slot, message.Sequence, message.TimeMs, traded: true, time.GetTimestamp()), line, slot)
                : -1;
        }
        return Judge(line, slot, message, frame);
    }

    /// <summary>A request that was sent: of trades alone, those of retail count for the price; and what tickers showed before it, a new connection may not know.</summary>
    public void Asked(int line, ReadOnlySpan<byte> request)
    {
        try
        {
            var reader = new Utf8JsonReader(request);
            bool subscribes = false, tickers = false, trades = false;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.String)
                    continue;
                subscribes |= reader.ValueTextEquals("subscribe"u8);
                tickers |= !reader.HasValueSequence && reader.ValueSpan.StartsWith("tickers."u8);
                trades |= !reader.HasValueSequence && reader.ValueSpan.StartsWith("publicTrade."u8);
            }
            if (!subscribes || !(tickers || trades))
                return;
            _tradesAlone = !tickers;
            foreach (ref ulong shownOn in _shownOn.AsSpan(0, table.Count))
                shownOn &= ~(1UL << line);
            ForgetDays(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Whoever sent it did not mean the exchange to read it either.
        }
    }

    private int Judge(int line, int slot, in Message message, ReadOnlySpan<byte> frame)
    {
        if (!_ceiling.Accepts(message.TimeMs))
            return Unusable(line, message, DropReason.Future);
        if (message.Channel == Channel.Ticker)
        {
            _shownOn[slot] |= 1UL << line;
            TakeDay(line, slot, message, frame);
        }
        var stamp = new Stamp(message.Channel, line, message.Sequence, message.TimeMs, message.TradeId, message.IdMark, Stamp.MarkOf(message.Price));
        return Counted(_arbitration.Publish(slot, stamp, message.Price, time.GetTimestamp(), frame), line, slot);
    }

    // As a line does it, see Line.OnUnusable.
    private int Unusable(int line, in Message message, DropReason fault)
    {
        Counts.Drop(fault);
        if (!message.Symbol.IsEmpty && _symbols.Find(message.Symbol) is var slot and >= 0)
        {
            _unusableOn[slot] |= 1UL << line;
            if (message.Channel == Channel.Ticker)
            {
                _shownOn[slot] &= ~(1UL << line);
                MissDay(line, slot);
            }
        }
        return -1;
    }

    private int Counted(Order order, int line, int slot)
    {
        if (order is Order.Newest or Order.Duplicate or Order.Held)
            _unusableOn[slot] &= ~(1UL << line);
        switch (order)
        {
            case Order.Newest:
                Counts.Prices++;
                return slot;
            case Order.Duplicate or Order.Held:
                Counts.Duplicates++;
                return -1;
            default:
                Counts.Late++;
                return -1;
        }
    }

    // A symbol that is seen for the first time. One that no coin can have is not remembered: there may be any number of them.
    private int Meet(ReadOnlySpan<byte> symbol)
    {
        if (symbol.Length is 0 or > Instrument.SymbolLengthMax || _coins.Count == LatestTable.SlotsMax)
            return -1;
        foreach (byte c in symbol)
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'-' or (byte)'_' or (byte)'.'))
                return -1;
        string text = Encoding.ASCII.GetString(symbol);
        Instrument instrument = market.FromForm(text) ?? market.Named(text, text);
        int slot = OtherSlot;
        if (wanted is null || wanted(instrument.Coin))
        {
            slot = table.Add(instrument);
            _arbitration.Begin(slot);
            _details?.Begin(slot);
        }
        _coins.Add((instrument, slot));
        _symbols = new SymbolMap(_coins);
        return slot;
    }
}
