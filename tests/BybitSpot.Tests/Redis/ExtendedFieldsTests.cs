using System.Text;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Tests.Journeys;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>Hashes with more than the three fields, on a real server.</summary>
public sealed class ExtendedFieldsTests : IDisposable
{
    private const string Key = "bybit_spot:BTC";

    private readonly RedisServer _redis = RedisServer.Start();

    // The exchange's times of these tests, a moment ago: a guarded write looks at the server's clock.
    private readonly long _t = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 10_000;

    public void Dispose() => _redis.Dispose();

    [Theory]
    [InlineData(false), InlineData(true)]
    public void All_that_is_known_stands_in_one_hash_each_part_with_its_own_time(bool guarded)
    {
        var a = new Instance(_redis, guarded);
        a.Price("67250.50", _t, 112488546160, Channel.Trade);
        a.Book("67250.40", "0.51", "67250.50", "1.2", _t + 10);
        a.Day("65305.6", "64727.9", "2953.83", "-0.0015", _t + 20);
        Assert.Equal((CommandKind.PriceByScript, "1"), a.Write());
        Dictionary<string, string> hash = _redis.Hash(Key);
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ$", hash["received_at"]);
        hash.Remove("received_at");
        Assert.Equal(
            new()
            {
                ["ltp"] = "67250.50", ["timestamp"] = IsoTime.Text(_t), ["original_symbol"] = "BTCUSDT", ["seq"] = "112488546160", ["source"] = "trade",
                ["bid"] = "67250.40", ["bid_size"] = "0.51", ["ask"] = "67250.50", ["ask_size"] = "1.2", ["book_timestamp"] = IsoTime.Text(_t + 10),
                ["high_24h"] = "65305.6", ["low_24h"] = "64727.9", ["volume_24h"] = "2953.83", ["change_24h"] = "-0.0015", ["day_timestamp"] = IsoTime.Text(_t + 20),
            },
            hash);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void What_is_not_known_is_no_field_and_what_others_left_goes(bool guarded)
    {
        _redis.Ask("HSET", Key, "ltp", "1", "timestamp", IsoTime.Text(_t - 5), "original_symbol", "BTCUSDT", "seq", "4", "more", "x");
        var a = new Instance(_redis, guarded);
        a.Price("2", _t, 5, Channel.Ticker);
        a.Write();
        Assert.Equal((string[])["ltp", .. guarded ? ["more"] : Array.Empty<string>(), "original_symbol", "received_at", "seq", "source", "timestamp"], _redis.Hash(Key).Keys.Order(StringComparer.Ordinal));
        Assert.Equal("ticker", _redis.Hash(Key)["source"]);
    }

    [Fact]
    public void After_the_first_write_all_goes_by_one_HSET_and_nothing_but_a_new_part_is_news()
    {
        Instance a = Known(guarded: false);
        a.Price("3", _t + 30, 7, Channel.Trade);
        Assert.Equal(CommandKind.Price, a.Write().Kind);
        a.Book("2.9", "1", "3.1", "2", _t + 40);
        Assert.Equal(CommandKind.Price, a.Write().Kind);
        Assert.Equal(("3", "2.9"), (_redis.Price("BTC"), _redis.Hash(Key)["bid"]));
        Assert.Equal((CommandKind.Rewrite, "1"), a.Write());
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_side_on_which_nobody_is_any_more_leaves_no_field(bool guarded)
    {
        Instance a = Known(guarded);
        a.Book("", "", "3.1", "2", _t + 40);
        a.Write();
        Assert.False(_redis.Hash(Key).ContainsKey("bid") || _redis.Hash(Key).ContainsKey("bid_size"));
        Assert.Equal(("3.1", IsoTime.Text(_t + 40)), (_redis.Hash(Key)["ask"], _redis.Hash(Key)["book_timestamp"]));
        a.Book("2.9", "1", "3.1", "2", _t + 50);
        a.Write();
        Assert.Equal("2.9", _redis.Hash(Key)["bid"]);
    }

    [Fact]
    public void Where_nothing_may_be_taken_away_what_is_gone_is_empty()
    {
        Instance a = Known(guarded: false);
        Assert.True(a.Writer.RefuseScript(a.Slot, isForbidden: true));
        a.Book("", "", "3.1", "2", _t + 40);
        Assert.Equal(CommandKind.Price, a.Write().Kind);
        Assert.Equal(("", "3.1"), (_redis.Hash(Key)["bid"], _redis.Hash(Key)["ask"]));
    }

    [Theory, Trait("Fault", "70")]
    [InlineData(false), InlineData(true)]
    public void A_new_book_is_no_reason_to_write_a_price_again_that_is_not_to_be_believed(bool guarded)
    {
        Instance a = Known(guarded);
        _redis.Ask("HSET", Key, "ltp", "9", "timestamp", IsoTime.Text(_t + 35));
        a.Book("2.9", "1", "3.1", "2", _t + 40);
        Assert.Null(a.Write(isStale: true).Kind);
        Assert.Equal("9", _redis.Price("BTC"));
    }

    [Fact, Trait("Fault", "70")]
    public void Guarded_each_part_is_kept_or_written_for_itself()
    {
        Instance a = Known(guarded: true), b = new(_redis, guarded: true);
        b.Price("1", _t - 1, 4, Channel.Ticker);
        b.Book("2.8", "1", "3.2", "2", _t + 99);
        b.Day("8", "7", "6", "5", _t - 99);
        Assert.Equal("0", b.Write().Reply);
        Dictionary<string, string> hash = _redis.Hash(Key);
        Assert.Equal(("2", "5", "trade"), (hash["ltp"], hash["seq"], hash["source"]));
        Assert.Equal(("2.8", IsoTime.Text(_t + 99)), (hash["bid"], hash["book_timestamp"]));
        Assert.Equal(("65305.6", IsoTime.Text(_t + 20)), (hash["high_24h"], hash["day_timestamp"]));
        a.Price("3", _t + 50, 8, Channel.Trade);
        Assert.Equal("1", a.Write().Reply);
        Assert.Equal(("3", "2.8"), (_redis.Price("BTC"), _redis.Hash(Key)["bid"]));
    }

    [Theory]
    [InlineData("2199-01-01T00:00:00.000Z"), InlineData("soon")]
    public void A_time_that_no_book_of_the_exchanges_can_have_keeps_none_back(string stored)
    {
        Instance a = Known(guarded: true);
        _redis.Ask("HSET", Key, "bid", "1", "book_timestamp", stored);
        a.Book("2.9", "1", "3.1", "2", _t + 40);
        a.Write();
        Assert.Equal("2.9", _redis.Hash(Key)["bid"]);
    }

    [Fact]
    public void Guarded_whoever_is_told_is_told_of_prices_alone()
    {
        using RedisListener listener = RedisListener.To(_redis, Key);
        Instance a = new(_redis, guarded: true, notify: true), b = new(_redis, guarded: true, notify: true);
        a.Price("2", _t, 5, Channel.Trade);
        a.Write();
        a.Book("1.9", "1", "2.1", "1", _t + 10);
        a.Write();
        b.Price("1", _t - 10, 4, Channel.Trade);
        b.Book("1.8", "1", "2.1", "1", _t + 20);
        b.Write();
        a.Price("3", _t + 30, 6, Channel.Trade);
        a.Write();
        Assert.Equal([$"2|{IsoTime.Text(_t)}", $"3|{IsoTime.Text(_t + 30)}"], listener.Take(2));
        Assert.Equal("1.8", _redis.Hash(Key)["bid"]);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_price_of_RESTs_says_so_and_has_neither_sequence_nor_receipt(bool guarded)
    {
        var a = new Instance(_redis, guarded);
        a.Seed("2", _t);
        Assert.Equal((CommandKind.Seed, "1"), a.Write());
        Assert.Equal(new() { ["ltp"] = "2", ["timestamp"] = IsoTime.Text(_t), ["original_symbol"] = "BTCUSDT", ["source"] = "rest" }, _redis.Hash(Key));
        a.Price("3", _t + 1, 7, Channel.Trade);
        a.Write();
        Assert.Equal(("3", "7", "trade"), (_redis.Price("BTC"), _redis.Hash(Key)["seq"], _redis.Hash(Key)["source"]));
    }

    [Fact]
    public void The_longest_command_fits_and_nothing_is_allocated_for_one()
    {
        var a = new Instance(_redis, guarded: false, symbol: new string('A', 28) + "USDT");
        string longest = new('9', 32);
        a.Price(longest, IsoTime.TimeMsMax, long.MaxValue, Channel.Ticker);
        a.Book(longest, longest, longest, longest, IsoTime.TimeMsMax);
        a.Day(longest, longest, longest, longest, IsoTime.TimeMsMax);
        Assert.Equal("1", a.Write().Reply);
        Assert.Equal(16, _redis.Hash(a.Writer.KeyOf(a.Slot)).Count);
        var into = new byte[a.Writer.CommandBytesMax];
        long received = 1_000;
        var tick = new Tick { Price = Price.FromValid("1"u8), TimeMs = 1_786_310_819_126, Sequence = 1 };
        Allocations.None(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                a.Put(tick with { ReceivedAt = ++received });
                bool known = true;
                Assert.True(a.Writer.Write(a.Slot, false, into, ref known, out CommandKind kind, out _) > 0 && kind == CommandKind.Price);
            }
        });
    }

    // What is known of BTC, written and confirmed: 2 at T, its book of T + 10, its day of T + 20.
    private Instance Known(bool guarded)
    {
        var a = new Instance(_redis, guarded);
        a.Price("2", _t, 5, Channel.Trade);
        a.Book("1.9", "1", "2.1", "2", _t + 10);
        a.Day("65305.6", "64727.9", "2953.83", "-0.0015", _t + 20);
        Assert.Equal("1", a.Write().Reply);
        return a;
    }

    // One program's way of a coin to the server.
    private sealed class Instance
    {
        private readonly RedisServer _redis;
        private readonly LatestTable _table = new();
        private Details _details;
        private bool _scriptKnown;
        private long _received = 100;

        public Instance(RedisServer redis, bool guarded, bool notify = false, string symbol = "BTCUSDT")
        {
            _redis = redis;
            Slot = _table.Add(new Instrument(symbol, symbol[..^4]));
            Writer = new SlotWriter(_table, new RedisWriting { Guarded = guarded, Notify = notify, Extended = true }, sharded: false, TimeProvider.System, NullLogger.Instance);
        }

        public int Slot { get; }

        public SlotWriter Writer { get; }

        public void Price(string price, long timeMs, long sequence, Channel source) =>
            Put(new Tick { Price = BybitSpot.Market.Price.FromValid(Encoding.ASCII.GetBytes(price)), TimeMs = timeMs, Sequence = sequence, Source = source, ReceivedAt = _received++ });

        public void Put(in Tick tick) => _table.Set(Slot, tick);

        public void Seed(string price, long timeMs) =>
            _table.TrySeed(Slot, new Tick { Price = BybitSpot.Market.Price.FromValid(Encoding.ASCII.GetBytes(price)), TimeMs = timeMs, Sequence = Tick.NoSequence, IsSeed = true });

        public void Book(string bid, string bidSize, string ask, string askSize, long timeMs)
        {
            _details.Book = new BookTop { Bid = Of(bid), BidSize = Of(bidSize), Ask = Of(ask), AskSize = Of(askSize), TimeMs = timeMs };
            _table.SetDetails(Slot, _details);
        }

        public void Day(string high, string low, string volume, string change, long timeMs)
        {
            _details.Day = new DayFigures { High = Of(high), Low = Of(low), Volume = Of(volume), Change = Of(change), TimeMs = timeMs };
            _table.SetDetails(Slot, _details);
        }

        // What is sent, and what the server says to it. The time that stands is asked for first where it is.
        public (CommandKind? Kind, object? Reply) Write(bool isStale = false)
        {
            Span<byte> command = stackalloc byte[Writer.CommandBytesMax];
            int length = Writer.Write(Slot, isStale, command, ref _scriptKnown, out CommandKind kind, out _);
            if (length == 0)
                return (null, null);
            if (kind == CommandKind.AskTime)
            {
                Writer.TakeStoredTime(Slot, null);
                return Write(isStale);
            }
            object? reply = _redis.Ask(StatusKeysTests.WordsOf(command[..length].ToArray()));
            if (kind is CommandKind.PriceByScript or CommandKind.Rewrite)
                Writer.ConfirmScript(Slot);
            if (kind == CommandKind.Seed)
                Writer.ConfirmSeed(Slot);
            return (kind, reply);
        }

        private static Figure Of(string text)
        {
            Figure.TryParse(Encoding.ASCII.GetBytes(text), out Figure figure);
            return figure;
        }
    }
}
