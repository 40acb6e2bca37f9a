using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed class ListedCoinTests
{
    [Fact, Trait("Fault", "77")]
    public void A_coin_of_the_exchanges_list_that_is_no_name_of_a_coin_is_refused()
    {
        foreach (string coin in (string[])["", "É", "A\r\nB", "<b>", "A:B", "A B", new string('A', 3_000)])
            Assert.Empty(Watchlist.Resolve(["XUSDT"], new InstrumentList([new("XUSDT", coin, "USDT")]), MarketRules.Spot).Watchlist.Instruments);
    }
}
