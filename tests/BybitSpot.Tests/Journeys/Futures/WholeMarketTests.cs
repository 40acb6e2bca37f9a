using System.Text.Json;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Futures;

/// <summary>Every instrument of a market of derivatives, by the built program and a real Redis.</summary>
public sealed class WholeMarketTests
{
    private const string Every = "{\"coins\":[\"*\"]}";

    [Fact]
    public void Every_linear_instrument_has_a_price_under_a_key_of_its_own_those_before_their_launch_too()
    {
        using var journey = new FuturesJourney("linear", Every, e => e.ListAll());
        Bot bot = journey.Run("--quiet");
        string[] coins = [.. Listed.Of("linear").Select(l => CoinOf(l.Symbol))];
        Until.Equal("coins with a price", coins.Length, () => Keys(journey).Length, TimeSpan.FromSeconds(120), () => bot.ErrorText);
        Assert.Equal(coins.Order(StringComparer.Ordinal), Keys(journey));
        Assert.Contains(Listed.Of("linear"), l => l.Status == "PreLaunch");
        foreach (ListedSymbol known in Listed.Of("linear").Where((_, i) => i % 50 == 0))
            Assert.Equal(known.Symbol, journey.Redis.Hash("bybit_futures:" + CoinOf(known.Symbol))["original_symbol"]);
        Assert.Equal(coins.Length, bot.Log("watchlist_applied", l => l.Number("coins") > 0).Number("coins"));
        Assert.All((string[])["coin_refused", "topic_refused", "message_dropped"], e => Assert.Equal(0, bot.CountLogs(e)));
        // Few requests, and none that the exchange refuses for its size.
        string[] asked = [.. journey.Exchange.Requests.Select(r => r.Text).Where(t => t.Contains("\"subscribe\""))];
        Assert.InRange(asked.Max(t => t.Split("\",\"").Length), 150, 210);
        Assert.InRange(asked.Length, 8, 60);
    }

    [Fact]
    public void Every_inverse_instrument_has_a_price_under_its_symbol_and_btc_means_BTCUSD()
    {
        using var journey = new FuturesJourney("inverse", "{\"coins\":[\"btc\",\"*\"]}", e => e.ListAll());
        Bot bot = journey.Run("--quiet");
        string[] symbols = [.. Listed.Of("inverse").Select(l => l.Symbol)];
        Until.Equal("coins with a price", symbols.Length, () => Keys(journey).Length, state: () => bot.ErrorText);
        Assert.Equal(symbols.Order(StringComparer.Ordinal), Keys(journey));
        bot.Log("coin_tidied", l => l.Text("reason").StartsWith("taken as BTCUSD:"));
        journey.Exchange.Trade("BTCUSDZ26", "65100.50");
        journey.Becomes("BTCUSDZ26", "65100.50");
        Assert.Equal(0, bot.CountLogs("message_dropped"));
    }

