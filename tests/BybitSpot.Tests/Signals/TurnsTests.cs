using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class TurnsTests
{
    [Fact]
    public void A_thread_is_listed_from_its_beginning_to_its_end_with_what_it_counted()
    {
        var turns = new Turns();
        Turn first = turns.Begin("redis"), second = turns.Begin("line-1");
        first.Take();
        first.Take();
        Assert.Equal([("redis", 2L), ("line-1", 0L)], turns.Threads.Select(t => (t.Thread, t.Taken)));
        turns.End(first);
        Assert.Same(second, Assert.Single(turns.Threads));
    }

    [Theory, Trait("Fault", "61")]
    [InlineData(12, 12, false)]
    [InlineData(11, 12, true)]
    [InlineData(0, 1, true)]
    [InlineData(-40, 12, true)]
    public void What_is_not_left_is_said_to_be_lacking(long left, int wanted, bool lacks)
    {
        string? lack = new Reserve(() => left).Lack(wanted);
        Assert.Equal(lacks, lack is not null);
        Assert.True(lack is null || lack.Contains("open files", StringComparison.Ordinal));
        Assert.Null(Reserve.Unlimited.Lack(wanted));
    }
}
