using System.Text;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

// A connection that is torn down in the middle of a frame. The half frame carries a price of its own and a high sequence, so
// that taking any of it would show.
public sealed class ResetTests
{
    [Fact]
    [Trait("Fault", "27")]
    public void A_reset_by_something_on_the_way_in_the_middle_of_a_frame_leaves_nothing_of_it_and_the_next_connection_is_right()
    {
        using var relay = new TcpRelay();
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["BYBIT_WS_URL"] = $"ws://127.0.0.1:{relay.Port}/v5/public/spot" });
        relay.TargetPort = journey.Exchange.Port;
        ComesBack(journey, "a RST from the way", () => relay.Reset(0));
        Assert.Contains("reset", journey.Bot.Log("feed_disconnected").Text("reason"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [Trait("Fault", "27")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_socket_that_the_kernel_kills_in_the_middle_of_a_frame_leaves_nothing_of_it_and_the_next_connection_is_right(bool atTheExchange)
    {
        using NetworkStage stage = NetworkStage.Open();
        using Journey journey = stage.Prepare(["BTCUSDT", "ETHUSDT"]);
        ComesBack(journey, atTheExchange ? "ss -K at the exchange" : "ss -K at the program", () => stage.Kill(journey.Exchange.Port, atTheExchange));
    }

    private static void ComesBack(Journey journey, string what, Action kill)
    {
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        using var watch = new WriteWatch(journey.Redis);
        long seq = journey.Exchange.LastSeq("BTCUSDT") + 1, now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        // In one write: when the whole one has been taken, the half one is there as well.
        byte[] whole = RawFrames.Text(Encoding.UTF8.GetBytes(Frames.Trade("BTCUSDT", "\"101.00\"", seq, now)));
        journey.Exchange.BroadcastBytes([.. whole, .. RawFrames.Half(Frames.Ticker("BTCUSDT", "\"666.66\"", seq + 1_000_000, now))]);
        journey.PriceBecomes("BTCUSDT", "101.00");

        FaultTimes times = FaultTimes.Begin("27", what);
        kill();
        journey.Bot.Log("feed_disconnected");
        times.Seen();
        // Nobody hears of this one: the new connection has to bring it.
        journey.Exchange.Trade("ETHUSDT", "55.55");
        journey.PriceBecomes("ETHUSDT", "55.55");
        times.Right();
        journey.AwaitConnection(2, topics: 4);
        journey.Exchange.Trade("BTCUSDT", "102.00", seq: seq + 1);
        Assert.Equal("102.00", watch.UpTo("BTC", "102.00")[^1].Price);
        Assert.DoesNotContain(watch.Of("BTC"), w => w.Price == "666.66");
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
    }
}
