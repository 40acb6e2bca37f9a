using System.Text;
using BybitSpot.Feed;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class DropCounterTests
{
    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(5);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class HandLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{eventId.Name}: {formatter(state, exception)}");
    }

    private readonly HandClock _clock = new();
    private readonly HandLog _log = new();
    private readonly DropCounter _drops;

    public DropCounterTests() => _drops = new DropCounter(4, _clock, _log);

    [Theory]
    [InlineData(DropReason.NotJson, "not_json")]
    [InlineData(DropReason.Shape, "shape")]
    [InlineData(DropReason.Price, "price")]
    [InlineData(DropReason.Time, "time")]
    [InlineData(DropReason.Sequence, "sequence")]
    [InlineData(DropReason.SymbolMismatch, "symbol_mismatch")]
    [InlineData(DropReason.UnknownTopic, "unknown_topic")]
    [InlineData(DropReason.UnknownSymbol, "unknown_symbol")]
    [InlineData(DropReason.UnknownControl, "unknown_control")]
    [InlineData(DropReason.Future, "future")]
    public void A_reason_is_named_in_snake_case(object reason, string name) => Assert.Equal(name, DropCounter.Name((DropReason)reason));

    [Fact, Trait("Fault", "79")]
    public void What_need_not_be_told_is_counted_and_never_told_and_holds_up_nothing_that_is()
    {
        for (int i = 0; i < 1_000; i++)
            _drops.Count(DropReason.Price);
        _clock.Now += TimeSpan.FromMinutes(1);
        _drops.TellWhatIsDue();
        Assert.Empty(_log.Lines);
        Assert.Equal((1_000, 1_000), (_drops.Of(DropReason.Price), _drops.Total));
        _drops.Add(DropReason.Price, "other"u8);
        Assert.Equal(["message_dropped: dropped 1 messages (price); 1001 since start; latest from line 4: other"], _log.Lines);
    }

    [Fact, Trait("Fault", "91")]
    public void Refusals_are_told_one_by_one_up_to_a_limit_and_then_by_their_number()
    {
        var teller = new RefusalTeller(4, _clock, _log);
        for (int i = 1; i <= 1_000; i++)
            teller.Tell(new RefusedTopic($"tickers.C{i}", "busy", TimeSpan.FromSeconds(2)));
        Assert.Equal(RefusalTeller.ToldEachMax, _log.Lines.Count);
        Assert.Equal("topic_refused: the exchange refuses tickers.C1: busy; tried again in 2 s", _log.Lines[0]);
        _clock.Now += TimeSpan.FromSeconds(9.9);
        teller.TellWhatIsDue();
        Assert.Equal(RefusalTeller.ToldEachMax, _log.Lines.Count);
        _clock.Now += TimeSpan.FromSeconds(0.1);
        teller.TellWhatIsDue();
        teller.TellWhatIsDue();
        Assert.Equal("topics_refused: the exchange refuses 950 more on line 4, the last tickers.C1000: busy", _log.Lines[RefusalTeller.ToldEachMax]);
        teller.Tell(new RefusedTopic("tickers.A", "busy", TimeSpan.FromSeconds(1)));
        Assert.Equal(RefusalTeller.ToldEachMax + 2, _log.Lines.Count);
    }

    [Fact]
    public void The_first_of_a_reason_is_told_at_once_and_the_rest_once_in_ten_seconds()
    {
        _drops.Add(DropReason.Price, "first"u8);
        Assert.Equal(["message_dropped: dropped 1 messages (price); 1 since start; latest from line 4: first"], _log.Lines);
        for (int i = 0; i < 1_000; i++)
            _drops.Add(DropReason.Price, "later"u8);
        _clock.Now += TimeSpan.FromSeconds(9.999);
        _drops.TellWhatIsDue();
        Assert.Single(_log.Lines);
        _clock.Now += TimeSpan.FromSeconds(0.001);
        _drops.TellWhatIsDue();
        Assert.Equal(2, _log.Lines.Count);
        Assert.StartsWith("message_dropped: dropped 1000 messages (price); 1001 since start", _log.Lines[1], StringComparison.Ordinal);
        _clock.Now += TimeSpan.FromHours(1);
        _drops.TellWhatIsDue();
        Assert.Equal(2, _log.Lines.Count);
        Assert.Equal(1_001, _drops.Total);
    }

    [Fact]
    public void Each_reason_has_a_limit_of_its_own()
    {
        _drops.Add(DropReason.Price, "a"u8);
        _drops.Add(DropReason.Time, "b"u8);
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("(time)", _log.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_that_was_just_taken_off_the_list_is_counted_without_a_word()
    {
        _drops.Add(DropReason.UnknownSymbol, "x"u8);
        _clock.Now += TimeSpan.FromHours(1);
        _drops.TellWhatIsDue();
        Assert.Empty(_log.Lines);
        Assert.Equal(1, _drops.Total);
    }

    [Fact, Trait("Fault", "77")]
    public void The_sample_in_the_log_is_short_and_printable()
    {
        _drops.Add(DropReason.NotJson, Encoding.UTF8.GetBytes("\u001B[31m\r\né\0" + new string('x', 10_000)));
        string line = Assert.Single(_log.Lines);
        Assert.EndsWith(": ?[31m?????" + new string('x', 150) + "…", line, StringComparison.Ordinal);
    }
}
