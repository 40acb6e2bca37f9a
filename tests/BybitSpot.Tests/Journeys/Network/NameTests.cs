using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

public sealed class NameTests
{
    private const string Name = "stream.exchange.test";

    [Fact]
    [Trait("Fault", "29")]
    public void A_name_that_is_not_known_is_asked_for_at_every_try_and_where_it_moves_the_next_connection_goes()
    {
        using NetworkStage stage = NetworkStage.Open();
        using Journey journey = Prepare(stage, out Exchange elsewhere);
        using Exchange alsoEnded = elsewhere;
        journey.Run();
        FaultTimes unknown = FaultTimes.Begin("29", "the name is not known");
        Assert.Contains(Name, journey.Bot.Log("feed_connect_failed", l => l.Text("reason").Contains("cannot be resolved")).Text("reason"));
        unknown.Seen();
        Until.True("asked again", () => journey.Bot.CountLogs("feed_connect_failed") >= 3, state: () => journey.Bot.ErrorText);
        Assert.Empty(journey.Exchange.Connections);

        stage.Know(names: (Name, stage.Exchange));
        unknown.Mended();
        journey.AwaitFirstPrices("BTCUSDT");
        unknown.Right();
        journey.TradeArrives("BTCUSDT", "101.00");

        stage.Know(names: (Name, stage.Elsewhere));
        // The old address would still take it.
        FaultTimes moved = FaultTimes.Begin("29", "the name has moved to another address");
        journey.Exchange.CloseAll(1012);
        journey.Bot.Log("feed_disconnected");
        moved.Seen();
        elsewhere.Trade("BTCUSDT", "202.00");
        journey.PriceBecomes("BTCUSDT", "202.00");
        moved.Right();
        Assert.Single(journey.Exchange.Connections);
        Assert.Single(elsewhere.Connections);
    }

    [Fact]
    [Trait("Fault", "29")]
    public void A_name_server_that_never_answers_is_given_up_after_10_s_and_asked_again()
    {
        Assert.SkipUnless(Repository.Long, "takes 25 s: set BYBITSPOT_LONG=1");
        using NetworkStage stage = NetworkStage.Open();
        using Journey journey = Prepare(stage, out Exchange elsewhere);
        using Exchange alsoEnded = elsewhere;
        stage.Know(nameServer: $"{stage.Exchange}");
        stage.Cut(53);
        FaultTimes times = FaultTimes.Begin("29", "the name server never answers");
        journey.Run();
        Assert.Equal("the look-up of the name took longer than 10 s", journey.Bot.Log("feed_connect_failed", limit: TimeSpan.FromSeconds(30)).Text("reason"));
        times.Seen();
        stage.Know(names: (Name, stage.Exchange));
        times.Mended();
        // The look-up that hangs is waited for: 12 s by the resolver's settings on this stage.
        Until.True("a first price", () => journey.Redis.Price("BTC") is not null, TimeSpan.FromSeconds(40), () => journey.Bot.ErrorText);
        times.Right();
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    // Two exchanges at two addresses and the same port; which of them the name leads to is for the test to say. Without REST,
    // whose names are the framework's matter.
    private static Journey Prepare(NetworkStage stage, out Exchange elsewhere)
    {
        int port = Repository.FreePort();
        elsewhere = Exchange.Start(new ExchangeOptions { BindAddress = stage.Elsewhere, Port = port });
        elsewhere.List("BTCUSDT", "BTC", "USDT", "0.01", "200.00");
        elsewhere.Trade("BTCUSDT", "200.01", seq: elsewhere.LastSeq("BTCUSDT") + 1_000);
        return stage.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["BYBIT_WS_URL"] = $"ws://{Name}:{port}/v5/public/spot", ["BYBIT_REST_URL"] = "" }, port);
    }
}
