using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class OddMessageTests
{
    [Fact, Trait("Fault", "16")]
    public void A_trade_with_an_empty_symbol_is_dropped()
    {
        Assert.Equal(Decoded.Dropped(DropReason.SymbolMismatch), Frames.Decode(Frames.Trades("ETHUSDT", Frames.Trade(symbol: ""))));
        Assert.Equal(Decoded.Dropped(DropReason.SymbolMismatch), Frames.Decode(Frames.Trades("ETHUSDT", Frames.Trade(symbol: ""), Frames.Trade())));
    }

    [Theory]
    [InlineData("BT")]
    [InlineData("RPI")]
    public void Of_a_flag_that_stands_twice_the_later_counts(string flag)
    {
        string frame = Frames.Trades("ETHUSDT", Frames.Trade()).Replace($"\"{flag}\":false", $"\"{flag}\":true,\"{flag}\":false", StringComparison.Ordinal);
        Assert.Equal(Verdict.Tick, Frames.Decode(frame).Verdict);
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("auth")]
    public void An_answer_of_another_kind_without_an_id_answers_no_request(string operation)
    {
        var subscriptions = new Subscriptions([BybitSpot.Market.Channel.Ticker], BybitSpot.Market.Venue.Spot);
        subscriptions.Want([(new("AUSDT", "A"), 0)]);
        subscriptions.NextRequest(default);
        subscriptions.Unwant([0]);
        subscriptions.NextRequest(default);
        Assert.False(subscriptions.Answer(new ControlMessage(operation, false, "rate limit", ""), default, out _));
    }
}
