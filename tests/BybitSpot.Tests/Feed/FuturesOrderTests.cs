using System.Text;
using System.Text.Json;
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

/// <summary>
/// Trades and tickers of derivatives, from frames to the table, however late either kind of topic comes: the end is right to the
/// letter, and on the way what stands is always the newest of what has come.
/// </summary>
public sealed class FuturesOrderTests
{
    private const string Symbol = "BTCUSDT-25DEC26";

    [Theory, Trait("Fault", "15")]
    [InlineData(0, 0)]
    [InlineData(0, 300)]
    [InlineData(300, 0)]
    [InlineData(2_500, 40)]
    [InlineData(40, 2_500)]
    public void However_late_trades_or_tickers_come_the_end_is_the_last_price_and_the_latest_time_at_which_it_was_that(int tradesLateMs, int tickersLateMs) => Holds.ForSeeds(60, random =>
    {
        var market = new FuturesMarket(random.Next(), Symbol, 150);
        var table = new Followed();
        foreach (FuturesFrame frame in Mixed(market.Frames, tradesLateMs, tickersLateMs, random))
            table.Take(frame.Text, line: 1);
        Assert.Equal(market.Last, table.Now);
    });

    [Fact, Trait("Fault", "15")]
    public void After_every_single_message_the_newest_of_what_has_come_stands() => Holds.ForSeeds(60, random =>
    {
        var market = new FuturesMarket(random.Next(), Symbol, 120);
        var table = new Followed();
        var told = new Told();
        foreach (FuturesFrame frame in Mixed(market.Frames, random.Next(0, 400), random.Next(0, 400), random))
        {
            table.Take(frame.Text, line: 1);
            told.Add(frame.Text);
            Assert.Equal(told.Newest, table.Now);
        }
    });

    [Fact, Trait("Fault", "82")]
    public void Two_lines_of_which_one_begins_late_and_lags_end_as_one_that_saw_all() => Holds.ForSeeds(60, random =>
    {
        var market = new FuturesMarket(random.Next(), Symbol, 150);
        var table = new Followed();
        int from = random.Next(market.Frames.Count);
        FuturesFrame[] first = Mixed(market.Frames, random.Next(0, 200), random.Next(0, 200), random), second = Mixed([.. market.Frames.Skip(from)], random.Next(0, 300), random.Next(0, 300), random);
        for (int i = 0, j = 0; i < first.Length || j < second.Length;)
        {
            bool takesFirst = j == second.Length || (i < first.Length && random.Next(2) == 0);
            table.Take(takesFirst ? first[i++].Text : second[j++].Text, takesFirst ? 1 : 2);
        }
        Assert.Equal(market.Last, table.Now);
    });

    [Fact, Trait("Fault", "15")]
    public void A_line_whose_tickers_have_shown_no_price_confirms_none() => Holds.ForSeeds(20, random =>
    {
        var market = new FuturesMarket(random.Next(), Symbol, 80);
        var table = new Followed();
        table.Take(market.Frames[0].Text, line: 1);
        (string, long) before = table.Now;
        // A new connection that missed the snapshot.
        foreach (FuturesFrame frame in market.Frames.Skip(1).Where(f => f.IsTicker).TakeWhile(f => !f.Text.Contains("lastPrice", StringComparison.Ordinal)))
            table.Take(frame.Text, line: 2);
        Assert.Equal(before, table.Now);
    });

    // Each kind of topic in its order, as late as it is.
    private static FuturesFrame[] Mixed(IReadOnlyList<FuturesFrame> frames, int tradesLateMs, int tickersLateMs, Random random)
    {
        long ticker = 0, trade = 0;
        return
        [
            .. frames.Select(f =>
            {
                ref long last = ref f.IsTicker ? ref ticker : ref trade;
                last = Math.Max(last, f.AtMs + random.Next(0, (f.IsTicker ? tickersLateMs : tradesLateMs) + 1));
                return (At: last, Frame: f);
            }).ToArray().OrderBy(f => f.At).Select(f => f.Frame),
        ];
    }

    /// <summary>What a line does with frames, without its connection.</summary>
    private sealed class Followed
    {
        private readonly LatestTable _table = new();
        private readonly Arbitration _arbitration;
        private readonly int _slot;
        private readonly HashSet<int> _shown = [];

        public Followed()
        {
            _arbitration = new Arbitration(_table);
            _slot = _table.Add(new Instrument(Symbol, Symbol));
            _arbitration.Begin(_slot);
        }

        public (string Price, long TimeMs) Now
        {
            get
            {
                _table.Read(_slot, out Tick tick);
                return (tick.Price.ToString(), tick.TimeMs);
            }
        }

        public void Take(string text, int line)
        {
            byte[] frame = Encoding.UTF8.GetBytes(text);
            var message = default(Message);
            Verdict verdict = TickDecoder.Decode(frame, retailCounts: false, ref message);
            Assert.NotEqual(Verdict.Malformed, verdict);
            if (verdict == Verdict.Tick)
            {
                if (message.Channel == Channel.Ticker)
                    _shown.Add(line);
                _arbitration.Publish(_slot, new Stamp(message.Channel, line, message.Sequence, message.TimeMs, message.TradeId, message.IdMark, Stamp.MarkOf(message.Price)), message.Price, 0, frame);
            }
            else if (message.Channel == Channel.Ticker && _shown.Contains(line))
                _arbitration.Confirm(_slot, message.Sequence, message.TimeMs, message.HasTraded, 0);
        }
    }

    /// <summary>The rule of Arbiter's head, said over all that has come.</summary>
    private sealed class Told
    {
        private readonly List<(long Sequence, long TimeMs, string Price)> _prices = [];
        private readonly List<(long Sequence, long TimeMs)> _confirmed = [];
        private bool _isShown;

        public (string Price, long TimeMs) Newest
        {
            get
            {
                (long sequence, long timeMs, string price) = _prices[0];
                foreach ((long Sequence, long TimeMs, string Price) other in _prices)
                    if ((other.Sequence, other.TimeMs).CompareTo((sequence, timeMs)) >= 0)
                        (sequence, timeMs, price) = other;
                foreach ((long upTo, long atMs) in _confirmed)
                    if (upTo >= sequence)
                        timeMs = Math.Max(timeMs, atMs);
                return (price, timeMs);
            }
        }

        public void Add(string text)
        {
            JsonElement root = JsonDocument.Parse(text).RootElement;
            JsonElement data = root.GetProperty("data");
            if (data.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement trade in data.EnumerateArray())
                    if (!trade.GetProperty("BT").GetBoolean())
                        _prices.Add((trade.GetProperty("seq").GetInt64(), trade.GetProperty("T").GetInt64(), trade.GetProperty("p").GetString()!));
                return;
            }
            (long cs, long ts) = (root.GetProperty("cs").GetInt64(), root.GetProperty("ts").GetInt64());
            if (data.TryGetProperty("lastPrice", out JsonElement price))
            {
                _isShown = true;
                _prices.Add((cs, ts, price.GetString()!));
            }
            else if (_isShown && data.TryGetProperty("volume24h", out _))
                _confirmed.Add((cs, ts));
        }
    }
}
