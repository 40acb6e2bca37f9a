using System.Globalization;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Tests.Journeys;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>The guard of a real server: what stands, what is sent, what stands then.</summary>
[Trait("Fault", "70")]
public sealed class GuardedRuleTests : IDisposable
{
    private const string Key = "bybit_spot:BTC";

    private readonly RedisServer _redis = RedisServer.Start();

    public void Dispose() => _redis.Dispose();

    [Fact]
    public void The_higher_sequence_wins_whatever_the_time_says()
    {
        long now = Now();
        var (a, b) = (new Instance(_redis), new Instance(_redis));
        Assert.Equal("1", a.Write("100.5", now, 50));
        Assert.Equal("0", b.Write("99.5", now + 20, 49));
        Stands("100.5", now, "50");
        Assert.Equal("1", b.Write("101.5", now - 20, 51));
        Stands("101.5", now - 20, "51");
    }

    [Fact]
    public void Of_one_sequence_the_later_time_wins_and_what_is_equal_in_both_is_written()
    {
        long now = Now();
        var (a, b) = (new Instance(_redis), new Instance(_redis));
        a.Write("100.5", now, 50);
        Assert.Equal("0", b.Write("99.5", now - 1, 50));
        Assert.Equal("1", b.Write("100.75", now, 50));
        Stands("100.75", now, "50");
        Assert.Equal("1", a.Write("101", now + 1, 50));
        Stands("101", now + 1, "50");
    }

    [Theory]
    [InlineData("9", "10"), InlineData("999999999999999999", "1000000000000000000"), InlineData("9007199254740992", "9007199254740993")]
    public void Sequences_are_compared_as_whole_numbers_of_any_length(string lower, string higher)
    {
        long now = Now();
        var (a, b) = (new Instance(_redis), new Instance(_redis));
        a.Write("2", now, long.Parse(higher, CultureInfo.InvariantCulture));
        Assert.Equal("0", b.Write("1", now, long.Parse(lower, CultureInfo.InvariantCulture)));
        Stands("2", now, higher);
    }

    [Fact]
    public void Where_either_has_no_sequence_the_time_decides()
    {
        long now = Now();
        _redis.Ask("HSET", Key, "ltp", "1", "timestamp", IsoTime.Text(now), "original_symbol", "BTCUSDT");
        var a = new Instance(_redis);
        Assert.Equal("0", a.Write("2", now - 1, 7));
        Assert.Equal("1", a.Write("3", now + 1, 7));
        Stands("3", now + 1, "7");
        var none = new Instance(_redis);
        Assert.Equal("0", none.Write("4", now, Tick.NoSequence));
        Assert.Equal("1", none.Write("5", now + 2, Tick.NoSequence));
        Stands("5", now + 2, null);
    }

    [Theory]
    [InlineData("2099-01-01T00:00:00.000Z")]
    [InlineData("2024-09-09 15:30:25")]
    [InlineData("9999-99-99T99:99:99.999Z")]
    [InlineData("")]
    [InlineData("9")]
    public void A_time_that_cannot_be_the_exchanges_holds_nothing_back(string stored)
    {
        long now = Now();
        _redis.Ask("HSET", Key, "ltp", "1", "timestamp", stored, "original_symbol", "BTCUSDT", "seq", "999999999999");
        Assert.Equal("1", new Instance(_redis).Write("2", now, 5));
        Stands("2", now, "5");
    }

    [Fact]
    public void A_time_less_than_a_minute_ahead_of_the_servers_clock_still_counts()
    {
        long now = Now();
        _redis.Ask("HSET", Key, "ltp", "1", "timestamp", IsoTime.Text(now + 30_000), "original_symbol", "BTCUSDT");
        Assert.Equal("0", new Instance(_redis).Write("2", now, 5));
    }

    [Theory]
    [InlineData("-5"), InlineData("abc"), InlineData("5.5"), InlineData("0x10"), InlineData("")]
    public void A_sequence_that_is_no_number_counts_as_none(string seq)
    {
        long now = Now();
        _redis.Ask("HSET", Key, "ltp", "1", "timestamp", IsoTime.Text(now), "original_symbol", "BTCUSDT", "seq", seq);
        Assert.Equal("0", new Instance(_redis).Write("2", now - 1, 5));
        Assert.Equal("1", new Instance(_redis).Write("2", now + 1, 5));
        Stands("2", now + 1, "5");
    }

    [Fact]
    public void A_reset_that_the_order_rule_has_believed_is_passed_on_and_holds_only_against_what_is_older_than_it()
    {
        long now = Now();
        var (a, b) = (new Instance(_redis), new Instance(_redis));
        a.Write("1", now, 1_000_000);
        b.Write("1", now, 1_000_000);
        Assert.Equal("1", a.Write("2", now + 6_000, 10));
        Stands("2", now + 6_000, "10");
        // Of before the reset, by an instance that has not seen it yet.
        Assert.Equal("1", b.Write("1.5", now + 6_100, 1_000_001));
        Assert.Equal("0", a.Write("3", now + 6_050, 11));
        Assert.Equal("1", b.Write("4", now + 6_200, 12));
        Stands("4", now + 6_200, "12");
        Assert.Equal("0", a.Write("3.5", now + 6_150, 11));
    }

    [Fact]
    public void A_reset_that_nobody_saw_holds_a_price_back_for_a_minute_of_the_exchanges_time_at_most()
    {
        long now = Now() - 100_000;
        new Instance(_redis).Write("1", now, 1_000_000);
        var afterwards = new Instance(_redis);
        Assert.Equal("0", afterwards.Write("2", now + 59_000, 10));
        Assert.Equal("1", afterwards.Write("3", now + 60_001, 11));
        Stands("3", now + 60_001, "11");
    }

