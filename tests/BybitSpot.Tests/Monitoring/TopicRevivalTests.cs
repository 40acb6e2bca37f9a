using BybitSpot.Monitoring;
using Xunit;

namespace BybitSpot.Tests.Monitoring;

public sealed class TopicRevivalTests
{
    private readonly TopicRevival _revival = new();

    [Fact, Trait("Fault", "8")]
    public void A_dead_topic_is_subscribed_anew_then_its_line_is_replaced_ever_more_seldom()
    {
        RevivalState coin = default;
        var did = new List<(double, Revival)>();
        for (double at = 100; at <= 300; at += 0.25)
            if (_revival.Decide(ref coin, 0, 1, S(at)) is not Revival.Wait and var done)
                did.Add((at, done));
        Assert.Equal([(100, Revival.SubscribeAnew), (110, Revival.ReplaceLine), (130, Revival.ReplaceLine), (170, Revival.ReplaceLine), (230, Revival.ReplaceLine), (290, Revival.ReplaceLine)], did);
    }

    [Fact, Trait("Fault", "93")]
    public void A_coin_that_was_right_for_a_moment_keeps_its_pause_and_one_that_was_right_for_long_is_a_new_case()
    {
        RevivalState coin = default;
        Assert.Equal(Revival.SubscribeAnew, _revival.Decide(ref coin, 0, 1, S(100)));
        // Right at 101, dead again at 102.
        Assert.Equal(Revival.Wait, _revival.Decide(ref coin, 0, 1, S(102)));
        Assert.Equal(Revival.ReplaceLine, _revival.Decide(ref coin, 0, 1, S(110)));
        Assert.Equal(Revival.ReplaceLine, _revival.Decide(ref coin, 0, 1, S(130 + 599)));
        Assert.Equal(Revival.SubscribeAnew, _revival.Decide(ref coin, 0, 1, S(130 + 599 + 40 + 600)));
    }

    [Fact, Trait("Fault", "93")]
    public void However_many_coins_seem_dead_a_line_has_ten_requests_a_minute_for_it_and_another_line_its_own()
    {
        var coins = new RevivalState[100];
        foreach (int line in (int[])[0, 1])
        {
            int asked = 0;
            Array.Clear(coins);
            for (double at = 100; at < 160; at += 0.25)
                for (int i = 0; i < coins.Length; i++)
                    asked += _revival.Decide(ref coins[i], line, 1, S(at)) == Revival.Wait ? 0 : 1;
            Assert.Equal(TopicRevival.PerLineMax, asked);
        }
    }

    [Fact]
    public void Where_many_are_dead_at_once_the_line_is_replaced_first()
    {
        RevivalState few = default, many = default;
        Assert.Equal(Revival.SubscribeAnew, _revival.Decide(ref few, 0, TopicRevival.PerLineMax, S(100)));
        Assert.Equal(Revival.ReplaceLine, _revival.Decide(ref many, 0, TopicRevival.PerLineMax + 1, S(100)));
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);
}
