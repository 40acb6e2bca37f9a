namespace BybitSpot.Simulator;

internal enum TickerShape
{
    Snapshot,

    /// <summary>Linear and inverse: only what changed. Spot has snapshots only.</summary>
    Delta,
}

// Data frames in the exchange's shapes and key orders (spot puts cs early, linear puts cs and ts last). Pure.
//   {"topic":"tickers.BTCUSDT","ts":1,"type":"snapshot","cs":2,"data":{"symbol":"BTCUSDT","lastPrice":"65140.5",…}}
//   {"topic":"publicTrade.ETHUSDT","ts":1,"type":"snapshot","data":[{"i":"…","T":1,"p":"1923.28","v":"0.04","S":"Sell","seq":2,"s":"ETHUSDT","BT":false,"RPI":false}]}
//   {"topic":"orderbook.1.BTCUSDT","ts":2,"type":"snapshot","data":{"s":"BTCUSDT","b":[["16493.5","0.006"]],"a":[["16611","0.029"]],"u":3,"seq":4},"cts":1}
internal static class Payloads
{
    /// <param name="withPrice">Whether a delta shows the price; it shows the volume where that is another than was published last.</param>
    /// <param name="lastPrice">JSON that stands for the price instead; empty: no such key.</param>
    public static void Ticker(TextBuffer into, string market, Listing listing, long timeMs, TickerShape shape, bool withPrice = true, string? lastPrice = null)
    {
        into.Clear().Add("{\"topic\":\""u8).Add(listing.TickerTopic).Add("\","u8);
        if (market == "spot")
        {
            into.Add("\"ts\":"u8).Add(timeMs).Add(",\"type\":\"snapshot\",\"cs\":"u8).Add(listing.Cs);
            into.Add(",\"data\":{\"symbol\":\""u8).Add(listing.Symbol).Add("\","u8);
            AddPrice(into, listing, lastPrice);
            AddDay(into, listing);
            into.Add(",\"usdIndexPrice\":\""u8).Add(listing.UsdIndex).Add("\"}}"u8);
            return;
        }
        into.Add(shape == TickerShape.Snapshot ? "\"type\":\"snapshot\",\"data\":{\"symbol\":\""u8 : "\"type\":\"delta\",\"data\":{\"symbol\":\""u8);
        into.Add(listing.Symbol).Add("\","u8);
        if (shape == TickerShape.Snapshot)
        {
            AddPrice(into.Add("\"tickDirection\":\"PlusTick\","u8), listing, lastPrice);
            AddDay(into, listing);
            into.Add(",\"markPrice\":\""u8).Add(listing.Price).Add("\",\"indexPrice\":\""u8).Add(listing.UsdIndex).Add("\""u8);
        }
        else
        {
            if (withPrice || lastPrice is not null) AddPrice(into, listing, lastPrice);
            if (listing.Volume != listing.PublishedVolume) into.Add("\"volume24h\":\""u8).Add(listing.Volume).Add("\",\"turnover24h\":\""u8).Add(listing.Turnover).Add("\","u8);
            into.Add("\"indexPrice\":\""u8).Add(listing.UsdIndex).Add("\""u8);
        }
        into.Add("},\"cs\":"u8).Add(listing.Cs).Add(",\"ts\":"u8).Add(timeMs).Add("}"u8);
    }

    public static void BeginTrades(TextBuffer into, string market, Listing listing, long timeMs)
    {
        into.Clear().Add("{\"topic\":\""u8).Add(listing.TradeTopic).Add("\","u8);
        if (market == "spot") into.Add("\"ts\":"u8).Add(timeMs).Add(",\"type\":\"snapshot\",\"data\":["u8);
        else into.Add("\"type\":\"snapshot\",\"ts\":"u8).Add(timeMs).Add(",\"data\":["u8);
    }

