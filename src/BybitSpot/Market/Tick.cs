namespace BybitSpot.Market;

/// <summary>The kinds of topic that are subscribed.</summary>
public enum Channel : byte
{
    /// <summary><c>tickers.{symbol}</c>: a summary, at most every 50 ms; its sequence is that of the last trade.</summary>
    Ticker,

    /// <summary><c>publicTrade.{symbol}</c>: every trade, as it happens.</summary>
    Trade,

    /// <summary><c>orderbook.1.{symbol}</c>: the best bid and ask, at most every 10 ms, and each 3 s though nothing changes. It carries no price.</summary>
    Book,
}

/// <summary>One price of one coin at one moment, all of it from one message of the exchange.</summary>
public struct Tick
{
    /// <summary>Stands in <see cref="Sequence"/> when the message had none (recordings of 2023 have no <c>seq</c>).</summary>
    public const long NoSequence = -1;

    public Price Price;

    /// <summary>The exchange's time of this price, in milliseconds since 1970 (UTC): a trade's <c>T</c>, a ticker's <c>ts</c>.</summary>
    public long TimeMs;

    /// <summary>The exchange's <c>seq</c> (trade) or <c>cs</c> (ticker); both count the same trades. <see cref="NoSequence"/> if absent.</summary>
    public long Sequence;

    /// <summary>When its message was received, a time stamp of the time provider's; 0 if it came otherwise.</summary>
    public long ReceivedAt;

    /// <summary>The kind of topic that brought the price.</summary>
    public Channel Source;

    /// <summary>
    /// From REST, for a coin of which the stream has said nothing yet. It has the lowest rank: any message of the stream
    /// replaces it, and it never replaces anything.
    /// </summary>
    public bool IsSeed;
}
