using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Coins;

/// <summary>Which symbols are taken, and what is said about the others.</summary>
public sealed class SymbolTests
{
    [Fact]
    [Trait("Fault", "56")]
    public void Duplicates_small_letters_and_spaces_are_tidied_with_a_warning()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.WriteCoins("BTCUSDT", " ethusdt ", "BTCUSDT", "btcusdt");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        Assert.Contains("taken as ETHUSDT", bot.Log("coin_tidied", l => l.Text("symbol") == " ethusdt ").Text("reason"));
        Assert.Contains("more than once", bot.Log("coin_tidied", l => l.Text("symbol") == "BTCUSDT").Text("reason"));
        Assert.All(bot.Logs.Where(l => l.Event == "coin_tidied"), l => Assert.Equal("warn", l.Text("level")));
        Assert.Equal(2, bot.Log("watchlist_applied").Number("coins"));
        string asked = string.Join('\n', journey.Exchange.Requests.Select(r => r.Text));
        Assert.Equal(2, asked.Split("tickers.BTCUSDT").Length);
        Assert.Equal(["bybit_spot:BTC", "bybit_spot:ETH"], journey.Redis.Keys());
    }

    [Fact]
    public void A_symbol_that_the_exchange_does_not_list_is_left_out_with_a_warning_and_the_others_live()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.Bot.Log("instruments_loaded");
        journey.WriteCoins("BTCUSDT", "NOSUCHUSDT");
        LogLine told = journey.Bot.Log("coin_refused", l => l.Text("symbol") == "NOSUCHUSDT");
        Assert.Contains("not in the exchange's list", told.Text("reason"));
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.DoesNotContain(journey.Exchange.Requests, r => r.Text.Contains("NOSUCHUSDT"));
    }

    [Fact]
    public void A_coin_listed_after_the_start_is_taken_when_the_file_names_it()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.Bot.Log("instruments_loaded");
        journey.Exchange.List("NEWUSDT", "NEW", "USDT", "0.01", "5.00");
        journey.WriteCoins("BTCUSDT", "NEWUSDT");
        journey.AwaitFirstPrices("NEWUSDT");
        Assert.Equal(0, journey.Bot.CountLogs("coin_refused"));
    }

    [Fact]
    public void With_REST_off_a_symbols_form_decides()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["BYBIT_REST_URL"] = "" });
        journey.WriteCoins("BTCUSDT", "NOTAPAIR", "ETHUSDT");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        Assert.Contains("is not a USDT pair", bot.Log("coin_refused").Text("reason"));
        Assert.Equal(0, journey.Exchange.RestRequests);
        Assert.Equal(0, bot.CountLogs("rest_off"));
    }

    [Fact]
    public void A_pair_that_is_not_quoted_in_USDT_is_refused()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.List("ETHUSDC", "ETH", "USDC", "0.01", "1900.00");
        journey.Exchange.List("USDTBRL", "USDT", "BRL", "0.01", "5.40");
        journey.WriteCoins("BTCUSDT", "ETHUSDC", "USDTBRL");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        bot.Log("instruments_loaded");
        bot.Log("coin_refused", l => l.Text("symbol") == "ETHUSDC" && l.Text("reason").Contains("only USDT pairs"));
        bot.Log("coin_refused", l => l.Text("symbol") == "USDTBRL" && l.Text("reason").Contains("USDT pair"));
        Assert.Equal(["bybit_spot:BTC"], journey.Redis.Keys());
        Assert.DoesNotContain(journey.Exchange.Requests, r => r.Text.Contains("USDC") || r.Text.Contains("BRL"));
    }
}
