using System.Text;
using BybitSpot.App;
using BybitSpot.App.Terminal;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class ConsoleSinkTests
{
    private const long TimeMs = 1_725_895_825_123;

    private readonly LatestTable _latest = new();
    private readonly FickleStream _output = new();
    private readonly KeptLog _log = new();

    [Fact]
    public void A_drain_writes_a_line_for_each_coin_with_its_newest_price_in_one_write()
    {
        ConsoleSink sink = Sink();
        int btc = _latest.Add(new Instrument("BTCUSDT", "BTC")), eth = _latest.Add(new Instrument("ETHUSDT", "ETH"));
        _latest.Add(new Instrument("SOLUSDT", "SOL"));
        Set(btc, "67250.40", TimeMs - 1);
        Set(eth, "2580.75", TimeMs + 333);
        Set(btc, "67250.50", TimeMs);

        Assert.True(sink.Drain());

        Assert.Equal("BTC|67250.50|2024-09-09T15:30:25.123Z\nETH|2580.75|2024-09-09T15:30:25.456Z\n", _output.Text);
        Assert.Equal(1, _output.Writes);
    }

    [Fact]
    public void A_removed_coin_is_not_shown()
    {
        ConsoleSink sink = Sink();
        int btc = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        Set(btc, "1", TimeMs);
        _latest.Remove(btc, delete: true);

        sink.Drain();

        Assert.Equal(0, _output.Writes);
    }

    [Fact]
    public void A_coin_that_does_not_change_is_not_written_again()
    {
        ConsoleSink sink = Sink();
        Set(_latest.Add(new Instrument("BTCUSDT", "BTC")), "1", TimeMs);

        sink.Drain();
        sink.Drain();

        Assert.Equal(1, _output.Writes);
    }

    [Fact]
    public void Prices_of_many_coins_in_one_drain_are_all_there()
    {
        ConsoleSink sink = Sink();
        for (int i = 0; i < 3_000; i++)
            Set(_latest.Add(new Instrument($"C{i}USDT", $"C{i}")), $"{i + 1}.5", TimeMs);

        sink.Drain();

        Assert.Equal(1, _output.Writes);
        Assert.Equal(
            Enumerable.Range(0, 3_000).Select(i => $"C{i}|{i + 1}.5|2024-09-09T15:30:25.123Z").Order(),
            _output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [Fact]
    public void A_drain_allocates_nothing()
    {
        var sink = new ConsoleSink(_latest, Stream.Null, _log);
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        Allocations.None(() => Drain(10_000));

        void Drain(int times)
        {
            for (int i = 0; i < times; i++)
            {
                Set(slot, "67250.50", TimeMs + i);
                sink.Drain();
            }
        }
    }

    [Fact]
    public void A_busy_feed_is_gathered_into_few_writes_and_the_last_price_always_comes()
    {
        ConsoleSink sink = Sink();
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        sink.Start(Died);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int i = 1; i <= 300; i++)
        {
            Set(slot, $"{i}", TimeMs);
            Thread.Sleep(1);
        }
        TimeSpan lasted = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        Eventually.Holds(() => _output.Text.EndsWith("BTC|300|2024-09-09T15:30:25.123Z\n", StringComparison.Ordinal), "the last price");
        sink.Stop();

        Assert.InRange(_output.Writes, 1, (int)(lasted / ConsoleSink.Gather) + 3);
        string[] prices = [.. _output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|')[1])];
        Assert.Equal(prices.OrderBy(int.Parse), prices);
    }

    [Fact]
    public void Stopping_writes_what_came_last()
    {
        ConsoleSink sink = Sink();
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        sink.Start(Died);
        Set(slot, "7", TimeMs);
        sink.Stop();

        Assert.EndsWith("BTC|7|2024-09-09T15:30:25.123Z\n", _output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_stdout_ends_the_sink_with_one_event()
    {
        _output.FailsWith = StandardStreams.ClosedPipe.HResult;
        ConsoleSink sink = Sink();
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        sink.Start(Died);
        Set(slot, "1", TimeMs);
        Eventually.Holds(() => _log.Entries.Count > 0, "the event");
        Set(slot, "2", TimeMs);
        sink.Stop();

        Assert.Equal("console_closed", Assert.Single(_log.Entries).Event);
        Assert.Equal(1, _output.Writes);
    }

    [Fact]
    public void A_full_disk_behind_stdout_is_told_once_and_later_prices_are_written_again()
    {
        ConsoleSink sink = Sink();
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        _output.FailsWith = 28;
        Set(slot, "1", TimeMs);
        Assert.True(sink.Drain());
        Set(slot, "2", TimeMs);
        Assert.True(sink.Drain());
        _output.FailsWith = 0;
        Set(slot, "3", TimeMs);
        Assert.True(sink.Drain());

        Assert.Equal("console_failed", Assert.Single(_log.Entries).Event);
        Assert.StartsWith("BTC|3|", _output.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Fault", "62")]
    public void A_stdout_that_nobody_reads_holds_up_neither_the_feed_nor_the_stop()
    {
        _output.Open.Reset();
        ConsoleSink sink = Sink();
        int slot = _latest.Add(new Instrument("BTCUSDT", "BTC"));
        sink.Start(Died);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        for (int i = 0; i < 100_000; i++)
            Set(slot, "1", TimeMs + i);
        sink.Stop();

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
        _output.Open.Set();
    }

    private static void Died(string thread, Exception exception) => throw new InvalidOperationException(thread, exception);

    private ConsoleSink Sink() => new(_latest, _output, _log);

    private void Set(int slot, string price, long timeMs)
    {
        var tick = new Tick { TimeMs = timeMs, Sequence = Tick.NoSequence };
        Span<byte> text = stackalloc byte[Price.LengthMax];
        Assert.True(Price.TryParse(text[..Encoding.ASCII.GetBytes(price, text)], out tick.Price));
        _latest.Set(slot, tick);
    }
}
