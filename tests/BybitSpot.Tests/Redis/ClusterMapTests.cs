using BybitSpot.Redis;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Redis;

[Trait("Fault", "45")]
public sealed class ClusterMapTests
{
    private static readonly RedisNode s_asked = new("10.0.0.9", 7000);

    [Theory]
    [InlineData("123456789", 12739)]
    [InlineData("foo", 12182)]
    [InlineData("{foo}.bar", 12182)]
    [InlineData("a{foo}b{bar}", 12182)]
    [InlineData("", 0)]
    public void A_key_belongs_to_the_slot_that_the_specification_gives(string key, int slot) => Assert.Equal(slot, KeySlot.Of(key));

    [Fact]
    public void Braces_that_hold_nothing_or_do_not_close_count_as_part_of_the_key()
    {
        Assert.NotEqual(KeySlot.Of("foo{}{bar}"), KeySlot.Of("bar"));
        Assert.NotEqual(KeySlot.Of("foo{bar"), KeySlot.Of("bar"));
        Assert.Equal(KeySlot.Of("foo{{bar}}zap"), KeySlot.Of("{bar"));
    }

    [Fact]
    public void Each_slot_has_the_first_node_of_its_range_and_all_nodes_are_known()
    {
        ClusterMap map = Read(
            "*2",
            "*4", ":0", ":8191", "*4", "10.0.0.1", ":7001", "id1", "*2", "hostname", "n1", "*3", "10.0.0.4", ":7004", "id4",
            "*3", ":8192", ":16383", "*3", "10.0.0.2", ":7002", "id2");
        Assert.Equal(new RedisNode("10.0.0.1", 7001), map.NodeOf(0));
        Assert.Equal(new RedisNode("10.0.0.1", 7001), map.NodeOf(8191));
        Assert.Equal(new RedisNode("10.0.0.2", 7002), map.NodeOf(16383));
        Assert.Equal([new("10.0.0.1", 7001), new("10.0.0.2", 7002)], map.Primaries.OrderBy(n => n.Port));
        Assert.Equal([7001, 7002, 7004], map.Nodes.Select(n => n.Port));
    }

    [Theory]
    [InlineData(""), InlineData(null), InlineData("?")]
    public void A_node_without_an_address_is_the_one_that_was_asked(string? address) =>
        Assert.Equal(new RedisNode("10.0.0.9", 7001), Read("*1", "*3", ":0", ":16383", "*3", address, ":7001", "id").NodeOf(1));

    [Fact]
    public void An_address_of_version_6_is_taken_as_it_is() =>
        Assert.Equal("[::1]:7001", Read("*1", "*3", ":0", ":16383", "*3", "::1", ":7001", "id").NodeOf(1).ToString());

    [Fact]
    public void Slots_of_nobody_have_no_node() => Assert.Null(Read("*1", "*3", ":0", ":1", "*3", "h", ":7001", "id").NodeOf(2));

    [Fact]
    public void A_server_without_a_cluster_is_told_as_such() =>
        Assert.Contains("REDIS_CLUSTER", Assert.Throws<IOException>(() => Read("-ERR This instance has cluster support disabled")).Message);

    [Fact]
    public void Whatever_comes_the_end_of_it_is_a_map_or_an_IOException() =>
        Holds.ForAll(Gen.Elements("*1", "*2", "*3", "*-1", ":0", ":1", ":16383", ":99999999999", "h", "", null, "-ERR x", "*999999", ":7001").ListOf(), 2_000, words =>
        {
            var rest = new Queue<string?>(words);
            try
            {
                Assert.NotNull(ClusterMap.Read(() => rest.Count > 0 ? rest.Dequeue() : throw new IOException("the end"), s_asked));
            }
            catch (IOException)
            {
                // Told as what it is.
            }
        });

    private static ClusterMap Read(params string?[] words)
    {
        var rest = new Queue<string?>(words);
        return ClusterMap.Read(rest.Dequeue, s_asked);
    }
}
