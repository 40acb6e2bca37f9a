using System.Text;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>The contract with everybody who asks whether prices can be believed. It may grow, never change: mend the program, not this test.</summary>
public sealed class StatusKeysTests
{
    private const string Fill = "while i<=#ARGV do redis.call('{0}',KEYS[1],unpack(ARGV,i,math.min(i+999,#ARGV))) i=i+1000 end ";

    private const string Head = "redis.call('DEL',KEYS[1]) local i=2 ", Tail = "redis.call('PEXPIRE',KEYS[1],ARGV[1]) return 1";

    private static readonly string s_hash = Head + Fill.Replace("{0}", "HSET") + Tail;

    private static readonly string s_set = Head + Fill.Replace("{0}", "SADD") + Tail;

    private const string Index =
        "if redis.replicate_commands then redis.replicate_commands() end local t=redis.call('TIME') local now=t[1]*1000+math.floor(t[2]/1000) "
        + "local k=redis.call('TYPE',KEYS[1]).ok if k~='zset' and k~='none' then redis.call('DEL',KEYS[1]) end "
        + "redis.call('ZADD',KEYS[1],string.format('%.0f',now),ARGV[2]) redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',string.format('(%.0f',now-ARGV[1])) "
        + Tail;

    [Fact]
    public void What_the_feed_is_worth_is_exactly_these_bytes_a_key() =>
        Assert.Equal(
            [
                "*9\r\n$4\r\nEVAL\r\n$" + s_hash.Length + "\r\n" + s_hash + "\r\n$1\r\n1\r\n$28\r\nprice_feed:spot:host-7:coins\r\n$5\r\n15000\r\n"
                    + "$3\r\nBTC\r\n$5\r\nfresh\r\n$3\r\nETH\r\n$5\r\nstale\r\n",
                "*6\r\n$4\r\nEVAL\r\n$" + s_set.Length + "\r\n" + s_set + "\r\n$1\r\n1\r\n$28\r\nprice_feed:spot:host-7:stale\r\n$5\r\n15000\r\n$3\r\nETH\r\n",
                "*9\r\n$4\r\nEVAL\r\n$" + s_hash.Length + "\r\n" + s_hash + "\r\n$1\r\n1\r\n$22\r\nprice_feed:spot:host-7\r\n$5\r\n15000\r\n"
                    + "$5\r\nstate\r\n$8\r\ndegraded\r\n$8\r\nendpoint\r\n$10\r\nwss://€/\r\n",
                "*6\r\n$4\r\nEVAL\r\n$" + Index.Length + "\r\n" + Index + "\r\n$1\r\n1\r\n$15\r\nprice_feed:spot\r\n$5\r\n15000\r\n$6\r\nhost-7\r\n",
            ],
            StatusKeys.Commands(Venue.Spot, "host-7", [("state", "degraded"), ("endpoint", "wss://€/")], [("BTC", CoinState.Fresh), ("ETH", CoinState.Stale)], ["ETH"]).Select(Encoding.UTF8.GetString));

    [Theory]
    [InlineData(CoinState.Fresh, "fresh")]
    [InlineData(CoinState.Quiet, "quiet")]
    [InlineData(CoinState.Stale, "stale")]
    public void A_coin_is_worth_one_of_three_words(CoinState state, string word) => Assert.Equal(word, StatusKeys.WordOf(state));

    [Theory]
    [InlineData(Venue.Spot, "price_feed:spot")]
    [InlineData(Venue.Linear, "price_feed:linear")]
    [InlineData(Venue.Inverse, "price_feed:inverse")]
    public void Its_keys_are_named_by_market_and_instance(Venue venue, string index) =>
        Assert.Equal(
            (index, index + ":a", index + ":a:stale", index + ":a:coins"),
            (StatusKeys.IndexOf(venue), StatusKeys.HashOf(venue, "a"), StatusKeys.StaleOf(venue, "a"), StatusKeys.CoinsOf(venue, "a")));

    [Fact, Trait("Fault", "88")]
    public void Each_command_names_one_key_and_its_script_no_other()
    {
        byte[][] commands = StatusKeys.Commands(Venue.Spot, "a", [("state", "live")], [("BTC", CoinState.Fresh)], ["BTC"]);
        Assert.Equal(StatusKeys.CommandCount, commands.Length);
        foreach (string[] words in commands.Select(WordsOf))
        {
            Assert.Equal(("EVAL", "1"), (words[0], words[2]));
            Assert.DoesNotContain("KEYS[2]", words[1], StringComparison.Ordinal);
            Assert.DoesNotContain("price_feed", words[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_is_rewritten_three_times_before_it_would_expire() =>
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)), (StatusKeys.RewriteEvery, StatusKeys.ExpireAfter));

    [Fact]
    public void However_many_coins_there_are_the_commands_read_back_are_what_was_said() =>
        Holds.ForSeeds(300, random =>
        {
            (string, string)[] fields = [.. Enumerable.Range(0, random.Next(1, 9)).Select(i => ($"field{i}", new string('v', random.Next(3)) + "é€"[random.Next(2)]))];
            (string Coin, CoinState State)[] coins = [.. Enumerable.Range(0, random.Next(3) == 0 ? random.Next(2_000) : random.Next(3)).Select(i => ($"C{i}", (CoinState)random.Next(3)))];
            string[] stale = [.. coins.Where(c => c.State == CoinState.Stale).Select(c => c.Coin)];
            string[][] words = [.. StatusKeys.Commands(Venue.Spot, "x", fields, coins, stale).Select(WordsOf)];
            Assert.Equal(["EVAL", s_hash, "1", "price_feed:spot:x:coins", "15000", .. coins.SelectMany(c => new[] { c.Coin, StatusKeys.WordOf(c.State) })], words[0]);
            Assert.Equal(["EVAL", s_set, "1", "price_feed:spot:x:stale", "15000", .. stale], words[1]);
            Assert.Equal(["EVAL", s_hash, "1", "price_feed:spot:x", "15000", .. fields.SelectMany(f => new[] { f.Item1, f.Item2 })], words[2]);
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
