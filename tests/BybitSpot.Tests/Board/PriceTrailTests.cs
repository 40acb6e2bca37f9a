using BybitSpot.App;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Board;

public sealed class PriceTrailTests
{
    private readonly LatestTable _latest = new();
    private readonly PriceTrail _trail;

    public PriceTrailTests() => _trail = new PriceTrail(_latest);

    [Fact]
    public void A_trail_has_a_point_for_each_look_the_oldest_first_and_none_where_there_was_no_price()
    {
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        Assert.False(_trail.Take());
        int other = _latest.Add(new Instrument("SOLUSDT", "SOL"));
        Set(other, "9");
        Assert.True(_trail.Take());
        Set(slot, "1.5");
        _trail.Take();
        Set(slot, "2");
        _trail.Take();
        Assert.Equal([float.NaN, 1.5f, 2f], _trail.Of(slot));
        int late = _latest.Add(new Instrument("ETHUSDT", "ETH"));
        Assert.Empty(_trail.Of(late));
        Set(late, "3");
        _trail.Take();
        Assert.Equal([float.NaN, float.NaN, float.NaN, 3f], _trail.Of(late));
    }

    [Fact]
    public void Of_more_looks_than_are_kept_the_last_stay_and_a_removed_coin_leaves_a_gap()
    {
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        for (int i = 1; i <= PriceTrail.Length + 7; i++)
        {
            Set(slot, $"{i}");
            _trail.Take();
        }
        Assert.Equal(Enumerable.Range(8, PriceTrail.Length).Select(i => (float)i), _trail.Of(slot));
        Set(_latest.Add(new Instrument("ETHUSDT", "ETH")), "3");
        _latest.Remove(slot, delete: true);
        _trail.Take();
        Assert.Equal(float.NaN, _trail.Of(slot)[^1]);
    }

    private void Set(int slot, string price)
    {
        Assert.True(Price.TryParse(System.Text.Encoding.ASCII.GetBytes(price), out Price taken));
        _latest.Set(slot, new Tick { Price = taken, TimeMs = 1_700_000_000_000 });
    }
}
