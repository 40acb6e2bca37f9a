using System.Text.Json;
using BybitSpot.Market;
using BybitSpot.Tests.Journeys.Servers;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Markets;

/// <summary>Instances that share the coins out among them, with one exchange and one Redis.</summary>
public sealed class ShardJourneyTests
{
    private const int Count = 3;

    private static readonly string[] s_symbols = [.. Enumerable.Range(1, 24).Select(i => $"C{i:00}USDT")];

    [Fact]
    public void Every_coin_is_in_exactly_one_through_reloads_and_a_star_and_a_removed_one_keeps_its_hash()
    {
        using Journey journey = Journey.Prepare(s_symbols);
        var bots = new List<Bot>();
        try
        {
            for (int i = 0; i < Count; i++)
                bots.Add(journey.StartAnother($"box-{i}", ("SHARD", $"{i}/{Count}"), ("HTTP_URL", "http://127.0.0.1:0")));
            Shared(journey, bots, s_symbols);
            for (int i = 0; i < Count; i++)
                Assert.Equal($"{i}/{Count}", journey.Redis.Hash($"price_feed:spot:box-{i}")["shard"]);

            journey.Exchange.List("LATEUSDT", "9.00");
            File.WriteAllText(journey.CoinsFile, "{\"coins\":[\"*\"]}");
            Shared(journey, bots, [.. s_symbols, "LATEUSDT"]);

            string[] left = s_symbols[1..];
            journey.WriteCoins(left);
            Shared(journey, bots, left);
            // It may be another's by now.
            Assert.Equal("100.00", journey.Redis.Price("C01"));
        }
        finally
        {
            bots.ForEach(b => b.Dispose());
        }
    }

    [Fact]
    public void One_alone_says_that_it_shows_a_part()
    {
        using Journey journey = Journey.Prepare(s_symbols, new Dictionary<string, string> { ["SHARD"] = "1/3", ["INSTANCE_ID"] = "box-1", ["HTTP_URL"] = "http://127.0.0.1:0" });
        Bot bot = journey.Run(flags: "--quiet");
        string[] mine = [.. s_symbols.Select(s => s[..^4]).Where(new Shard(1, Count).Holds)];
        journey.AwaitFirstPrices([.. mine.Select(c => c + "USDT")]);
        Page page = Page.Of(bot);
        page.Becomes("/readyz", 200);
        JsonElement status = JsonDocument.Parse(page.Get("/status").Body).RootElement;
        Assert.Equal(("1/3", mine.Length), (status.GetProperty("shard").GetString(), status.GetProperty("coins").GetInt32()));
        Until.True("its status is in Redis", () => journey.Redis.Ask("HGET", "price_feed:spot:box-1", "shard") is "1/3", state: () => bot.ErrorText);
        using Bot get = Bot.Start(["get"], journey.Environment, journey.Folder);
        Assert.Equal(0, get.Exit());
        Assert.Equal(mine.Order(StringComparer.Ordinal), get.Prices.Skip(1).Select(l => l.Split(' ')[0]));
        Assert.Contains("only a part of the coins is watched: of those that share them out 1/3 runs", get.ErrorText);
    }

    // Each coin has a price, and one instance that watches it.
    private static void Shared(Journey journey, List<Bot> bots, string[] symbols)
    {
        string[] coins = [.. symbols.Select(s => s[..^4]).Order(StringComparer.Ordinal)];
        Until.Equal("each coin is watched once", string.Join(' ', coins), () => string.Join(' ', Enumerable.Range(0, bots.Count).SelectMany(i => journey.Redis.Hash($"price_feed:spot:box-{i}:coins").Keys).Order(StringComparer.Ordinal)), state: () => bots[0].ErrorText);
        foreach (string coin in coins)
            Until.True($"{coin} has a price", () => journey.Redis.Price(coin) is not null);
        for (int i = 0; i < bots.Count; i++)
            Assert.All(journey.Redis.Hash($"price_feed:spot:box-{i}:coins").Keys, c => Assert.True(new Shard(i, Count).Holds(c), c));
    }
}
