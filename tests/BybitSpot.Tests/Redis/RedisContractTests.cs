using System.Globalization;
using System.Text;
using BybitSpot.Market;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>The contract with everybody who reads prices from Redis. It may grow, never change: mend the program, not this test.</summary>
public sealed class RedisContractTests
{
    [Fact]
    public void A_spot_price_is_one_HSET_of_exactly_these_bytes() =>
        Assert.Equal(
            "*8\r\n$4\r\nHSET\r\n$14\r\nbybit_spot:BTC\r\n$3\r\nltp\r\n$8\r\n67250.50\r\n$9\r\ntimestamp\r\n$24\r\n2024-09-09T15:30:25.123Z\r\n"
            + "$15\r\noriginal_symbol\r\n$7\r\nBTCUSDT\r\n",
            Written(Venue.Spot, new("BTCUSDT", "BTC"), "67250.50", 1_725_895_825_123));

    [Theory]
    [InlineData(Venue.Spot, "BTCUSDT", "BTC", "bybit_spot:BTC")]
    [InlineData(Venue.Spot, "1INCHUSDT", "1INCH", "bybit_spot:1INCH")]
    [InlineData(Venue.Linear, "BTCUSDT", "BTC", "bybit_futures:BTC")]
    [InlineData(Venue.Linear, "BTC-29AUG25", "BTC-29AUG25", "bybit_futures:BTC-29AUG25")]
    [InlineData(Venue.Inverse, "BTCUSD", "BTCUSD", "bybit_futures:BTCUSD")]
    public void A_coins_key_is_named_by_its_market_and_coin(Venue venue, string symbol, string coin, string key)
    {
        Assert.Equal(key, PriceKeys.KeyOf(new Instrument(symbol, coin) { Venue = venue }));
        Assert.Equal(key, new PriceCommand(new Instrument(symbol, coin) { Venue = venue }).Key);
    }

    [Fact]
    public void The_fields_have_these_names()
    {
        Assert.Equal(("ltp", "timestamp", "original_symbol"), (PriceKeys.PriceField, PriceKeys.TimestampField, PriceKeys.SymbolField));
        Assert.Equal(("bybit_spot:", "bybit_futures:"), (PriceKeys.SpotPrefix, PriceKeys.FuturesPrefix));
    }

    [Fact]
    public void Any_price_of_any_coin_is_written_as_the_plain_command_would_be() =>
        Holds.ForSeeds(3_000, random =>
        {
            string coin = new(random.GetItems("ABCXYZ0189".ToCharArray(), random.Next(1, 29)));
            int digits = random.Next(1, 32);
            string price = "1" + new string(random.GetItems("0123456789".ToCharArray(), digits));
            if (digits > 3 && random.Next(2) == 0)
                price = price.Remove(2, 1).Insert(2, ".");
            long timeMs = random.NextInt64(IsoTime.TimeMsMax + 1);
            var instrument = new Instrument(coin + "USDT", coin);
            Venue venue = random.Next(2) == 0 ? Venue.Spot : Venue.Linear;
            string time = DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            string expected = Encoding.UTF8.GetString(Resp.Command("HSET", (venue == Venue.Spot ? "bybit_spot:" : "bybit_futures:") + coin,
                "ltp", price, "timestamp", time, "original_symbol", coin + "USDT"));
            Assert.Equal(expected, Written(venue, instrument, price, timeMs));
        });

    [Fact]
    public void The_longest_command_fits_into_what_it_says_it_takes()
    {
        var command = new PriceCommand(new Instrument(new string('A', 28) + "USDT", new string('A', 28)) { Venue = Venue.Linear });
        var into = new byte[command.LengthMax];
        var tick = new Tick { Price = Price.FromValid("12345678901234567890123456789012"u8), TimeMs = IsoTime.TimeMsMax };
        Assert.InRange(command.Write(tick, into), command.LengthMax - 4, command.LengthMax);
    }

    [Fact]
    public void Writing_a_price_allocates_nothing()
    {
        var command = new PriceCommand(new Instrument("BTCUSDT", "BTC"));
        var into = new byte[command.LengthMax];
        var tick = new Tick { Price = Price.FromValid("67250.50"u8), TimeMs = 1_725_895_825_123 };
        Allocations.None(() =>
        {
            for (int i = 0; i < 500; i++)
                command.Write(tick, into);
        });
    }

    [Fact]
    public void A_command_counts_bytes_not_characters() =>
        Assert.Equal("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$7\r\nx\r\n€y\r\n", Encoding.UTF8.GetString(Resp.Command("SET", "", "x\r\n€y")));

    private static string Written(Venue venue, Instrument instrument, string price, long timeMs)
    {
        var command = new PriceCommand(instrument with { Venue = venue });
        var into = new byte[command.LengthMax + 8];
        into.AsSpan().Fill((byte)'#');
        var tick = new Tick { Price = Price.FromValid(Encoding.ASCII.GetBytes(price)), TimeMs = timeMs, Sequence = 9 };
        int length = command.Write(tick, into);
        Assert.True(length <= command.LengthMax);
        Assert.All(into[length..], b => Assert.Equal((byte)'#', b));
        return Encoding.UTF8.GetString(into, 0, length);
    }
}
