using BybitSpot.Feed;
using Xunit;
using static BybitSpot.Feed.LivenessVerdict;

namespace BybitSpot.Tests.Feed;

public sealed class LivenessTests
{
    private Liveness _liveness = new();

    [Fact]
    public void A_ping_is_due_every_20_seconds()
    {
        At(0, Healthy);
        At(19.999, Healthy);
        At(20, PingDue);
        At(20, Healthy);
        _liveness.PongCame();
        At(39.999, Healthy);
        At(40, PingDue);
        _liveness.PongCame();
        At(59.9, Healthy);
        At(60.5, PingDue);
        _liveness.PongCame();
        At(80.4, Healthy);
        At(80.5, PingDue);
    }

    [Fact, Trait("Fault", "7")]
    public void Without_a_pong_the_connection_is_dead_10_seconds_after_the_ping()
    {
        At(20, PingDue);
        At(29.999, Healthy);
        At(30, NoPong);
        Assert.True(Liveness.PingEvery + Liveness.PongWithin <= TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void A_pong_from_before_does_not_answer_the_next_ping()
    {
        At(20, PingDue);
        _liveness.PongCame();
        At(30, Healthy);
        At(40, PingDue);
        At(50, NoPong);
    }

    [Fact, Trait("Fault", "5")]
    public void A_request_without_an_answer_for_10_seconds_kills_the_connection()
    {
        At(14.999, Healthy, request: 5);
        At(15, NoAck, request: 5);
        At(15, Healthy);
    }

    [Fact]
    public void A_coin_without_a_first_ticker_for_10_seconds_after_its_ack_kills_the_connection()
    {
        At(12.999, Healthy, acked: 3);
        At(13, NoFirstTicker, acked: 3);
        At(13, Healthy);
    }

    [Fact]
    public void A_line_on_which_something_comes_is_pinged_every_20_seconds_and_nothing_kills_it()
    {
        for (int second = 0; second < 3_600; second++)
        {
            LivenessVerdict verdict = _liveness.Check(TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(second), null, null);
            Assert.Equal(second > 0 && second % 20 == 0 ? PingDue : Healthy, verdict);
            if (verdict == PingDue)
                _liveness.PongCame();
        }
    }

    [Fact]
    public void After_the_process_was_frozen_the_ping_that_is_owed_comes_before_any_verdict()
    {
        At(19, Healthy);
        At(120, PingDue);
        At(129.9, Healthy);
        At(130, NoPong);
    }

    [Fact, Trait("Fault", "9")]
    public void A_line_silent_for_3_seconds_is_pinged_at_once_and_is_dead_5_seconds_later()
    {
        At(2.9, Healthy, heard: 0);
        At(3, PingDue, heard: 0);
        At(7.9, Healthy, heard: 0);
        At(8, NoPong, heard: 0);
    }

    [Fact, Trait("Fault", "9")]
    public void A_silent_line_whose_pongs_come_lives_for_ever()
    {
        double heard = 0;
        for (double now = 0; now < 3_600; now += 0.1)
        {
            LivenessVerdict verdict = _liveness.Check(TimeSpan.FromSeconds(now), TimeSpan.FromSeconds(heard), null, null);
            Assert.True(verdict is Healthy or PingDue);
            if (verdict != PingDue)
                continue;
            _liveness.PongCame();
            heard = now + 0.05;
        }
    }

    [Fact, Trait("Fault", "28")]
    public void A_pong_that_queues_behind_data_is_waited_for_longer()
    {
        At(3, PingDue, heard: 0);
        At(8, Healthy, heard: 7);
        At(12.9, Healthy, heard: 12);
        At(13, NoPong, heard: 12);
    }

    [Fact, Trait("Fault", "9")]
    public void Something_heard_at_the_moment_of_the_ping_is_no_reason_to_wait_longer_for_its_pong()
    {
        At(3, PingDue, heard: 0);
        At(8, NoPong, heard: 3);
        At(8, Healthy, heard: 3.001);
    }

    [Fact]
    public void While_a_pong_is_awaited_no_second_ping_is_sent_however_long_the_silence()
    {
        At(3, PingDue, heard: 0);
        At(6, Healthy, heard: 0);
        At(7.999, Healthy, heard: 0);
        _liveness.PongCame();
        At(8, PingDue, heard: 0);
    }

    [Fact]
    public void A_dead_ping_is_told_before_a_missing_answer_and_that_before_a_missing_ticker()
    {
        At(20, PingDue);
        At(30, NoPong, request: 1, acked: 1);
        _liveness.PongCame();
        At(30, NoAck, request: 1, acked: 1);
        At(30, NoFirstTicker, acked: 1);
        At(40, PingDue);
    }

    [Fact]
    public void A_ping_for_silence_puts_the_next_regular_one_off()
    {
        At(3, PingDue, heard: 0);
        _liveness.PongCame();
        At(22.999, Healthy);
        At(23, PingDue);
    }

    private void At(double seconds, object expected, double? request = null, double? acked = null, double? heard = null) =>
        Assert.Equal((LivenessVerdict)expected, _liveness.Check(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(heard ?? seconds),
            request is null ? null : TimeSpan.FromSeconds(request.Value), acked is null ? null : TimeSpan.FromSeconds(acked.Value)));
}
