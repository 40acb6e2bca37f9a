using BybitSpot.Net;
using Xunit;

namespace BybitSpot.Tests.Net;

// An address is written as its family's digit and a letter.
[Trait("Fault", "86")]
public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("6a", "6a")]
    [InlineData("6a 4a", "6a 4a")]
    [InlineData("4a 6a", "4a 6a")]
    [InlineData("6a 6b 6c 4a", "6a 4a 6b 6c")]
    [InlineData("6a 6b 4a 4b", "6a 4a 6b 4b")]
    [InlineData("4a 4b 4c 6a 6b", "4a 6a 4b 6b 4c")]
    [InlineData("4a 4a 6a 4b 6a", "4a 6a 4b")]
    [InlineData("4a 4b", "4a 4b")]
    public void Families_take_turns_and_the_resolvers_first_stays_first(string resolved, string tried) => Assert.Equal(tried, string.Join(' ', InTurn(resolved.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    [Fact]
    public void However_many_of_one_family_come_first_the_second_attempt_is_of_the_other_and_the_number_is_bounded()
    {
        List<string> tried = InTurn([.. Enumerable.Range(0, 40).Select(i => $"6{i}"), "4a"]);
        Assert.Equal(["60", "4a", "61"], tried[..3]);
        Assert.Equal(AddressOrder.AddressesMax, tried.Count);
    }

    [Fact]
    public void Whatever_is_resolved_nothing_is_lost_or_tried_twice_and_each_familys_order_stands() =>
        Holds.ForSeeds(2_000, random =>
        {
            string[] resolved = [.. Enumerable.Range(0, random.Next(AddressOrder.AddressesMax + 1)).Select(_ => $"{(random.Next(2) == 0 ? 4 : 6)}{(char)('a' + random.Next(5))}")];
            List<string> tried = InTurn(resolved);
            foreach (char family in "46")
                Assert.Equal(resolved.Distinct().Where(a => a[0] == family), tried.Where(a => a[0] == family));
            // The same family twice running only when the other has no more.
            for (int i = 1; i < tried.Count; i++)
                Assert.False(tried[i][0] == tried[i - 1][0] && tried.Skip(i).Any(a => a[0] != tried[i][0]), string.Join(' ', tried));
            Assert.Equal(resolved.Take(1), tried.Take(1));
        });

    private static List<string> InTurn(IEnumerable<string> resolved) => AddressOrder.InTurn(resolved, a => a[0]);
}
