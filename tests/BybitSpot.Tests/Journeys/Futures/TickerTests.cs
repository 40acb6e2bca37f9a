using System.Globalization;
using BybitSpot.Simulator;
using BybitSpot.Tests.Feed;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Futures;

/// <summary>Snapshots and deltas of derivatives, frame by frame, through the built program into a real Redis.</summary>
public sealed class TickerTests
{
    private const string Symbol = "BTC-26DEC25";
    private const long T0 = FuturesMarket.FirstMs;

    [Theory]
    [InlineData("linear", "BTC-26DEC25", "WC_ENG_ARG_USDT-15JUL26", "1000PEPEUSDT")]
    [InlineData("inverse", "BTCUSD", "BTCUSDZ26", "ETHUSD")]
    public void Whole_streams_end_at_the_last_price_and_the_latest_time_at_which_the_exchange_said_so(string market, params string[] symbols)
    {
        using var journey = new FuturesJourney(market, Coins(symbols), e => List(e, symbols), ("BYBIT_REST_URL", ""));
        Bot bot = Begin(journey, symbols);
        FuturesMarket[] streams = [.. symbols.Select((s, i) => new FuturesMarket(i + 1, s, 300))];
        foreach (FuturesFrame frame in streams.SelectMany(s => s.Frames).OrderBy(f => f.AtMs))
            Send(journey, frame.Text);
        for (int i = 0; i < symbols.Length; i++)
        {
            string symbol = symbols[i];
            (string Price, string Time)? end = (streams[i].Last.Price, Iso(streams[i].Last.TimeMs));
            Until.Equal($"the end of {symbol}", end, () => journey.Of(CoinOf(symbol)), state: () => bot.ErrorText);
        }
        Assert.All((string[])["message_dropped", "coin_refused", "topic_refused"], e => Assert.Equal(0, bot.CountLogs(e)));
    }

    [Fact]
    [Trait("Fault", "15")]
    public void What_a_delta_leaves_out_is_as_it_was_and_a_trade_at_the_same_price_moves_the_time_alone()
    {
        using var journey = new FuturesJourney("linear", Coins(Symbol), e => List(e, Symbol), ("BYBIT_REST_URL", ""));
        Begin(journey, Symbol);
        Send(journey, Ticker("snapshot", "\"lastPrice\":\"65000.10\",\"volume24h\":\"7\"", 100, T0));
        Is(journey, "65000.10", T0);
        // The book moved: alive, and no more.
        Send(journey, Ticker("delta", "\"bid1Price\":\"64999.9\",\"basisRateYear\":\"\"", 110, T0 + 100));
        Send(journey, Trade("65000.20", 120, T0 + 150));
        Is(journey, "65000.20", T0 + 150);
        // Its price is that of the trade, whatever the tickers showed before.
        Send(journey, Ticker("delta", "\"volume24h\":\"8\"", 125, T0 + 200));
        Is(journey, "65000.20", T0 + 200);
        // One that comes late, and was in it.
        Send(journey, Trade("65000.10", 122, T0 + 160));
        Is(journey, "65000.10", T0 + 200);
        Send(journey, Ticker("delta", "\"lastPrice\":\"65000.30\",\"volume24h\":\"9\"", 130, T0 + 300));
        Is(journey, "65000.30", T0 + 300);
    }

