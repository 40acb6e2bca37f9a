using BybitSpot.Feed;
using Xunit;
using static BybitSpot.Feed.CanaryVerdict;

namespace BybitSpot.Tests.Feed;

public sealed class CanaryTests
{
    private Canary _canary = new();

    [Fact, Trait("Fault", "9")]
    public void Without_data_the_canary_is_subscribed_after_3_seconds_a_ticker_asked_anew_after_5_and_5_later_the_stream_is_mute()
    {
        At(2.999, Nothing, data: 0);
        At(3, Subscribe, data: 0);
        At(3, Nothing, data: 0);
        At(4.999, Nothing, data: 0);
        At(5, Probe, data: 0);
        At(5, Nothing, data: 0);
        At(9.999, Nothing, data: 0);
        At(10, Mute, data: 0);
        At(10.1, Mute, data: 0);
    }

    [Fact]
    public void A_stream_on_which_data_comes_needs_no_canary()
    {
        for (double now = 0; now < 600; now += 0.1)
            At(now, Nothing, data: Math.Max(0, now - 2.9));
    }

    [Fact]
    public void The_canary_is_subscribed_once_a_connection()
    {
        At(3, Subscribe, data: 0);
        At(4, Nothing, data: 3.5);
        At(6.6, Nothing, data: 3.5);
        At(104, Nothing, data: 101);
        _canary = new Canary();
        At(3, Subscribe, data: 0);
    }

    [Fact]
    public void A_ticker_is_asked_anew_only_after_5_seconds_without_the_canary_either()
    {
        At(3, Subscribe, data: 0);
        At(5, Nothing, data: 0.5);
        At(5.499, Nothing, data: 0.5);
        At(5.5, Probe, data: 0.5);
    }

    [Fact]
    public void A_process_that_slept_asks_before_it_condemns()
    {
        At(600, Subscribe, data: 0);
        At(600.1, Probe, data: 0);
        At(605, Nothing, data: 0);
        At(605.1, Mute, data: 0);
    }

    [Fact, Trait("Fault", "9")]
    public void A_snapshot_in_time_acquits_the_stream_and_the_next_question_is_10_seconds_after_the_last()
    {
        At(3, Subscribe, data: 0);
        At(5, Probe, data: 0);
        At(9.999, Nothing, data: 9.9);
        At(14.899, Nothing, data: 9.9);
        At(14.999, Nothing, data: 9.9);
        At(15, Probe, data: 9.9);
        At(19.999, Nothing, data: 9.9);
        At(20, Mute, data: 9.9);
    }

    [Fact]
    public void Data_at_the_moment_of_the_question_is_no_answer_to_it()
    {
        At(3, Subscribe, data: 0);
        At(5, Probe, data: 0);
        At(10, Mute, data: 5);
    }

    [Fact]
    public void Ten_seconds_after_the_question_it_is_asked_again_however_often_it_was_answered()
    {
        At(3, Subscribe, data: 0);
        At(5, Probe, data: 0);
        At(15, Probe, data: 5.1);
        At(25, Probe, data: 15.1);
        At(35, Probe, data: 25.1);
    }

    [Fact]
    public void Where_there_is_nothing_to_ask_with_the_stream_is_never_mute()
    {
        At(3, Subscribe, data: 0);
        At(5, Probe, data: 0);
        for (double now = 5; now < 600; now += 10)
        {
            _canary.Acquit(TimeSpan.FromSeconds(now));
            At(now, Nothing, data: 0);
            At(now + 5, Nothing, data: 0);
            At(now + 9.999, Nothing, data: 0);
            At(now + 10, Probe, data: 0);
        }
    }

    [Fact]
    public void After_somebody_has_shown_that_prices_stand_still_a_ticker_is_asked_anew_before_the_stream_is_mute()
    {
        At(3, Subscribe, data: 0);
        At(5, Probe, data: 0);
        At(10, Mute, data: 0);
        _canary.Acquit(TimeSpan.FromSeconds(10));
        At(19.999, Nothing, data: 0);
        At(20, Probe, data: 0);
        At(24.999, Nothing, data: 0);
        At(25, Mute, data: 0);
    }

    [Fact]
    public void Data_that_comes_after_an_acquittal_counts()
    {
        At(3, Subscribe, data: 0);
        At(5, Probe, data: 0);
        At(10, Mute, data: 0);
        _canary.Acquit(TimeSpan.FromSeconds(10));
        At(20, Probe, data: 14.9);
        At(24, Nothing, data: 21.1);
        At(25, Nothing, data: 21.1);
    }

    private void At(double seconds, object expected, double data) =>
        Assert.Equal((CanaryVerdict)expected, _canary.Check(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(data)));
}
