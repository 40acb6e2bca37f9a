// Where what all lines tell of coins beside their prices comes together: for each coin the newest book, and the newest figures of the day,
// a delta's laid over what stood. Into the latest table, under one lock of that coin's own.
//
// Newer is the higher sequence, then the later time; where one has no sequence, the later time. A lower sequence is newer, too, once it is
// 5 s later by the exchange's time: the exchange has started anew. No suspicion is needed here, as for a price: the next message heals.
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed class DetailsIntake(LatestTable table)
{
    private sealed class Seat
    {
        public readonly Lock Gate = new();
        public Details Known;
    }

    private readonly Seat?[] _seats = new Seat?[LatestTable.SlotsMax];

    /// <summary>A coin is watched from now on, and nothing is known of it. Before its first message.</summary>
    public void Begin(int slot) => Volatile.Write(ref _seats[slot], new Seat());

    /// <returns>Whether it is newer than what stood.</returns>
    public bool Take(int slot, in BookTop book)
    {
        Seat seat = Volatile.Read(ref _seats[slot])!;
        lock (seat.Gate)
        {
            if (!IsNewer(book.Sequence, book.TimeMs, seat.Known.Book.Sequence, seat.Known.Book.TimeMs))
                return false;
            seat.Known.Book = book;
            table.SetDetails(slot, seat.Known);
            return true;
        }
    }

    /// <param name="isDelta">Whether what the ticker leaves out is as it was: else there is none.</param>
    /// <returns>Whether it is newer than what stood.</returns>
    public bool Take(int slot, in DayChange change, long sequence, long timeMs, bool isDelta)
    {
        Seat seat = Volatile.Read(ref _seats[slot])!;
        lock (seat.Gate)
        {
            ref DayFigures day = ref seat.Known.Day;
            if (!IsNewer(sequence, timeMs, day.Sequence, day.TimeMs))
                return false;
            day = new DayFigures
            {
                High = isDelta && !change.HasHigh ? day.High : change.High,
                Low = isDelta && !change.HasLow ? day.Low : change.Low,
                Volume = isDelta && !change.HasVolume ? day.Volume : change.Volume,
                Change = isDelta && !change.HasChange ? day.Change : change.Change,
                Sequence = sequence,
                TimeMs = timeMs,
            };
            table.SetDetails(slot, seat.Known);
            return true;
        }
    }

    private static bool IsNewer(long sequence, long timeMs, long stoodSequence, long stoodMs)
    {
        if (stoodMs == 0)
            return true;
        if (sequence == Tick.NoSequence || stoodSequence == Tick.NoSequence || sequence == stoodSequence)
            return timeMs > stoodMs;
        return sequence > stoodSequence || timeMs >= stoodMs + Arbiter.ResetAfterMs;
    }
}
