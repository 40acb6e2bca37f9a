// What a line waits for between connections: its delay, file descriptors, and what the exchange lets the process open. What must stay true:
// Stop ends every wait, and the line's turns go on meanwhile.
using BybitSpot.Signals;

namespace BybitSpot.Feed;

internal sealed partial class Line
{
    /// <summary>How often it is told that the descriptors for a connection are not there, and how often they are looked for.</summary>
    private static readonly TimeSpan s_tellLackEvery = TimeSpan.FromSeconds(30), s_lookForDescriptorsEvery = TimeSpan.FromSeconds(1);

    private long? _lackToldAt;

    // Waits between connections; Stop ends it.
    private void Rest(TimeSpan delay)
    {
        long start = time.GetTimestamp();
        lock (_rest)
        {
            while (!_stopping && delay - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
            {
                Turn.Take();
                Monitor.Wait(_rest, left < Turns.Slice ? left : Turns.Slice);
            }
        }
    }

    // Waits for file descriptors. It is no failure of the exchange's, so it is not counted among those.
    private void AwaitDescriptors()
    {
        while (!_stopping && parts.Reserve.Lack(Reserve.ForFeed) is { } lack)
        {
            if (_lackToldAt is not { } told || time.GetElapsedTime(told) >= s_tellLackEvery)
            {
                _lackToldAt = time.GetTimestamp();
                log.FeedConnectFailed(number, options.StreamUrl.ToString(), lack);
            }
            Rest(s_lookForDescriptorsEvery);
        }
    }

    // Waits until the process may connect again.
    private void AwaitPace()
    {
        for (bool told = false; !_stopping && parts.Pace.Take(time.GetElapsedTime(0)) is { } wait; told = true)
        {
            if (!told)
                log.FeedConnectFailed(number, options.StreamUrl.ToString(), $"{ConnectPace.ConnectionsMax} connections were made within five minutes, and at 500 the exchange bans; the next in {Math.Ceiling(wait.TotalSeconds):0} s");
            Rest(wait);
        }
    }

    // See Backoff: a redundant line whose connection had brought prices and was ended from outside.
    private bool MayComeBackSoon() =>
        options.Lines > 1 && _cause is (ReconnectCause.Closed or ReconnectCause.NetworkFailed)
        && time.GetElapsedTime(_connectedAt) >= Backoff.RedundantAfter && parts.Pace.AreFew(time.GetElapsedTime(0));
}