    public static void AddTrade(TextBuffer into, string market, Listing listing, in TradeEntry trade)
    {
        if (trade.Index > 0) into.Add(","u8);
        var number = listing.TradeNumber++;
        // Unbroken runs of "Buy" would hide a client that mistakes the side for something else.
        var side = number % 2 == 0 ? "Buy"u8 : "Sell"u8;
        if (market == "spot")
        {
            into.Add("{\"i\":\""u8).Add(number).Add("\",\"T\":"u8).Add(trade.TimeMs).Add(",\"p\":\""u8).Add(listing.Price);
            into.Add("\",\"v\":\""u8).Add(trade.Size).Add("\",\"S\":\""u8).Add(side).Add("\""u8);
            if (trade.WithSeq) into.Add(",\"seq\":"u8).Add(listing.Seq);
            into.Add(",\"s\":\""u8).Add(listing.Symbol).Add("\",\"BT\":"u8);
            into.Add(trade.Block ? "true"u8 : "false"u8).Add(",\"RPI\":"u8).Add(trade.Rpi ? "true"u8 : "false"u8).Add("}"u8);
            return;
        }
        into.Add("{\"T\":"u8).Add(trade.TimeMs).Add(",\"s\":\""u8).Add(listing.Symbol).Add("\",\"S\":\""u8).Add(side);
        into.Add("\",\"v\":\""u8).Add(trade.Size).Add("\",\"p\":\""u8).Add(listing.Price);
        into.Add("\",\"L\":\"PlusTick\",\"i\":\""u8).Add(new Guid((int)number, (short)(number >> 32), (short)(number >> 48), 1, 2, 3, 4, 5, 6, 7, 8).ToString());
        into.Add("\",\"BT\":"u8).Add(trade.Block ? "true"u8 : "false"u8).Add(",\"RPI\":"u8).Add(trade.Rpi ? "true"u8 : "false"u8);
        if (trade.WithSeq) into.Add(",\"seq\":"u8).Add(listing.Seq);
        into.Add("}"u8);
    }

    public static void EndTrades(TextBuffer into) => into.Add("]}"u8);

    public static void Book(TextBuffer into, string market, Listing listing, long timeMs)
    {
        var book = listing.Book;
        into.Clear().Add("{\"topic\":\""u8).Add(book.Topic).Add("\","u8);
        if (market == "spot") into.Add("\"ts\":"u8).Add(timeMs).Add(",\"type\":\"snapshot\""u8);
        else into.Add("\"type\":\"snapshot\",\"ts\":"u8).Add(timeMs);
        into.Add(",\"data\":{\"s\":\""u8).Add(listing.Symbol).Add("\",\"b\":["u8);
        AddSide(into, book.Bid);
        AddSide(into.Add("],\"a\":["u8), book.Ask);
        into.Add("],\"u\":"u8).Add(book.Update).Add(",\"seq\":"u8).Add(book.Seq);
        into.Add("},\"cts\":"u8).Add(book.ChangedAtMs).Add("}"u8);
    }

    private static void AddSide(TextBuffer into, BookSide side)
    {
        if (side is { Price: { } price, Size: { } size }) into.Add("[\""u8).Add(price).Add("\",\""u8).Add(size).Add("\"]"u8);
    }

    private static void AddPrice(TextBuffer into, Listing listing, string? lastPrice)
    {
        if (lastPrice is null) into.Add("\"lastPrice\":\""u8).Add(listing.Price).Add("\","u8);
        else if (lastPrice.Length > 0) into.Add("\"lastPrice\":"u8).Add(lastPrice).Add(","u8);
    }

    private static void AddDay(TextBuffer into, Listing listing)
    {
        into.Add("\"highPrice24h\":\""u8).Add(listing.High).Add("\",\"lowPrice24h\":\""u8).Add(listing.Low);
        into.Add("\",\"prevPrice24h\":\""u8).Add(listing.PreviousDay).Add("\",\"volume24h\":\""u8).Add(listing.Volume);
        into.Add("\",\"turnover24h\":\""u8).Add(listing.Turnover).Add("\",\"price24hPcnt\":\""u8).Add(listing.Change24h).Add("\""u8);
    }
}

/// <summary>One entry of a publicTrade frame; price and seq are the listing's when it is written.</summary>
internal readonly record struct TradeEntry(int Index, long TimeMs, string Size, bool Block, bool Rpi, bool WithSeq);
