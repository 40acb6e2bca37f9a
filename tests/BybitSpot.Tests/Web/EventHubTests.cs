using System.Buffers;
using System.Text;
using System.Text.Json;
using BybitSpot.App;
using BybitSpot.Market;
using BybitSpot.Signals;
using BybitSpot.Tests.Journeys;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BybitSpot.Tests.Web;

/// <summary>The hub over an engine that reaches nobody, so that all prices are the test's.</summary>
public sealed class EventHubTests : IDisposable
{
    private readonly Bridge _bridge;
    private readonly EventHub _hub;

    public EventHubTests()
    {
        var feed = new FeedOptions(new Uri($"ws://127.0.0.1:{Repository.FreePort()}/v5/public/spot"), Venue.Spot, [Channel.Ticker, Channel.Trade], 1, TimeSpan.FromSeconds(5), 0, null);
        _bridge = new Bridge(new BridgeOptions(feed, new RedisOptions("127.0.0.1", Repository.FreePort(), null, 0), false), NullLoggerFactory.Instance, TimeProvider.System);
        Watch("BTC", "ETH", "SOL");
        _bridge.Start();
        var who = new BoardIdentity("spot", "box-1", "1.2.3", DateTimeOffset.UnixEpoch, "ws://there", "127.0.0.1:1");
        _hub = new EventHub(new BoardOfBridge(_bridge, who, TimeProvider.System), _bridge.Latest, new Turns(), TimeProvider.System, static (_, _) => { });
    }

    public void Dispose()
    {
        _hub.Dispose();
        _bridge.Dispose();
    }

    [Fact]
    public void The_first_answer_has_the_whole_and_every_coin_the_next_only_what_changed_and_its_newest_value_alone()
    {
        Set("BTC", "1.50");
        using EventClient client = _hub.Join(null, trail: false)!;
        string first = Told(client);
        Assert.StartsWith("retry: 2000\n\nevent: status\ndata: {\"time\":\"", first);
        Assert.Equal(["BTC 1.50", "ETH ", "SOL "], Prices(first));
        JsonElement status = Data(first, "status")[0];
        Assert.Equal(("box-1", "connecting"), (status.GetProperty("instance").GetString(), status.GetProperty("state").GetString()));
        Assert.All(Coins(first), c => Assert.Equal($"{c.GetProperty("coin").GetString()}USDT", c.GetProperty("symbol").GetString()));

        for (int i = 0; i <= 50; i++)
            Set("ETH", $"2.{i:00}");
        string next = "";
        Until.True("the newest is told", () => Prices(next += Told(client)).Contains("ETH 2.50"));
        Assert.Equal("ETH 2.50", Prices(next).Last(p => p.StartsWith("ETH", StringComparison.Ordinal)));
        Assert.DoesNotContain(Coins(next), c => c.TryGetProperty("symbol", out _));
    }

    [Fact]
    public void A_client_that_was_away_for_many_changes_is_told_of_each_coin_once()
    {
        using EventClient slow = _hub.Join(null, trail: false)!, quick = _hub.Join(null, trail: false)!;
        Told(slow);
        Told(quick);
        for (int i = 1; i <= 5; i++)
        {
            Set("BTC", $"{i}");
            Set("SOL", $"{i}0");
            string told = "";
            Until.True("the quick one has it", () => Prices(told += Told(quick)).Contains($"BTC {i}"));
        }
        Assert.Equal(["BTC 5", "SOL 50"], Prices(Told(slow)).Where(p => !p.StartsWith("ETH", StringComparison.Ordinal)));
    }

    [Fact]
    public void Who_wants_some_coins_is_told_of_these_alone_those_included_that_are_watched_later_or_no_longer()
    {
        using EventClient client = _hub.Join(new HashSet<string> { "ETH", "XRP" }, trail: false)!;
        Assert.Equal(["ETH "], Prices(Told(client)));
        Set("BTC", "1");
        Watch("BTC", "ETH", "SOL", "XRP");
        string later = Until_it_tells_of(client, "XRP");
        Assert.Contains("XRP ", Prices(later));
        Assert.DoesNotContain(Coins(later), c => c.GetProperty("coin").GetString() is "BTC" or "SOL");
        Watch("BTC", "XRP");
        string told = "";
        Until.True("it is told", () => (told += Told(client)).Contains("removed", StringComparison.Ordinal));
        Assert.Contains(",\"removed\":[\"ETH\"]}", told);
        // What comes of it now brings it back for nobody; what is watched again is whole.
        Watch("BTC", "ETH", "XRP");
        Assert.Contains("\"symbol\":\"ETHUSDT\"", Until_it_tells_of(client, "ETH"));
    }

