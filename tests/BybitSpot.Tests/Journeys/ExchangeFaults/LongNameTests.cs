using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

public sealed class LongNameTests
{
    [Fact]
    public void A_name_too_long_for_the_resolver_is_expected_trouble_and_no_dead_thread()
    {
        string host = string.Join('.', Enumerable.Repeat(new string('a', 60), 5));
        Assert.Throws<DialException>(() => Dialer.Dial(new Uri($"ws://{host}/v5/public/spot"), null, TimeProvider.System, _ => { }));
    }
}
