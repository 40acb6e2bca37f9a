using System.Text;
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class DetailsIntakeTests
{
    private const long T = Frames.Ts;

    private readonly LatestTable _table = new();
    private readonly DetailsIntake _intake;
    private readonly int _slot;

    public DetailsIntakeTests()
    {
        _intake = new DetailsIntake(_table);
        _slot = _table.Add(new Instrument("BTCUSDT", "BTC"));
        _intake.Begin(_slot);
    }

    [Theory]
    [InlineData(10, 0, 11, -5, true)]
    [InlineData(10, 0, 10, 1, true)]
    [InlineData(10, 0, 10, 0, false)]
    [InlineData(10, 0, 9, 4_999, false)]
    [InlineData(10, 0, 9, 5_000, true)]
    [InlineData(10, 0, -1, 1, true)]
    [InlineData(10, 0, -1, 0, false)]
    [InlineData(-1, 0, 10, 0, false)]
    public void Newer_is_the_sequence_then_the_time_and_a_lower_one_only_much_later(long sequence, int ms, long nextSequence, int nextMs, bool newer)
    {
        Assert.True(_intake.Take(_slot, Book("1", sequence, ms)));
        Assert.Equal(newer, _intake.Take(_slot, Book("2", nextSequence, nextMs)));
        Assert.Equal(newer ? "2" : "1", Known().Book.Bid.ToString());
    }

    [Fact]
    public void A_delta_is_laid_over_what_stood_and_moves_the_time_of_all()
    {
        Day(isDelta: false, 10, 0, high: "9", low: "1", volume: "5", change: "0.1");
        Day(isDelta: true, 12, 100, volume: "6");
        Stands("9 1 6 0.1", 100);
        Day(isDelta: true, 13, 200, change: "");
        Stands("9 1 6 ", 200);
        // From another line, of before: it has changed what has changed again since.
        Assert.False(Day(isDelta: true, 12, 150, volume: "5.5"));
        Stands("9 1 6 ", 200);
        Day(isDelta: false, 14, 300, high: "10");
        Stands("10   ", 300);
    }

    [Fact]
    public void A_coin_that_is_watched_anew_begins_with_nothing_and_one_that_was_left_takes_nothing()
    {
        _intake.Take(_slot, Book("1", 10, 0));
        _table.Remove(_slot, delete: false);
        _intake.Take(_slot, Book("2", 11, 1));
        Assert.Equal("1", Known().Book.Bid.ToString());
        Assert.Equal(_slot, _table.Add(new Instrument("BTCUSDT", "BTC")));
        _intake.Begin(_slot);
        Assert.Equal(0, Known().Book.TimeMs);
        Assert.True(_intake.Take(_slot, Book("3", 2, 2)));
        Assert.Equal("3", Known().Book.Bid.ToString());
    }

    [Fact]
    public void Only_readers_that_asked_for_it_are_told()
    {
        DirtySet prices = _table.CreateReader(), all = _table.CreateReader(details: true);
        _intake.Take(_slot, Book("1", 10, 0));
        Assert.Equal((false, true), (prices.Any, all.Any));
        Assert.True(all.TryTake(out int slot));
        Assert.Equal(_slot, slot);
        _intake.Take(_slot, Book("1", 10, 0));
        Assert.False(all.Any);
        _table.RemoveReader(all);
        _intake.Take(_slot, Book("2", 11, 0));
        Assert.False(all.Any);
        Assert.Equal(0, all.Conflated);
    }

    [Fact]
    public void What_two_lines_write_and_two_readers_read_is_never_torn()
    {
        const int Updates = 60_000;
        bool writing = true;
        string? torn = null;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(_ => Start(() =>
        {
            while (Volatile.Read(ref writing))
            {
                _table.ReadDetails(_slot, out Details read);
                if (read.Book.TimeMs != 0 && (read.Book.Bid.ToString() != $"{read.Book.Sequence}" || read.Book.AskSize.ToString() != $"{read.Book.Sequence}" || read.Book.TimeMs != T + read.Book.Sequence))
                    torn = $"{read.Book.Bid} {read.Book.AskSize} {read.Book.Sequence} {read.Book.TimeMs}";
            }
        }))];
        Thread[] writers = [.. Enumerable.Range(0, 2).Select(line => Start(() =>
        {
            for (int i = line; i < Updates; i++)
                _intake.Take(_slot, Book($"{i}", i, i));
        }))];
        foreach (Thread writer in writers)
            Assert.True(writer.Join(TimeSpan.FromSeconds(60)));
        Volatile.Write(ref writing, false);
        foreach (Thread reader in readers)
            Assert.True(reader.Join(TimeSpan.FromSeconds(60)));
        Assert.Null(torn);
        Assert.Equal($"{Updates - 1}", Known().Book.Bid.ToString());

        static Thread Start(Action run)
        {
            var thread = new Thread(() => run()) { IsBackground = true };
            thread.Start();
            return thread;
        }
    }

    private Details Known()
    {
        _table.ReadDetails(_slot, out Details details);
        return details;
    }

    private void Stands(string figures, int ms)
    {
        DayFigures day = Known().Day;
        Assert.Equal((figures, T + ms), ($"{day.High} {day.Low} {day.Volume} {day.Change}", day.TimeMs));
    }

    private bool Day(bool isDelta, long sequence, int ms, string? high = null, string? low = null, string? volume = null, string? change = null) =>
        _intake.Take(_slot, new DayChange
        {
            High = Of(high), HasHigh = high is not null,
            Low = Of(low), HasLow = low is not null,
            Volume = Of(volume), HasVolume = volume is not null,
            Change = Of(change), HasChange = change is not null,
        }, sequence, T + ms, isDelta);

    private static BookTop Book(string bid, long sequence, int ms) =>
        new() { Bid = Of(bid), BidSize = Of(bid), Ask = Of(bid), AskSize = Of(bid), Sequence = sequence, TimeMs = T + ms, Update = -1 };

    private static Figure Of(string? text)
    {
        Figure.TryParse(Encoding.ASCII.GetBytes(text ?? ""), out Figure figure);
        return figure;
    }
}
