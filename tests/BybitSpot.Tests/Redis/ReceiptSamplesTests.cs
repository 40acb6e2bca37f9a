using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>Which prices are timed on their way to Redis, and what their times come to.</summary>
public sealed class ReceiptSamplesTests
{
    private readonly HandClock _clock = new();
    private readonly LatestTable _table = new();
    private readonly DirtySet _changed;
    private readonly ReceiptSamples _samples;

    public ReceiptSamplesTests()
    {
        _table.Add(new Instrument("BTCUSDT", "BTC"));
        _table.Add(new Instrument("ETHUSDT", "ETH"));
        _changed = _table.CreateReader();
        _samples = new ReceiptSamples(_changed, _clock);
    }

    [Fact]
    public void Of_each_20th_of_a_second_one_price_is_a_sample_however_many_come() =>
        Assert.Equal(20, Enumerable.Range(0, 10_000).Count(i => _samples.Picks(At(1_000 + i / 10.0))));

    [Fact]
    public void Seldom_prices_are_samples_all() =>
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(_samples.Picks(At(1_000 + i * 51))));

    [Fact]
    public void What_was_received_at_another_time_than_what_is_written_beside_it_is_a_sample_too_once_for_its_time()
    {
        Assert.True(_samples.Picks(At(60_000)));
        Assert.True(_samples.Picks(At(20_000)));
        Assert.False(_samples.Picks(At(60_010)));
        Assert.False(_samples.Picks(At(20_040)));
    }

    [Fact]
    public void A_sample_counts_from_its_receipt_to_the_reply()
    {
        _samples.Record(At(1_000), At(1_003));
        Assert.Equal((3, 1), SumMsAndCount());
    }

    [Fact]
    public void Samples_that_a_break_cut_off_end_when_everything_sent_afterwards_is_taken_and_a_second_break_ends_nothing()
    {
        _samples.Keep(At(1_000));
        Assert.True(_samples.OnAllSent(7));
        Assert.False(_samples.OnAllSent(8));
        _samples.OnTaken(6, At(2_000));
        Assert.Equal((0, 0), SumMsAndCount());
        _samples.OnBreak();
        _samples.OnTaken(7, At(2_500));
        Assert.Equal((0, 0), SumMsAndCount());
        Assert.True(_samples.OnAllSent(12));
        // Too late for what is on its way already.
        _samples.Keep(At(2_900));
        _samples.OnTaken(12, At(3_000));
        Assert.Equal((2_000, 1), SumMsAndCount());
        Assert.True(_samples.OnAllSent(13));
        _samples.OnTaken(14, At(3_000));
        Assert.Equal((2_100, 2), SumMsAndCount());
    }

    [Fact]
    public void Prices_that_are_followed_by_newer_ones_while_nothing_can_be_sent_count_from_their_own_receipt()
    {
        Tick(0);
        for (int ms = 0; ms <= 1_000; ms += 10)
        {
            _clock.Now = TimeSpan.FromMilliseconds(ms);
            Tick(0);
            _samples.OnStall();
        }
        Assert.True(_samples.OnAllSent(5));
        _samples.OnTaken(5, At(1_000));
        // One for each step but the first, in which the stall began: 50, 100, ... 1000 ms.
        Assert.Equal((Enumerable.Range(0, 20).Sum(i => i * 50), 20), SumMsAndCount());
    }

    [Fact]
    public void A_stall_in_which_nothing_comes_counts_nothing_nor_do_ticks_before_it()
    {
        Tick(0);
        Tick(0);
        for (int stall = 0; stall < 2; stall++)
        {
            for (int ms = 0; ms < 1_000; ms += 10)
            {
                _clock.Now += TimeSpan.FromMilliseconds(10);
                _samples.OnStall();
            }
            Assert.False(_samples.OnAllSent(5));
            Tick(0);
        }
    }

    [Fact]
    public void However_long_a_stall_is_what_is_kept_of_it_is_bounded()
    {
        for (int i = 0; i < 5_000; i++)
        {
            _clock.Now += TimeSpan.FromMilliseconds(50);
            Tick(0);
            _samples.OnStall();
            _samples.Keep(At(0));
        }
        Assert.True(_samples.OnAllSent(1));
        _samples.OnTaken(1, _clock.GetTimestamp());
        Assert.Equal(ReceiptSamples.WaitingMax, SumMsAndCount().Count);
    }

    private static long At(double ms) => (long)(ms * TimeSpan.TicksPerMillisecond);

    private void Tick(int slot) => _table.Set(slot, new Tick { Price = Price.FromValid("1.5"u8), TimeMs = 1 });

    private (double SumMs, double Count) SumMsAndCount()
    {
        IReadOnlyList<MetricSample> samples = _samples.Latency.ToFamily("x", "x").Samples;
        return (Math.Round(samples[^2].Value * 1_000, 3), samples[^1].Value);
    }
}
