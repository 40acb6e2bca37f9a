using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Tests.Journeys;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>A price that was sent before is sent again to a real server.</summary>
public sealed class RewriteRuleTests : IDisposable
{
    private const string Key = "bybit_spot:BTC";
    private const long FirstMs = 1_725_895_825_123;

    private readonly RedisServer _redis = RedisServer.Start();
    private readonly LatestTable _table = new();
    private readonly SlotWriter _writer;
    private readonly int _slot;
    private bool _scriptKnown;

    public RewriteRuleTests()
    {
        _slot = _table.Add(new Instrument("BTCUSDT", "BTC"));
        _writer = new SlotWriter(_table, RedisWriting.Direct, sharded: false, TimeProvider.System, NullLogger.Instance);
        _table.Set(_slot, new Tick { Price = Price.FromValid("67250.50"u8), TimeMs = FirstMs, Sequence = 1, ReceivedAt = 77 });
        Assert.Equal(CommandKind.AskTime, Write(out _));
        _writer.TakeStoredTime(_slot, null);
        Assert.Equal(CommandKind.PriceByScript, Write(out _));
        _writer.ConfirmScript(_slot);
        _redis.Ask("FLUSHDB");
    }

    public void Dispose() => _redis.Dispose();

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Where_nothing_or_something_older_stands_it_is_written(bool isStale)
    {
        Assert.Equal((CommandKind.Rewrite, "1"), (Write(out object? reply, isStale), reply));
        Stands("67250.50", FirstMs);
        Other("1.0", FirstMs - 1);
        Assert.Equal((CommandKind.Rewrite, "1"), (Write(out reply, isStale), reply));
        Stands("67250.50", FirstMs);
        Other("1.0", FirstMs);
        Write(out _, isStale);
        Stands("67250.50", FirstMs);
    }

    [Theory, Trait("Fault", "97")]
    [InlineData(false), InlineData(true)]
    public void Where_something_newer_stands_it_is_spared(bool isStale)
    {
        foreach (long ahead in (long[])[1, 999, 5_000])
        {
            Other("99.9", FirstMs + ahead);
            Assert.Equal((CommandKind.Rewrite, "0"), (Write(out object? reply, isStale), reply));
            Stands("99.9", FirstMs + ahead);
        }
    }

    [Theory]
    [InlineData("2124-09-09T15:30:25.123Z")]
    [InlineData("2024-09-09 15:30:25")]
    [InlineData("z")]
    public void A_time_that_is_none_of_the_exchanges_spares_nothing(string stored)
    {
        _redis.Ask("HSET", Key, "ltp", "1.0", "timestamp", stored);
        Write(out object? reply);
        Assert.Equal("1", reply);
        Stands("67250.50", FirstMs);
    }

    [Fact]
    public void A_new_price_is_written_by_one_plain_HSET_whatever_stands()
    {
        Other("99.9", FirstMs + 999);
        _table.Set(_slot, new Tick { Price = Price.FromValid("67251"u8), TimeMs = FirstMs + 10, Sequence = 2, ReceivedAt = 78 });
        Assert.Equal(CommandKind.Price, Write(out _));
        Stands("67251", FirstMs + 10);
    }

    [Theory]
    [InlineData("NOPERM User default has no permissions to run the 'eval' command", true)]
    [InlineData("ERR unknown command 'EVAL'", true)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", false)]
    public void A_server_that_refuses_the_script_gets_plain_HSETs_of_coins_that_can_be_believed_and_none_of_others(string error, bool forGood)
    {
        bool isForbidden = ReplyPolicy.Judge(error, isCluster: false) == ReplyVerdict.Forbidden;
        Assert.True(_writer.RefuseScript(_slot, isForbidden));
        Assert.Equal(CommandKind.Price, Write(out _));
        Assert.True(_writer.RefuseScript(_slot, isForbidden));
        Assert.Null(Write(out _, isStale: true));
        Assert.Equal(forGood ? CommandKind.Price : CommandKind.Rewrite, Write(out _));
    }

    // What is sent, and what the server says to it.
    private CommandKind? Write(out object? reply, bool isStale = false)
    {
        Span<byte> command = stackalloc byte[_writer.CommandBytesMax];
        int length = _writer.Write(_slot, isStale, command, ref _scriptKnown, out CommandKind kind, out _);
        reply = length == 0 ? null : _redis.Ask(StatusKeysTests.WordsOf(command[..length].ToArray()));
        return length == 0 ? null : kind;
    }

    private void Other(string price, long timeMs) => _redis.Ask("HSET", Key, "ltp", price, "timestamp", IsoTime.Text(timeMs), "original_symbol", "BTCUSDT");

    private void Stands(string price, long timeMs) =>
        Assert.Equal(new() { ["ltp"] = price, ["timestamp"] = IsoTime.Text(timeMs), ["original_symbol"] = "BTCUSDT" }, _redis.Hash(Key));
}