    [Fact]
    public void The_whole_is_told_again_each_second_though_nothing_changes()
    {
        using EventClient client = _hub.Join(new HashSet<string> { "NONE" }, trail: false)!;
        string told = "";
        Until.True("three times", () => Data(told += Told(client), "status").Length >= 3);
        JsonElement first = Assert.Single(Data(told, "prices"));
        Assert.Empty(first.GetProperty("coins").EnumerateArray());
    }

    [Fact]
    public async Task Whoever_has_been_told_all_waits_until_there_is_more()
    {
        using EventClient client = _hub.Join(null, trail: false)!;
        Told(client);
        for (int i = 0; i < 5; i++)
        {
            await client.More().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.NotEmpty(Told(client));
        }
    }

    [Fact]
    public void There_is_room_for_so_many_and_for_another_when_one_leaves()
    {
        EventClient[] clients = [.. Enumerable.Range(0, EventHub.ClientsMax).Select(_ => _hub.Join(null, trail: false)!)];
        Assert.All(clients, Assert.NotNull);
        Assert.Null(_hub.Join(null, trail: false));
        clients[7].TooSlow = true;
        clients[7].Dispose();
        using EventClient? another = _hub.Join(null, trail: false);
        Assert.NotNull(another);
        MetricFamily[] meters = [.. _hub.Meters()];
        Assert.Equal([EventHub.ClientsMax], meters[0].Samples.Select(s => (int)s.Value));
        Assert.Equal([1, 1], meters[1].Samples.Select(s => (int)s.Value));
        foreach (EventClient client in clients.Where((_, i) => i != 7))
            client.Dispose();
    }

    [Fact]
    public void Trails_are_told_to_whoever_asks_for_them()
    {
        Set("BTC", "1.5");
        using EventClient client = _hub.Join(null, trail: true)!;
        Until.True("its thread has taken a point", () =>
        {
            using EventClient other = _hub.Join(null, trail: true)!;
            return Told(other).Contains("\"trail\":[1.5]", StringComparison.Ordinal);
        });
        using EventClient without = _hub.Join(null, trail: false)!;
        Assert.DoesNotContain("trail", Told(without));
    }

    private void Watch(params string[] coins) => _bridge.Apply(Venue.Spot, Watchlist.Resolve([.. coins.Select(c => c + "USDT")], null, MarketRules.Spot).Watchlist);

    private void Set(string coin, string price)
    {
        Assert.True(_bridge.Latest.TryFind(new Instrument(coin + "USDT", coin), out int slot));
        Assert.True(Price.TryParse(Encoding.ASCII.GetBytes(price), out Price taken));
        _bridge.Latest.Set(slot, new Tick { Price = taken, TimeMs = 1_700_000_000_000, ReceivedAt = TimeProvider.System.GetTimestamp() });
    }

    private static string Told(EventClient client)
    {
        var output = new ArrayBufferWriter<byte>();
        client.Tell(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Until_it_tells_of(EventClient client, string coin)
    {
        string told = "";
        Until.True($"it tells of {coin}", () => Coins(told += Told(client)).Any(c => c.GetProperty("coin").GetString() == coin));
        return told;
    }

    private static JsonElement[] Data(string told, string kind) =>
        [.. told.Split("\n\n").Where(e => e.StartsWith($"event: {kind}\ndata: ", StringComparison.Ordinal)).Select(e => JsonDocument.Parse(e[(e.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).RootElement)];

    private static JsonElement[] Coins(string told) => [.. Data(told, "prices").SelectMany(p => p.GetProperty("coins").EnumerateArray())];

    private static string[] Prices(string told) => [.. Coins(told).Select(c => $"{c.GetProperty("coin").GetString()} {c.GetProperty("price").GetString()}")];
}