    [Fact]
    [Trait("Fault", "21")]
    public void After_a_new_connection_deltas_confirm_nothing_until_it_has_shown_a_price()
    {
        using var journey = new FuturesJourney("linear", Coins(Symbol), e => List(e, Symbol), ("BYBIT_REST_URL", ""));
        Bot bot = Begin(journey, Symbol);
        Send(journey, Ticker("snapshot", "\"lastPrice\":\"65000.10\",\"volume24h\":\"7\"", 100, T0));
        Send(journey, Ticker("delta", "\"volume24h\":\"8\"", 105, T0 + 100));
        Is(journey, "65000.10", T0 + 100);
        journey.Exchange.FinAll();
        Until.True("it has subscribed anew", () => journey.Exchange.Connections.Count == 2 && journey.Exchange.Connections[1].Topics.Count == 2, state: () => bot.ErrorText);
        // The price may have moved meanwhile.
        Send(journey, Ticker("delta", "\"volume24h\":\"9\"", 200, T0 + 5_000));
        long before = bot.Counters().Number("messages");
        Send(journey, Ticker("delta", "\"bid1Price\":\"1\"", 201, T0 + 5_100));
        Until.True("it has been taken", () => bot.Counters().Number("messages") > before, state: () => bot.ErrorText);
        Is(journey, "65000.10", T0 + 100);
        Send(journey, Ticker("delta", "\"lastPrice\":\"64000.00\",\"volume24h\":\"9\"", 210, T0 + 5_200));
        Is(journey, "64000.00", T0 + 5_200);
        Send(journey, Ticker("delta", "\"volume24h\":\"10\"", 220, T0 + 5_300));
        Is(journey, "64000.00", T0 + 5_300);
    }

    [Fact]
    [Trait("Fault", "79")]
    public void After_a_ticker_that_could_not_be_used_deltas_confirm_nothing_until_one_shows_a_price()
    {
        using var journey = new FuturesJourney("linear", Coins(Symbol), e => List(e, Symbol), ("BYBIT_REST_URL", ""));
        Bot bot = Begin(journey, Symbol);
        Send(journey, Ticker("snapshot", "\"lastPrice\":\"65000.10\",\"volume24h\":\"7\"", 100, T0));
        Is(journey, "65000.10", T0);
        Send(journey, Ticker("delta", "\"lastPrice\":\"6.5e4\",\"volume24h\":\"8\"", 110, T0 + 100));
        Send(journey, Ticker("delta", "\"volume24h\":\"9\"", 120, T0 + 200));
        bot.Log("message_dropped");
        Until.True("both have come", () => bot.Counters().Number("dropped") == 1);
        Is(journey, "65000.10", T0);
        Send(journey, Ticker("delta", "\"lastPrice\":\"65000.50\",\"volume24h\":\"9\"", 130, T0 + 300));
        Is(journey, "65000.50", T0 + 300);
    }

