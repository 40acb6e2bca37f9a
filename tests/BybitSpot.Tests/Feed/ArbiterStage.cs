using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;
using static BybitSpot.Feed.Order;

namespace BybitSpot.Tests.Feed;

/// <summary>One coin's order, and messages to be judged by it.</summary>
public abstract class ArbiterStage
{
    private protected const long Second = 1_000;
    private protected ArbiterState _state;

    private protected void Judge(object expected, Stamp message)
    {
        Stamp before = _state.Newest;
        Order order = JudgeAny(message);
        Assert.True((Order)expected == order, $"{message}: {order} instead of {expected}, after {before}");
    }

    private protected Order JudgeAny(Stamp message)
    {
        Stamp before = _state.Newest;
        bool had = _state.HasNewest;
        Order order = Arbiter.Judge(ref _state, message);
        Assert.Equal(order == Newest ? message : before, _state.Newest);
        Assert.Equal(had || order == Newest, _state.HasNewest);
        return order;
    }

    private protected void Stands(Stamp expected) => Assert.Equal(expected, _state.Newest);

    private protected static Stamp Of(Channel channel, long sequence, long timeMs) => new(channel, 1, sequence, timeMs);

    private protected static Stamp Trade(long sequence, long timeMs, ulong id = 0, int line = 1) => new(Channel.Trade, line, sequence, timeMs, id);

    private protected static Stamp Ticker(long sequence, long timeMs, int line = 1) => new(Channel.Ticker, line, sequence, timeMs);
}