    [Fact]
    public void Symbols_with_hyphens_and_underscores_are_themselves_wherever_they_are_shown()
    {
        string[] symbols = ["BTC-26DEC25", "WC_ENG_ARG_USDT-15JUL26", "BTCUSDT", "10000LADYSUSDT"];
        using var journey = new FuturesJourney("linear", "{\"coins\":[\"btc-26dec25\",\"WC_ENG_ARG_USDT-15JUL26\",\"BTC/USDT\",\"10000LADYSUSDT\"]}", e =>
        {
            foreach (string symbol in symbols)
                e.List(symbol, "65000.10");
        }, ("HTTP_COIN_METRICS", "true"), ("HTTP_URL", "http://127.0.0.1:" + Repository.FreePort()));
        Bot bot = journey.Run();
        foreach (string symbol in symbols)
        {
            journey.Becomes(CoinOf(symbol), "65000.10");
            journey.Exchange.Trade(symbol, "65000.20");
            journey.Becomes(CoinOf(symbol), "65000.20");
            Until.True($"{symbol} on stdout", () => bot.Prices.Any(l => l.StartsWith($"{CoinOf(symbol)}|65000.20|")), state: () => bot.ErrorText);
        }
        Page page = Page.Of(bot);
        foreach (string coin in symbols.Select(CoinOf))
        {
            Assert.Equal("65000.20", JsonDocument.Parse(page.Get("/prices/" + coin).Body).RootElement.GetProperty("price").GetString());
            Assert.Contains($"coin=\"{coin}\"", page.Get("/metrics").Body);
            using Bot get = journey.Tool("get", coin, "--json");
            Assert.Equal(0, get.Exit());
            Assert.Contains("65000.20", string.Join('\n', get.Prices));
        }
        Assert.Contains("WC_ENG_ARG_USDT-15JUL26", journey.Redis.Hash("price_feed:linear:main:coins").Keys);
        using Bot add = journey.Tool("coins", "add", "eth-26dec25", "perp");
        Assert.Equal(0, add.Exit());
        Assert.Contains("\"ETH-26DEC25\",\"PERPUSDT\"", File.ReadAllText(journey.CoinsFile));
        bot.Log("coin_refused", l => l.Text("symbol") == "ETH-26DEC25" && l.Text("reason") == "is not in the exchange's list of what trades");
        using Bot wrong = journey.Tool("coins", "add", "BTCUSD");
        Assert.Equal(2, wrong.Exit());
        Assert.Contains("is BTCUSDT meant?", wrong.ErrorText);
        using Bot check = journey.Tool("check");
        Assert.Equal(0, check.Exit());
        Assert.Contains("linear from 127.0.0.1", string.Join('\n', check.Prices));
        using Bot doctor = journey.Tool("doctor");
        doctor.Exit();
        Assert.Contains("first ticker", string.Join('\n', doctor.Prices));
        Assert.Equal(0, bot.CountLogs("message_dropped"));
    }

    [Fact]
    public void A_coin_before_its_launch_is_watched_and_goes_on_when_it_trades()
    {
        using var journey = new FuturesJourney("linear", "{\"coins\":[\"NEWUSDT\"]}", e => e.ListBeforeLaunch("NEWUSDT", "0.5000"));
        Bot bot = journey.Run("--quiet");
        journey.Becomes("NEW", "0.5000");
        Assert.Equal(0, bot.CountLogs("coin_refused"));
        journey.Exchange.Trade("NEWUSDT", "0.5100");
        journey.Becomes("NEW", "0.5100");
    }

    [Fact]
    public void Wanted_quotes_of_spot_are_watched_under_the_whole_symbol()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["QUOTES"] = "USDT,USDC,BRL" });
        journey.Exchange.List("BTCUSDC", "BTC", "USDC", "0.01", "65000.10");
        journey.Exchange.List("USDTBRL", "USDT", "BRL", "0.01", "5.40");
        journey.Exchange.List("BTCEUR", "BTC", "EUR", "0.01", "57000.00");
        journey.WriteCoins("*", "btc/usdc", "BTCEUR");
        Bot bot = journey.Run();
        foreach (string coin in (string[])["BTC", "BTCUSDC", "USDTBRL"])
            Until.True($"{coin} has a price", () => journey.Redis.Price(coin) is not null, state: () => bot.ErrorText);
        bot.Log("coin_refused", l => l.Text("symbol") == "BTCEUR" && l.Text("reason").Contains("only USDT, USDC and BRL pairs are taken (QUOTES"));
        Assert.Null(journey.Redis.Price("BTCEUR"));
        Assert.Equal("BTCUSDC", journey.Redis.Hash("bybit_spot:BTCUSDC")["original_symbol"]);
    }

    private static string CoinOf(string symbol) => symbol.EndsWith("USDT") ? symbol[..^4] : symbol;

    private static string[] Keys(FuturesJourney journey) =>
        [.. ((object?[])journey.Redis.Ask("KEYS", "bybit_futures:*")!).Select(k => ((string)k!)["bybit_futures:".Length..]).Order(StringComparer.Ordinal)];
}
