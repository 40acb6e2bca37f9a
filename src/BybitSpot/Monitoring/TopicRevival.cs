// What is done about a topic that is dead: its price moves at the exchange, and no message brings it. It is subscribed anew; if
// that does not help, its line is replaced, or, where that was done not long ago, it is subscribed anew again, ever more seldom:
// the exchange may have been deaf the first time. Under the bridge's gate.
using BybitSpot.Feed;

namespace BybitSpot.Monitoring;

internal sealed class TopicRevival(LineSet lines)
{
    /// <summary>How long a topic that was subscribed anew is given before its line is replaced; doubled with each further try.</summary>
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(10);

    /// <summary>A topic that stays dead, whatever was tried, is tried again this often.</summary>
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(60);

    public void Revive(int slot, WatchedCoin coin, TimeSpan now)
    {
        if (now < coin.ReviveAt)
            return;
        if (coin.Revivals == 0)
            lines.AskAgain(slot);
        else
            lines.ReplaceFor(slot, coin.Instrument.Coin);
        TimeSpan pause = s_within * (1 << Math.Min(coin.Revivals++, 3));
        coin.ReviveAt = now + (pause < s_every ? pause : s_every);
    }
}