    [Fact]
    public void A_coin_whose_book_alone_moves_is_fresh_and_its_time_stands_still()
    {
        using var journey = new FuturesJourney("linear", Coins(Symbol), e => List(e, Symbol), ("STALE_AFTER_MS", "1000"), ("BYBIT_REST_URL", ""));
        Bot bot = Begin(journey, Symbol);
        long start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), cs = 100;
        Send(journey, Ticker("snapshot", "\"lastPrice\":\"65000.10\",\"volume24h\":\"7\"", cs, start));
        Is(journey, "65000.10", start);
        Until.True("it is silent", () => journey.Worth(Symbol) is not (null or "fresh"), state: () => bot.ErrorText);
        Until.True("it is fresh again", () =>
        {
            Send(journey, Ticker("delta", $"\"bid1Price\":\"{++cs}\"", cs, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
            return journey.Worth(Symbol) == "fresh";
        }, state: () => bot.ErrorText);
        Is(journey, "65000.10", start);
    }

    [Fact]
    [Trait("Fault", "21")]
    public void The_days_figures_are_laid_over_those_of_before_and_never_over_what_was_missed()
    {
        using var journey = new FuturesJourney("linear", Coins(Symbol), e => List(e, Symbol), ("BYBIT_REST_URL", ""), ("REDIS_HASH_FIELDS", "extended"));
        Bot bot = Begin(journey, Symbol);
        Send(journey, Ticker("snapshot", "\"lastPrice\":\"65000.10\",\"highPrice24h\":\"65100\",\"lowPrice24h\":\"64000\",\"volume24h\":\"7\",\"price24hPcnt\":\"-0.01\"", 100, T0));
        Day("65100 64000 7 -0.01", T0);
        Send(journey, Ticker("delta", "\"volume24h\":\"8\"", 110, T0 + 100));
        Day("65100 64000 8 -0.01", T0 + 100);
        // Nothing of the day changed: they are as they were, and are so now.
        Send(journey, Ticker("delta", "\"bid1Price\":\"1\"", 120, T0 + 200));
        Day("65100 64000 8 -0.01", T0 + 200);
        // A ticker that could not be used may have changed some.
        Send(journey, Ticker("delta", "\"lastPrice\":\"6.5e4\",\"highPrice24h\":\"66000\"", 130, T0 + 300));
        Send(journey, Ticker("delta", "\"lastPrice\":\"65000.50\",\"volume24h\":\"9\"", 140, T0 + 400));
        Is(journey, "65000.50", T0 + 400);
        Day("65100 64000 8 -0.01", T0 + 200);
        Send(journey, Ticker("snapshot", "\"lastPrice\":\"65000.60\",\"highPrice24h\":\"66000\",\"lowPrice24h\":\"64000\",\"volume24h\":\"9\",\"price24hPcnt\":\"\"", 150, T0 + 500));
        Day("66000 64000 9 ", T0 + 500);

        void Day(string figures, long timeMs) => Until.Equal("the day's figures", (figures, Iso(timeMs)), () =>
        {
            Dictionary<string, string> hash = journey.Redis.Hash("bybit_futures:" + Symbol);
            return (string.Join(' ', ((string[])["high_24h", "low_24h", "volume_24h", "change_24h"]).Select(f => hash.GetValueOrDefault(f))), hash.GetValueOrDefault("day_timestamp", ""));
        }, state: () => bot.ErrorText);
    }

    private static Bot Begin(FuturesJourney journey, params string[] symbols)
    {
        // What the exchange made up for a first ticker would be newer than what is played.
        journey.Exchange.Faults.NoSnapshot = true;
        Bot bot = journey.Run("--quiet");
        Assert.True(journey.Exchange.WaitFor(e => e.Connections.Sum(c => c.Topics.Count) >= 2 * symbols.Length, Until.Limit), bot.ErrorText);
        return bot;
    }

    private static void Send(FuturesJourney journey, string frame) =>
        journey.Exchange.SendToTopic(System.Text.Json.JsonDocument.Parse(frame).RootElement.GetProperty("topic").GetString()!, frame, wait: true);

    private static void Is(FuturesJourney journey, string price, long timeMs)
    {
        (string Price, string Time)? expected = (price, Iso(timeMs));
        Until.Equal("price and time", expected, () => journey.Of(Symbol), state: () => journey.Bot!.ErrorText);
    }

    private static string Ticker(string type, string fields, long cs, long ts) =>
        $$$"""{"topic":"tickers.{{{Symbol}}}","type":"{{{type}}}","data":{"symbol":"{{{Symbol}}}",{{{fields}}}},"cs":{{{cs}}},"ts":{{{ts}}}}""";

    private static string Trade(string price, long seq, long timeMs) =>
        $$"""{"topic":"publicTrade.{{Symbol}}","type":"snapshot","ts":{{timeMs + 1}},"data":[{"T":{{timeMs}},"s":"{{Symbol}}","S":"Buy","v":"0.001","p":"{{price}}","L":"PlusTick","i":"{{Guid.NewGuid()}}","BT":false,"RPI":false,"seq":{{seq}}}]}""";

    private static void List(Exchange exchange, params string[] symbols)
    {
        foreach (string symbol in symbols)
            exchange.List(symbol, "65000.00");
    }

    private static string Coins(params string[] symbols) => "{\"coins\":[" + string.Join(',', symbols.Select(s => $"\"{s}\"")) + "]}";

    private static string CoinOf(string symbol) => symbol.EndsWith("USDT") ? symbol[..^4] : symbol;

    private static string Iso(long timeMs) => DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
