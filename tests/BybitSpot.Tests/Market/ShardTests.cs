using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed class ShardTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(Shard.CountMax)]
    public void Every_coin_is_in_exactly_one_shard(int count)
    {
        Shard[] shards = [.. Enumerable.Range(0, count).Select(i => new Shard(i, count))];
        foreach (string coin in Coins())
            Assert.Single(shards, s => s.Holds(coin));
    }

    [Fact]
    public void Shards_have_about_as_many_coins_each()
    {
        string[] coins = [.. Coins()];
        foreach (int count in (int[])[2, 3, 4, 8])
            for (int i = 0; i < count; i++)
                Assert.InRange(coins.Count(new Shard(i, count).Holds), coins.Length * 0.8 / count, coins.Length * 1.2 / count);
    }

    // Whoever changes this moves coins from one machine to another in the middle of an upgrade.
    [Theory]
    [InlineData("BTC", 2)]
    [InlineData("ETH", 2)]
    [InlineData("SOL", 0)]
    [InlineData("BTC-26DEC25", 0)]
    [InlineData("WC_ENG_ARG_USDT-15JUL26", 0)]
    public void Which_one_never_changes(string coin, int index) => Assert.True(new Shard(index, 3).Holds(coin));

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("2/3", 2, 3)]
    [InlineData("1023/1024", 1023, 1024)]
    public void It_is_written_as_its_number_and_how_many_there_are(string text, int index, int count)
    {
        Assert.True(Shard.TryParse(text, out Shard shard));
        Assert.Equal((index, count, text), (shard.Index, shard.Count, shard.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("3/3")]
    [InlineData("-1/3")]
    [InlineData("0/0")]
    [InlineData("0/1025")]
    [InlineData("1/2/3")]
    [InlineData(" 0/2")]
    [InlineData("a/b")]
    [InlineData("0/99999999999")]
    public void What_is_none_is_refused(string text) => Assert.False(Shard.TryParse(text, out _));

    private static IEnumerable<string> Coins() => Enumerable.Range(0, 2_000).Select(i => $"C{i}").Concat(["BTC", "ETH", "BTC-26DEC25", "0G", "A"]);
}
