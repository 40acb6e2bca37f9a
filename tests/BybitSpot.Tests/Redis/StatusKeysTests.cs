using System.Text;
using BybitSpot.Market;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>The contract with everybody who asks whether prices can be believed. It may grow, never change: mend the program, not this test.</summary>
public sealed class StatusKeysTests
{
    private const string Script =
        "local n=tonumber(ARGV[2]) redis.call('DEL',KEYS[1],KEYS[2]) redis.call('HSET',KEYS[1],unpack(ARGV,3,n+2)) redis.call('PEXPIRE',KEYS[1],ARGV[1]) "
        + "local i=n+3 while i<=#ARGV do redis.call('SADD',KEYS[2],unpack(ARGV,i,math.min(i+999,#ARGV))) i=i+1000 end "
        + "if #ARGV>n+2 then redis.call('PEXPIRE',KEYS[2],ARGV[1]) end return 1";

    [Fact]
    public void What_the_feed_is_worth_is_one_EVAL_of_exactly_these_bytes() =>
        Assert.Equal(
            "*13\r\n$4\r\nEVAL\r\n$" + Script.Length + "\r\n" + Script + "\r\n$1\r\n2\r\n$22\r\nprice_feed:spot:host-7\r\n$28\r\nprice_feed:spot:host-7:stale\r\n"
            + "$5\r\n15000\r\n$1\r\n4\r\n$5\r\nstate\r\n$8\r\ndegraded\r\n$8\r\nendpoint\r\n$10\r\nwss://€/\r\n$3\r\nBTC\r\n$3\r\nETH\r\n",
            Encoding.UTF8.GetString(StatusKeys.Command(Venue.Spot, "host-7", [("state", "degraded"), ("endpoint", "wss://€/")], ["BTC", "ETH"])));

    [Theory]
    [InlineData(Venue.Spot, "price_feed:spot:a", "price_feed:spot:a:stale")]
    [InlineData(Venue.Linear, "price_feed:linear:a", "price_feed:linear:a:stale")]
    [InlineData(Venue.Inverse, "price_feed:inverse:a", "price_feed:inverse:a:stale")]
    public void Its_keys_are_named_by_market_and_instance(Venue venue, string hash, string stale) =>
        Assert.Equal((hash, stale), (StatusKeys.HashOf(venue, "a"), StatusKeys.StaleOf(venue, "a")));

    [Fact]
    public void It_is_rewritten_three_times_before_it_would_expire() =>
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)), (StatusKeys.RewriteEvery, StatusKeys.ExpireAfter));

    [Fact]
    public void However_many_coins_are_stale_the_command_read_back_is_what_was_said() =>
        Holds.ForSeeds(300, random =>
        {
            (string, string)[] fields = [.. Enumerable.Range(0, random.Next(1, 9)).Select(i => ($"field{i}", new string('v', random.Next(3)) + "é€"[random.Next(2)]))];
            string[] stale = [.. Enumerable.Range(0, random.Next(3) == 0 ? random.Next(2_000) : random.Next(3)).Select(i => $"C{i}")];
            Assert.Equal(
                ["EVAL", Script, "2", "price_feed:spot:x", "price_feed:spot:x:stale", "15000", $"{2 * fields.Length}", .. fields.SelectMany(f => new[] { f.Item1, f.Item2 }), .. stale],
                WordsOf(StatusKeys.Command(Venue.Spot, "x", fields, stale)));
        });

    /// <summary>A command's words; that they are all there is, is asserted.</summary>
    internal static string[] WordsOf(byte[] command)
    {
        int at = 0;
        var words = new string[Number('*')];
        for (int i = 0; i < words.Length; i++)
        {
            int length = Number('$');
            words[i] = Encoding.UTF8.GetString(command, at, length);
            at += length;
            Assert.Equal("\r\n", Encoding.UTF8.GetString(command, at, 2));
            at += 2;
        }
        Assert.Equal(command.Length, at);
        return words;

        int Number(char mark)
        {
            Assert.Equal(mark, (char)command[at]);
            int end = Array.IndexOf(command, (byte)'\r', at);
            int number = int.Parse(Encoding.ASCII.GetString(command, at + 1, end - at - 1));
            at = end + 2;
            return number;
        }
    }
}
