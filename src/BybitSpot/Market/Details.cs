namespace BybitSpot.Market;

/// <summary>The best bid and ask of a coin, all of it from one message.</summary>
public struct BookTop
{
    /// <summary>Empty, with its size, where nobody bids.</summary>
    public Figure Bid, BidSize;

    /// <summary>Empty, with its size, where nobody offers.</summary>
    public Figure Ask, AskSize;

    /// <summary>The message's <c>ts</c>, in milliseconds since 1970 (UTC); 0: there was none yet. The exchange repeats a book that does not change each 3 s.</summary>
    public long TimeMs;

    /// <summary>The message's <c>seq</c>; <see cref="Tick.NoSequence"/> if absent.</summary>
    public long Sequence;

    /// <summary>The message's <c>u</c>, which a repeated book repeats; -1 if absent.</summary>
    public long Update;
}

/// <summary>What tickers show of a coin's last 24 hours. A number that the exchange leaves empty is empty here.</summary>
public struct DayFigures
{
    public Figure High, Low;

    /// <summary>In the base coin; of inverse contracts in the quote.</summary>
    public Figure Volume;

    /// <summary>As a part of the price of then: 0.0015 is 0.15 %.</summary>
    public Figure Change;

    /// <summary>The <c>ts</c> of the newest ticker, which shows all of them or leaves out what has not changed; 0: there was none yet.</summary>
    public long TimeMs;

    /// <summary>The same ticker's <c>cs</c>.</summary>
    public long Sequence;
}

/// <summary>What is known of a coin beside its price. Each part has a time of its own.</summary>
public struct Details
{
    public BookTop Book;
    public DayFigures Day;
}
