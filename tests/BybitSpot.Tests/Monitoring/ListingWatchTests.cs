using BybitSpot.Market;
using BybitSpot.Monitoring;
using Xunit;

namespace BybitSpot.Tests.Monitoring;

[Trait("Fault", "90")]
public sealed class ListingWatchTests
{
    private readonly ListingWatch _watch = new();
    private int _seen;

    [Fact]
    public void A_symbol_that_is_waited_for_is_told_when_prices_first_name_it_and_not_with_each_answer()
    {
        Await("NEWUSDT", "LATERUSDT");
        Look("BTCUSDT");
        Assert.Equal(0, _seen);
        Look("BTCUSDT", "NEWUSDT");
        Look("BTCUSDT", "NEWUSDT");
        Assert.Equal(1, _seen);
        Look("BTCUSDT", "NEWUSDT", "LATERUSDT");
        Assert.Equal(2, _seen);
    }

    [Fact]
    public void One_that_went_and_came_again_is_told_again_and_nobody_else()
    {
        Await("NEWUSDT");
        Look("NEWUSDT");
        Look("BTCUSDT");
        Look("NEWUSDT");
        Assert.Equal(2, _seen);
        Await();
        Look("NEWUSDT", "BTCUSDT");
        Assert.Equal(2, _seen);
    }

    private void Await(params string[] symbols) => _watch.Await(symbols, () => _seen++);

    private void Look(params string[] named) => _watch.Look(named.ToDictionary(symbol => symbol, _ => default(Price)));
}
