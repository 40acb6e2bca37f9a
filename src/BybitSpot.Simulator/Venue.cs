namespace BybitSpot.Simulator;

// What is listed and what it costs: either a market that tests and the price walk move (ListedMarket) or a recording being
// played (RecordedMarket). Always used under the exchange's gate.
internal interface IVenue
{
    /// <summary>The exchange's own idea of the time, in Unix milliseconds.</summary>
    long NowMs { get; }

    /// <summary>Whether a subscription to the topic is taken.</summary>
    bool Knows(string topic);

    /// <summary>A subscription was taken.</summary>
    void Subscribed(string topic);

    /// <summary>The tickers or order book frame to send after the ack; false when there is none now.</summary>
    bool TrySnapshot(string topic, TextBuffer into);

    /// <summary>The elements of REST's instruments-info list, in order.</summary>
    IEnumerable<(string Symbol, string Json)> Instruments();

    /// <summary>The elements of REST's tickers list.</summary>
    IEnumerable<(string Symbol, string Json)> Tickers();
}

internal static class Topic
{
    /// <summary>The one depth of the order book that is served: its kind, with the point behind it.</summary>
    public const string BestBook = "orderbook.1.";

    public static bool IsOfBook(string topic) => topic.StartsWith("orderbook.", StringComparison.Ordinal);

    /// <summary>The last part: "orderbook.200.BTCUSDT" is about BTCUSDT.</summary>
    public static string Symbol(string topic) => topic[(topic.LastIndexOf('.') + 1)..];

    /// <summary>The kinds of the public stream, with as many parts as each has.</summary>
    public static bool HasKnownKind(string topic)
    {
        var parts = topic.Split('.');
        return parts[0] switch
        {
            "tickers" or "publicTrade" or "allLiquidation" => parts.Length == 2,
            "orderbook" or "kline" => parts.Length == 3,
            _ => false,
        };
    }
}
