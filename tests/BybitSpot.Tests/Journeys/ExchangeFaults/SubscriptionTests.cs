using System.Text.Json;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

public sealed class SubscriptionTests
{
    private static readonly string[] s_ten = ["BTCUSDT", "ETHUSDT", "XRPUSDT", "ADAUSDT", "SOLUSDT", "DOGEUSDT", "LTCUSDT", "TRXUSDT", "DOTUSDT", "LINKUSDT"];

    [Theory]
    [Trait("Fault", "4")]
    [InlineData(false)]
    [InlineData(true)]
    public void One_refused_coin_of_ten_is_named_and_the_other_nine_live(bool exchangeRefusesTheBadOneAlone) =>
        RefusedAreNamedAndTheOthersLive(s_ten, ["SOLUSDT"], exchangeRefusesTheBadOneAlone);

    [Theory]
    [Trait("Fault", "4")]
    [InlineData(false)]
    [InlineData(true)]
    public void Several_refused_coins_among_25_are_named_and_the_others_live(bool exchangeRefusesTheBadOneAlone) =>
        RefusedAreNamedAndTheOthersLive(
            [.. Enumerable.Range(0, 25).Select(i => $"C{i:00}USDT")], ["C00USDT", "C06USDT", "C07USDT", "C08USDT", "C09USDT", "C24USDT"], exchangeRefusesTheBadOneAlone);

    [Fact]
    [Trait("Fault", "4")]
    public void Already_subscribed_is_no_error()
    {
        using Journey journey = Journey.Prepare(s_ten);
        journey.Exchange.Faults.AlreadySubscribed = true;
        journey.Run();
        journey.AwaitFirstPrices(s_ten);
        journey.Bot.Log("feed_subscribed", l => l.Number("topics") == 20);
        foreach (string symbol in s_ten)
            journey.TradeArrives(symbol, "101.00");
        Assert.Equal(0, journey.Bot.CountLogs("topic_refused"));
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "4")]
    public void A_refused_coin_is_asked_again_on_the_next_connection_in_a_request_of_its_own()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.Exchange.Faults.Refuse("ETHUSDT");
        journey.Run();
        journey.Bot.Log("topic_refused", l => l.Text("topic") == "publicTrade.ETHUSDT");
        journey.Exchange.Faults.Refuse("ETHUSDT", false);
        int asked = journey.Exchange.Requests.Count;
        journey.Exchange.CloseAll();
        journey.AwaitFirstPrices("ETHUSDT");
        string[][] requests = [.. journey.Exchange.Requests.Skip(asked).Select(r => Args(r.Text))];
        Assert.Contains(requests, args => args is ["tickers.ETHUSDT"]);
        Assert.Contains(requests, args => args is ["publicTrade.ETHUSDT"]);
        journey.TradeArrives("ETHUSDT", "55.00");
    }

    [Theory]
    [InlineData("no request ids")]
    [InlineData("late acks")]
    [InlineData("data before acks")]
    public void Answers_may_come_without_ids_or_late_or_behind_the_data(string how)
    {
        using Journey journey = Journey.Prepare(s_ten);
        journey.Exchange.Faults.NoReqId = how == "no request ids";
        journey.Exchange.Faults.AckDelayMs = how == "late acks" ? 500 : 0;
        journey.Exchange.Faults.DataBeforeAck = how == "data before acks";
        journey.Run();
        journey.AwaitFirstPrices(s_ten);
        journey.Bot.Log("feed_subscribed", l => l.Number("topics") == 20);
        journey.TradeArrives("LINKUSDT", "101.00");
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
        Assert.Single(journey.Exchange.Connections);
    }

    [Theory]
    [Trait("Fault", "57")]
    [InlineData(500, 1)]
    [InlineData(600, 2)]
    [InlineData(5_000, 11)]
    public void Many_coins_are_asked_for_in_batches_of_ten_and_21_000_characters_a_connection(int coins, int connections)
    {
        string[] symbols = [.. Enumerable.Range(0, coins).Select(i => $"C{i:000}USDT")];
        using Journey journey = Journey.Prepare(symbols);
        journey.Run();
        journey.AwaitFirstPrices(symbols);
        Assert.Equal(connections, journey.Exchange.Connections.Count);
        Assert.Equal(2 * coins, journey.Exchange.Connections.Sum(c => c.Topics.Count));
        var subscribes = journey.Exchange.Requests.Where(r => !r.Text.Contains("\"ping\"", StringComparison.Ordinal)).ToArray();
        Assert.All(subscribes, r => Assert.InRange(Args(r.Text).Length, 1, 10));
        Assert.All(
            subscribes.GroupBy(r => r.Connection),
            group => Assert.InRange(group.SelectMany(r => Args(r.Text)).Sum(topic => topic.Length), 1, 21_000));
        foreach (string symbol in symbols.Where((_, i) => i % 50 == 0).Append(symbols[^1]))
            journey.TradeArrives(symbol, "101.00");
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
    }

    private static void RefusedAreNamedAndTheOthersLive(string[] symbols, string[] refused, bool badAlone)
    {
        using Journey journey = Journey.Prepare(symbols);
        journey.Exchange.Faults.RefuseBadTopicAlone = badAlone;
        foreach (string symbol in refused)
            journey.Exchange.Faults.Refuse(symbol);
        FaultTimes times = FaultTimes.Begin($"{refused.Length} of {symbols.Length} coins refused: until the others live");
        journey.Run();
        string[] living = [.. symbols.Except(refused)];
        journey.Bot.Log("topic_refused");
        times.Seen();
        journey.AwaitFirstPrices(living);
        times.Right();
        foreach (string symbol in refused)
            foreach (string topic in (string[])[$"tickers.{symbol}", $"publicTrade.{symbol}"])
                Assert.Equal($"Invalid symbol :[{topic}]", journey.Bot.Log("topic_refused", l => l.Text("topic") == topic).Text("reason"));
        journey.Bot.Log("feed_subscribed", l => l.Number("topics") == 2 * living.Length);
        foreach (string symbol in living)
        {
            journey.TradeArrives(symbol, "101.00");
            // By the ticker alone too: each of the coin's topics flows.
            journey.Exchange.Faults.Silence($"publicTrade.{symbol}");
            journey.TradeArrives(symbol, "102.00");
        }
        Assert.Equal(2 * refused.Length, journey.Bot.CountLogs("topic_refused"));
        Assert.Single(journey.Exchange.Connections);
        Assert.All(refused, symbol => Assert.Null(journey.Redis.Price(symbol[..^4])));
    }

    private static string[] Args(string request)
    {
        using JsonDocument json = JsonDocument.Parse(request);
        return json.RootElement.TryGetProperty("args", out JsonElement args) ? [.. args.EnumerateArray().Select(a => a.GetString()!)] : [];
    }
}
