namespace BybitSpot.Tests.Storm;

// The market of a storm: a third of the coins is busy, a third slow, a third nearly quiet; each one's last price falls into a
// fault. Half of the coins have theirs anywhere in the storm, and must outlive all that comes after; the others near its end.
internal sealed partial class Schedule
{
    /// <summary>Mean time between a coin's dealings, for its kind.</summary>
    private static readonly TimeSpan[] s_paces = [TimeSpan.FromSeconds(0.12), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8)];

    /// <summary>What is over at once is on for so long.</summary>
    private static readonly TimeSpan s_instant = TimeSpan.FromMilliseconds(60);

    /// <summary>The faults in which any coin's last price may be sent: those that could lose it.</summary>
    public static bool MayHoldTheLast(Fault fault) => fault.Kind is not (FaultKind.Hangup or FaultKind.SequenceReset or FaultKind.CoinRemoved or FaultKind.CoinSilent);

    private void DrawDealings()
    {
        int reset = _faults.Find(f => f.Kind == FaultKind.SequenceReset)?.Coin ?? -1;
        Fault[] holders = [.. _faults.Where(MayHoldTheLast)];
        Fault[] late = [.. holders.Where(f => f.Until > Length / 2)];
        for (int coin = 0; coin < CoinCount; coin++)
        {
            // A coin that is silenced or removed by itself has its last price lost in that, or the fault would be for nothing.
            Fault holder = _faults.FindLast(f => f.Kind == FaultKind.CoinSilent && f.Coin == coin)
                ?? _faults.FindLast(f => f.Kind == FaultKind.CoinRemoved && f.Coin == coin) ?? OneOf(coin % 2 == 0 ? late : holders);
            TimeSpan last = holder.At + (holder.For > s_instant ? holder.For : s_instant) * _random.NextDouble();
            TimeSpan pace = s_paces[coin % s_paces.Length];
            TimeSpan at = coin == reset ? s_resetAt + TimeSpan.FromSeconds(0.5) : TimeSpan.Zero;
            while ((at += pace * (-Math.Log(1 - _random.NextDouble()))) < last)
                _dealings.Add(new Dealing(at, coin, _random.Next(40) switch { 0 => Deal.Block, < 4 => Deal.ThreeTrades, _ => Deal.Trade }, false));
            _dealings.Add(new Dealing(last, coin, Deal.Trade, true));
        }
    }
}
