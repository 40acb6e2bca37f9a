using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.App;

// A disk that does not answer until the test lets it.
[Trait("Fault", "96")]
public sealed class PatientReaderTests : IDisposable
{
    private readonly SteppedTime _clock = new();
    private readonly ManualResetEventSlim _disk = new(false);
    private readonly PatientReader _reader;
    private int _reads, _ticks;

    public PatientReaderTests() => _reader = new PatientReader(
        (ref byte[] buffer) =>
        {
            Interlocked.Increment(ref _reads);
            _disk.Wait();
            buffer = [(byte)_reads];
            return new FileContent(buffer, 1);
        },
        _clock);

    public void Dispose()
    {
        _disk.Set();
        _disk.Dispose();
    }

    [Fact]
    public void A_disk_that_does_not_answer_is_waited_for_once_with_wakes_in_between_and_asked_again_when_it_has()
    {
        FileContent first = _reader.Read(Tick);
        Assert.Equal("cannot be read: its disk has not answered for 5 s", first.Trouble);
        Assert.True(_ticks >= 5, $"{_ticks} wakes");

        // It hangs still: nobody waits, and it is not asked twice.
        int ticks = _ticks;
        Assert.Equal(first.Trouble, _reader.Read(Tick).Trouble);
        Assert.Equal((ticks, 1), (_ticks, _reads));

        _disk.Set();
        Eventually.Holds(() => _reader.Read(Tick).Trouble is null, "an answer");
        Assert.Equal(2, _reader.Read(Tick).Span[0]);
    }

    [Fact]
    public void Each_question_is_a_new_look_and_one_thread_does_them_all()
    {
        _disk.Set();
        for (byte i = 1; i <= 20; i++)
            Assert.Equal(i, _reader.Read().Span[0]);
    }

    // A second of the clock's for each wake.
    private void Tick()
    {
        _ticks++;
        _clock.Advance(TimeSpan.FromSeconds(1));
    }
}