    [Fact]
    public void A_seed_never_overwrites_and_is_overwritten_by_anything()
    {
        long now = Now();
        var a = new Instance(_redis);
        a.Write("1", now - 3_600_000, 5);
        Assert.Equal("0", new Instance(_redis).Seed("2", now));
        Stands("1", now - 3_600_000, "5");
        _redis.Ask("DEL", Key);
        Assert.Equal("1", new Instance(_redis).Seed("2", now - 5));
        Assert.Equal("1", new Instance(_redis).Write("3", now, 5));
        Stands("3", now, "5");
    }

    [Fact]
    public void Whoever_is_told_finds_the_price_and_nobody_is_told_twice()
    {
        long now = Now();
        var writing = new RedisWriting { Guarded = true, Notify = true };
        using RedisListener listener = RedisListener.To(_redis, Key);
        new Instance(_redis, writing).Write("1", now, 5);
        new Instance(_redis, writing).Write("1", now, 5);
        new Instance(_redis, writing).Write("0.5", now - 1, 4);
        new Instance(_redis, writing).Write("2", now + 1, 6);
        Assert.Equal([$"1|{IsoTime.Text(now)}", $"2|{IsoTime.Text(now + 1)}"], listener.Take(2));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_hash_lives_as_long_as_it_is_told_to(bool guarded)
    {
        var writing = new RedisWriting { Guarded = guarded, KeyLifetime = TimeSpan.FromSeconds(100) };
        new Instance(_redis, writing).Write("1", Now(), 5);
        Assert.InRange(long.Parse(_redis.Ask("PTTL", Key)!.ToString()!, CultureInfo.InvariantCulture), 1, 100_000);
    }

    [Fact]
    public void Without_guard_the_first_write_leaves_the_three_fields_alone_and_no_expiry()
    {
        long now = Now();
        _redis.Ask("HSET", Key, "ltp", "1", "timestamp", IsoTime.Text(now), "original_symbol", "BTCUSDT", "seq", "9", "source", "x", "more", "y");
        _redis.Ask("EXPIRE", Key, "100");
        Assert.Equal("1", new Instance(_redis, RedisWriting.Direct).Write("2", now + 1, 5));
        Stands("2", now + 1, null);
        Assert.Equal("-1", _redis.Ask("TTL", Key)!.ToString());
    }

    // Several instances with the same messages, each late in its own way: what stands in the end is the newest, and never went back.
    [Fact]
    public void Whatever_order_writes_of_several_instances_come_in_nothing_goes_back() =>
        Holds.ForAll(Gen.Two(Gen.Choose(0, 40)).ListOf(25), 30, writes =>
        {
            _redis.Ask("DEL", Key);
            long now = Now();
            (long, long) stands = (0, 0);
            foreach ((int seq, int time) in writes)
            {
                new Instance(_redis).Write("1", now + time, seq + 1);
                Dictionary<string, string> hash = _redis.Hash(Key);
                (long, long) found = (long.Parse(hash["seq"], CultureInfo.InvariantCulture), DateTimeOffset.Parse(hash["timestamp"], CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
                Assert.True(found.CompareTo(stands) >= 0, $"{stands} became {found}");
                stands = found;
            }
            Assert.Equal(writes.Max(w => (w.Item1 + 1L, now + w.Item2)), stands);
        });

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private void Stands(string price, long timeMs, string? seq)
    {
        Dictionary<string, string> expected = new() { ["ltp"] = price, ["timestamp"] = IsoTime.Text(timeMs), ["original_symbol"] = "BTCUSDT" };
        if (seq is not null)
            expected.Add("seq", seq);
        Assert.Equal(expected, _redis.Hash(Key));
    }

    /// <summary>A writer with a memory of its own.</summary>
    private sealed class Instance
    {
        private readonly RedisServer _redis;
        private readonly LatestTable _table = new();
        private readonly SlotWriter _writer;
        private readonly int _slot;
        private long _received = 1;
        private bool _scriptKnown;

        public Instance(RedisServer redis, RedisWriting? writing = null)
        {
            _redis = redis;
            _slot = _table.Add(new Instrument("BTCUSDT", "BTC"));
            _writer = new SlotWriter(_table, writing ?? new RedisWriting { Guarded = true }, sharded: false, TimeProvider.System, NullLogger.Instance);
        }

        public string? Write(string price, long timeMs, long sequence) =>
            Send(new Tick { Price = Price.FromValid(System.Text.Encoding.ASCII.GetBytes(price)), TimeMs = timeMs, Sequence = sequence, ReceivedAt = ++_received });

        public string? Seed(string price, long timeMs) =>
            Send(new Tick { Price = Price.FromValid(System.Text.Encoding.ASCII.GetBytes(price)), TimeMs = timeMs, Sequence = Tick.NoSequence, IsSeed = true });

        private string? Send(Tick tick)
        {
            _table.Set(_slot, tick);
            Span<byte> command = stackalloc byte[_writer.CommandBytesMax];
            int length = _writer.Write(_slot, isStale: false, command, ref _scriptKnown, out CommandKind kind, out _);
            object? reply = _redis.Ask(StatusKeysTests.WordsOf(command[..length].ToArray()));
            if (kind != CommandKind.AskTime)
                return reply?.ToString();
            _writer.TakeStoredTime(_slot, null);
            length = _writer.Write(_slot, isStale: false, command, ref _scriptKnown, out _, out _);
            return _redis.Ask(StatusKeysTests.WordsOf(command[..length].ToArray()))?.ToString();
        }
    }
}
