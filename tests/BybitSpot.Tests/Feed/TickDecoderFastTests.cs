using System.Text;
using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class TickDecoderFastTests
{
    private static readonly byte[][] s_documented =
    [
        .. ((string[])
        [
            Frames.Ticker(),
            Frames.Ticker(index: ""),
            Frames.Ticker(symbol: "1INCHUSDT", price: "\"0.1\"", index: ",\"usdIndexPrice\":\"\""),
            Frames.Ticker(symbol: "A", ts: "1514764800000", cs: "0"),
            Frames.Trades("ETHUSDT", Frames.Trade()),
            Frames.Trades("ETHUSDT", Frames.Trade(block: "true"), Frames.Trade(price: "\"7\"", sequence: "0"), Frames.Trade(retail: "true")),
            LinearTrades("BTCUSDT", LinearTrade("BTCUSDT")),
            LinearTrades("BTC-26DEC25", LinearTrade("BTC-26DEC25", more: ""), LinearTrade("BTC-26DEC25", block: "true")),
            LinearTrades("WC_ENG_ARG_USDT-15JUL26", LinearTrade("WC_ENG_ARG_USDT-15JUL26"), LinearTrade("WC_ENG_ARG_USDT-15JUL26", id: "1234567")),
            Frames.Trades("BTCUSDT", Enumerable.Range(0, 12).Select(i => Frames.Trade("BTCUSDT", id: $"{i}", sequence: $"{i}"))),
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void Every_documented_message_of_spot_and_every_trade_of_derivatives_goes_the_quick_way()
    {
        foreach (byte[] frame in s_documented)
        {
            Assert.True(Frames.TryFast(frame, out Decoded fast), Encoding.UTF8.GetString(frame));
            Assert.Equal(Frames.DecodeCarefully(frame), fast);
        }
    }

    [Theory]
    [InlineData("\"ts\":1786310819126", "\"ts\":01786310819126")]
    [InlineData("\"ts\":1786310819126", "\"ts\":")]
    [InlineData("\"ts\":1786310819126", "\"ts\":0")]
    [InlineData("\"ts\":1786310819126", "\"ts\":1786310819")]
    [InlineData("\"ts\":1786310819126", "\"ts\":1514764799999")]
    [InlineData("\"ts\":1786310819126", "\"ts\":253402300800000")]
    [InlineData("\"ts\":1786310819126", "\"ts\":1786310819126000000")]
    [InlineData("\"cs\":112488546160", "\"cs\":00")]
    [InlineData("\"cs\":112488546160", "\"cs\":1.0")]
    [InlineData("\"cs\":112488546160", "\"cs\":-1")]
    [InlineData("\"symbol\":\"BTCUSDT\"", "\"symbol\":\"BTCUSD\"")]
    [InlineData("65140.5", "0.0")]
    [InlineData("65305.6", "6530\\n5.6")]
    [InlineData("65305.6", "6530\n5.6")]
    [InlineData("65305.6", "é")]
    [InlineData("\"0.0015\"", "\"0.0015\",\"x\":\"\"")]
    [InlineData("\"type\":\"snapshot\"", "\"type\":\"delta\"")]
    [InlineData("}}", "}} ")]
    [InlineData("}}", "}")]
    [InlineData("}}", "}}}")]
    public void A_message_that_is_off_the_shape_does_not_go_the_quick_way(string part, string off)
    {
        Assert.Contains(part, Frames.Ticker(), StringComparison.Ordinal);
        Assert.False(Frames.TryFast(Encoding.UTF8.GetBytes(Frames.Ticker().Replace(part, off, StringComparison.Ordinal)), out _));
    }

    [Fact]
    public void Whatever_goes_the_quick_way_comes_to_the_same_by_the_careful_way()
    {
        int fast = 0, slow = 0;
        Holds.ForSeeds(500, random =>
        {
            for (int i = 0; i < 500; i++)
            {
                byte[] frame = Mutate(s_documented[random.Next(s_documented.Length)], random);
                bool retailCounts = random.Next(2) == 0;
                if (!Frames.TryFast(frame, out Decoded quick, retailCounts))
                {
                    slow++;
                    continue;
                }
                fast++;
                Decoded careful = Frames.DecodeCarefully(frame, retailCounts);
                if (quick != careful)
                    Assert.Fail($"quick {quick}, careful {careful}: {Encoding.Latin1.GetString(frame)}");
            }
        });
        Assert.True(fast > (fast + slow) / 20, $"{fast} of {fast + slow} went the quick way");
        Assert.True(slow > (fast + slow) / 20, $"{slow} of {fast + slow} went the careful way");
    }

    [Fact]
    public void No_mutated_message_makes_the_decoder_throw_or_take_what_is_no_price() =>
        Holds.ForSeeds(50, random =>
        {
            for (int i = 0; i < 200; i++)
            {
                byte[] frame = Mutate(s_documented[random.Next(s_documented.Length)], random);
                Decoded decoded = Frames.Decode(frame);
                Assert.Equal(decoded.Verdict == Verdict.Malformed, decoded.Fault != DropReason.None);
                if (decoded.Verdict != Verdict.Tick)
                    continue;
                Assert.Matches(@"\A(?=.*[1-9])[0-9]+(\.[0-9]+)?\z", decoded.Price);
                Assert.InRange(decoded.TimeMs, 1_514_764_800_000, 253_402_300_799_999);
                Assert.InRange(decoded.Sequence, -1, long.MaxValue);
                Assert.NotEqual("", decoded.Symbol);
            }
        });

    [Fact]
    public void Decoding_a_documented_message_allocates_nothing_by_either_way()
    {
        foreach (byte[] frame in s_documented)
        {
            Assert.Equal(0, Allocated(() => Quick(frame)));
            Assert.Equal(0, Allocated(() => Careful(frame)));
        }
        byte[] linear = Encoding.UTF8.GetBytes("{\"topic\":\"tickers.BTCUSDT\",\"type\":\"delta\",\"data\":{\"symbol\":\"BTCUSDT\",\"lastPrice\":\"65140.6\"},\"cs\":1,\"ts\":1786310819126}");
        Assert.Equal(0, Allocated(() => Quick(linear)));
    }

    private static string LinearTrades(string symbol, params string[] trades) =>
        $"{{\"topic\":\"publicTrade.{symbol}\",\"type\":\"snapshot\",\"ts\":1786310821918,\"data\":[{string.Join(',', trades)}]}}";

    private static string LinearTrade(string symbol, string id = "20f43950-d8dd-5b31-9112-a178eb6023af", string block = "false", string more = ",\"RPI\":false") =>
        $"{{\"T\":1786310821917,\"s\":\"{symbol}\",\"S\":\"Buy\",\"v\":\"0.001\",\"p\":\"65140.50\",\"L\":\"PlusTick\",\"i\":\"{id}\",\"BT\":{block}{more},\"seq\":24987956063}}";

    private static Verdict Quick(byte[] frame)
    {
        var message = default(Message);
        return TickDecoder.Decode(frame, false, ref message);
    }

    private static Verdict Careful(byte[] frame)
    {
        var message = default(Message);
        return TickDecoder.DecodeCarefully(frame, false, ref message);
    }

    // Bytes that this thread allocates in 200 turns, after as many to warm up.
    private static long Allocated(Func<Verdict> turn)
    {
        for (int i = 0; i < 200; i++)
            turn();
        bool allTicks = true;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
            allTicks &= turn() == Verdict.Tick;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allTicks);
        return allocated;
    }

    // One to three random edits, of the kinds that break hand-written parsers.
    private static byte[] Mutate(byte[] documented, Random random)
    {
        var frame = new List<byte>(documented);
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(frame.Count + 1);
            int inside = Math.Min(at, frame.Count - 1);
            switch (random.Next(14))
            {
                case 0:
                    frame[inside] = (byte)random.Next(256);
                    break;
                case 1:
                    frame[inside] = (byte)random.Next(0x20, 0x7F);
                    break;
                case 2:
                    frame.Insert(at, (byte)random.Next(0x20, 0x7F));
                    break;
                case 3:
                    frame.RemoveRange(inside, Math.Min(random.Next(1, 12), frame.Count - inside));
                    break;
                case 4:
                    frame.InsertRange(at, frame.GetRange(inside, Math.Min(random.Next(1, 80), frame.Count - inside)).ToArray());
                    break;
                case 5 or 6 or 7:
                    int digit = frame.FindIndex(inside, c => char.IsAsciiDigit((char)c));
                    if (digit >= 0)
                        frame[digit] = (byte)random.Next('0', '9' + 1);
                    break;
                case 8:
                    frame.Insert(at, (byte)"\"\\{}[],:"[random.Next(8)]);
                    break;
                case 9 or 10:
                    ReplaceNumber(frame, inside, random);
                    break;
                case 11:
                    Replace(frame, ["true", "false"], random.Next(2) == 0 ? "true" : "false", inside);
                    break;
                case 12:
                    Replace(frame, ["BTCUSDT", "ETHUSDT"], random.Next(2) == 0 ? "BTCUSDT" : "SOLUSDT", inside);
                    break;
                default:
                    frame.InsertRange(at, Encoding.UTF8.GetBytes(random.Next(2) == 0 ? "\\u0030" : "é"));
                    break;
            }
            if (frame.Count == 0)
                frame.Add((byte)'{');
        }
        return [.. frame];
    }

    private static void ReplaceNumber(List<byte> frame, int from, Random random)
    {
        int first = frame.FindIndex(from, c => char.IsAsciiDigit((char)c));
        if (first < 0)
            return;
        int end = frame.FindIndex(first, c => !char.IsAsciiDigit((char)c));
        if (end < 0)
            return;
        string digits = string.Concat(Enumerable.Range(0, random.Next(16, 22)).Select(_ => random.Next(10)));
        string[] numbers = ["0", "00", "012", "1", "-1", "1.0", "1e3", "", "9223372036854775807", "253402300799999", "253402300800000", "1514764799999", "1514764800000", digits, digits, digits];
        frame.RemoveRange(first, end - first);
        frame.InsertRange(first, Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]));
    }

    private static void Replace(List<byte> frame, string[] some, string other, int from)
    {
        string text = Encoding.Latin1.GetString(frame.ToArray());
        foreach (string one in some)
        {
            int at = text.IndexOf(one, from, StringComparison.Ordinal);
            if (at < 0)
                continue;
            frame.RemoveRange(at, one.Length);
            frame.InsertRange(at, Encoding.ASCII.GetBytes(other));
            return;
        }
    }
}
