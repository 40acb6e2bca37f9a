using System.Text;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// Ways in which a connection ends while it runs. After each: a wait, a new connection with everything subscribed, and prices
// right again, also those that moved meanwhile.
public sealed class EndingTests
{
    private const int IntervalMs = 300;

    private const string Text = """{"topic":"tickers.BTCUSDT"}""";

    [Theory]
    [Trait("Fault", "20")]
    [InlineData("binary", "a binary frame")]
    [InlineData("reserved bits", "reserved bits are set")]
    [InlineData("mask", "is masked")]
    [InlineData("unknown opcode", "unknown opcode 3")]
    [InlineData("unknown control opcode", "unknown opcode 11")]
    [InlineData("loose continuation", "a fragment out of place")]
    [InlineData("message in a message", "a fragment out of place")]
    [InlineData("fragmented ping", "a control frame is fragmented")]
    [InlineData("long ping", "a control frame is fragmented or longer than 125 bytes")]
    [InlineData("length too long written", "not written in its shortest form")]
    [InlineData("negative length", "not written in its shortest form")]
    public void A_frame_that_breaks_the_protocol_ends_the_connection(string which, string reason)
    {
        byte[] text = Encoding.UTF8.GetBytes(Text);
        byte[] frame = which switch
        {
            "binary" => RawFrames.Binary(text),
            "reserved bits" => RawFrames.ReservedBits(Text),
            "mask" => RawFrames.Masked(Text),
            "unknown opcode" => RawFrames.Frame(0x83, text),
            "unknown control opcode" => RawFrames.Frame(0x8B, text),
            "loose continuation" => RawFrames.Frame(0x80, text),
            "message in a message" => [.. RawFrames.Frame(0x01, text), .. RawFrames.Text(text)],
            "fragmented ping" => RawFrames.Frame(0x09, [1]),
            "long ping" => RawFrames.Frame(0x89, new byte[126]),
            "length too long written" => [0x81, 126, 0, 5, .. "hello"u8],
            "negative length" => [0x81, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            _ => throw new ArgumentException(which),
        };
        ComesBack(exchange => exchange.BroadcastBytes(frame), reason, ("20", which));
    }

    [Theory]
    [Trait("Fault", "21")]
    [InlineData("1012", "the exchange closed the connection: 1012 service restart")]
    [InlineData("no status", "the exchange closed the connection, without a code")]
    [InlineData("FIN", "the exchange closed the connection without a word")]
    [InlineData("RST", "reset")]
    public void A_connection_that_the_exchange_ends_is_made_anew_after_a_wait(string how, string reason) =>
        ComesBack(
            exchange =>
            {
                switch (how)
                {
                    case "1012": exchange.CloseAll(1012, "service restart"); break;
                    case "no status": exchange.CloseAll(null); break;
                    case "FIN": exchange.FinAll(); break;
                    default: exchange.ResetAll(); break;
                }
            },
            reason,
            ("21", how));

    [Fact]
    [Trait("Fault", "27")]
    public void Half_a_frame_and_then_the_end_leave_nothing_of_it()
    {
        string half = Frames.Ticker("BTCUSDT", "\"666.66\"", 9_000_000_000_000_000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        ComesBack(
            exchange =>
            {
                exchange.BroadcastBytes(RawFrames.Half(half));
                exchange.FinAll();
            },
            "without a word",
            ("27", "a FIN in mid-frame"));
    }

    [Fact]
    [Trait("Fault", "17")]
    public void A_message_of_100_MB_is_refused_at_its_header_and_memory_stays_flat() =>
        ComesBackWithinMemory(exchange => exchange.BroadcastHuge(100), "a message of more than 1048576 bytes", ("17", "a message of 100 MB"));

    [Fact]
    [Trait("Fault", "17")]
    public void Fragments_without_end_are_refused_at_1_MiB_and_memory_stays_flat() =>
        ComesBackWithinMemory(exchange => exchange.BroadcastHuge(100, endlessFragments: true), "a message of more than 1048576 bytes", ("17", "fragments without end"));

    [Fact]
    [Trait("Fault", "17")]
    public void A_message_of_exactly_1_MiB_is_taken()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        string shell = Frames.Ticker("BTCUSDT", "\"777.70\"", journey.Exchange.LastSeq("BTCUSDT") + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), extra: ",\"x\":\"\"");
        string whole = shell[..^2] + new string('x', (1 << 20) - shell.Length) + shell[^2..];
        journey.Send(whole);
        journey.PriceBecomes("BTCUSDT", "777.70");
        journey.TradeArrives("BTCUSDT", "778.00");
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "19")]
    public void One_byte_fragments_with_pings_in_between_are_put_together()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        // From the first answer on.
        journey.Exchange.Faults.Fragments = true;
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        for (int i = 1; i <= 20; i++)
        {
            journey.TradeArrives("BTCUSDT", $"101.{i:00}");
            journey.TradeArrives("ETHUSDT", $"55.{i:00}");
        }
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
        Assert.Single(journey.Exchange.Connections);
    }

    private static void ComesBack(Action<Exchange> end, string reason, (string Row, string What) fault)
    {
        using Journey journey = Begin();
        ComesBack(journey, end, reason, fault);
    }

    private static void ComesBackWithinMemory(Action<Exchange> end, string reason, (string Row, string What) fault)
    {
        using Journey journey = Begin();
        long before = journey.Bot.MemoryKb("VmRSS");
        ComesBack(journey, end, reason, fault);
        Assert.InRange(journey.Bot.MemoryKb("VmHWM") - before, 0, 30_000);
    }

    private static Journey Begin()
    {
        Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["RECONNECT_INTERVAL_MS"] = $"{IntervalMs}" });
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");
        return journey;
    }

    private static void ComesBack(Journey journey, Action<Exchange> end, string reason, (string Row, string What) fault)
    {
        FaultTimes times = FaultTimes.Begin(fault.Row, fault.What);
        TimeSpan ending = journey.Exchange.Now;
        end(journey.Exchange);
        journey.AwaitClosed(1);
        LogLine ended = journey.Bot.Log("feed_disconnected");
        times.Seen();
        // Nobody hears of this one: the new connection has to bring it.
        journey.Exchange.Trade("ETHUSDT", "55.55");
        ConnectionRecord next = journey.AwaitConnection(2, topics: 4);
        TimeSpan waited = next.AcceptedAt - ending;
        Assert.True(waited >= TimeSpan.FromMilliseconds(0.9 * IntervalMs), $"connected anew after {waited}");
        Assert.Equal(["publicTrade.BTCUSDT", "publicTrade.ETHUSDT", "tickers.BTCUSDT", "tickers.ETHUSDT"], next.Topics.Order());
        journey.PriceBecomes("ETHUSDT", "55.55");
        times.Right();
        journey.TradeArrives("BTCUSDT", "101.01");
        Assert.Contains(reason, ended.Text("reason"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, journey.Exchange.Connections.Count);
    }
}
