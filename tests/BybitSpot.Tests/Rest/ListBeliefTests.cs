using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.Rest;

public sealed class ListBeliefTests
{
    private readonly ListBelief _belief = new();

    [Fact]
    public void The_first_list_is_believed_unless_it_is_empty()
    {
        Assert.False(Offer(0, 0));
        Assert.Null(_belief.Believed);
        Assert.True(Offer(5, 1));
        Assert.Equal(5, _belief.Believed!.Count);
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_200, true)]
    [InlineData(950, true)]
    [InlineData(949, false)]
    [InlineData(0, false)]
    public void A_list_more_than_five_percent_shorter_is_not_believed_at_once(int count, bool believed)
    {
        Offer(1_000, 0);

        Assert.Equal(believed, Offer(count, 1));
        Assert.Equal(believed ? count : 1_000, _belief.Believed!.Count);
    }

    [Fact]
    public void A_second_short_list_a_minute_later_is_believed()
    {
        Offer(1_000, 0);

        Assert.False(Offer(500, 10));
        Assert.False(Offer(500, 69));
        Assert.True(Offer(500, 70));
        Assert.Equal(500, _belief.Believed!.Count);
    }

    [Fact]
    public void A_second_list_that_does_not_agree_begins_the_minute_anew()
    {
        Offer(1_000, 0);
        Offer(500, 10);

        Assert.False(Offer(300, 80));
        Assert.False(Offer(300, 130));
        Assert.True(Offer(300, 140));
    }

    [Fact]
    public void An_empty_list_twice_is_believed()
    {
        Offer(1_000, 0);
        Offer(0, 10);

        Assert.True(Offer(0, 71));
        Assert.Equal(0, _belief.Believed!.Count);
    }

    [Fact]
    public void A_whole_list_in_between_clears_the_doubt()
    {
        Offer(1_000, 0);
        Offer(500, 10);
        Offer(1_000, 20);

        Assert.False(Offer(500, 100));
    }

    private bool Offer(int count, double atSeconds) =>
        _belief.Offer(new InstrumentList(Enumerable.Range(0, count).Select(i => new Listing($"C{i}USDT", $"C{i}", "USDT"))), TimeSpan.FromSeconds(atSeconds));
}
