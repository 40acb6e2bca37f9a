using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class LagMeterTests
{
    private const long DayMs = 24 * 3_600_000;

    private LagMeter _lag = new();

    [Fact, Trait("Fault", "69")]
    public void Where_the_exchanges_clock_is_known_the_lag_is_its_present_less_the_messages_time()
    {
        // The local clock is an hour behind: local time less message's time is 3,600,000 too small.
        Is(40, difference: -3_600_000 + 40, offset: 3_600_000);
        Is(15_000, difference: -3_600_000 + 15_000, offset: 3_600_000);
        Is(-3, difference: -3_600_000 - 3, offset: 3_600_000);
        Is(7, difference: 7, offset: 0);
    }

    [Fact]
    public void With_a_known_clock_even_the_first_message_is_late()
    {
        Is(12_000, difference: 11_500, offset: 500);
        Is(12_000, difference: 11_500, offset: 500);
    }

    [Fact, Trait("Fault", "69")]
    public void Where_it_is_unknown_the_lag_is_the_growth_over_the_smallest_difference()
    {
        Is(0, difference: 5_000);
        Is(100, difference: 5_100);
        Is(0, difference: 4_000);
        Is(1_100, difference: 5_100);
        Is(0, difference: -900_000);
        Is(905_100, difference: 5_100);
    }

    [Fact]
    public void Exactly_a_day_is_a_lag_and_more_is_another_time()
    {
        Is(DayMs, difference: DayMs, offset: 0);
        Is(1, difference: DayMs + 1, offset: 0);
        _lag = new LagMeter();
        Is(-DayMs, difference: -DayMs, offset: 0);
        Is(0, difference: -DayMs - 1, offset: 0);
    }

    [Fact]
    public void A_recording_of_past_days_is_late_only_by_what_it_loses_while_it_is_played()
    {
        const long PastMs = 400 * DayMs;
        Is(0, difference: PastMs, offset: 250);
        Is(30, difference: PastMs + 30, offset: 250);
        Is(11_000, difference: PastMs + 11_000, offset: 250);
        Is(0, difference: PastMs - 5, offset: 250);
    }

    [Fact]
    public void What_came_while_the_clock_was_known_counts_for_the_smallest_difference()
    {
        Is(20, difference: 10, offset: 10);
        Is(90, difference: 100);
    }

    [Fact]
    public void A_new_connection_starts_anew()
    {
        Is(0, difference: 10);
        _lag = new LagMeter();
        Is(0, difference: 9_000);
    }

    private void Is(long expected, long difference, long? offset = null) => Assert.Equal(expected, _lag.LagOf(difference, offset));
}
