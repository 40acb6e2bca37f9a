// What a connection asks for again because it hears nothing: coins that were granted and stay silent, topics that seem dead, and
// the canary, which tells a quiet market from a dead stream. See Canary and Liveness for when. Owned by the line's thread.
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed partial class Subscriptions
{
    private Topic? _canary;
    private bool _canaryHeard;

    /// <summary>
    /// Asks anew for coins that were acknowledged long ago and have had no ticker yet, without touching the others.
    /// </summary>
    /// <returns>False if they were asked for anew before, so that only a new connection may help.</returns>
    public bool AskAgainForSilent(TimeSpan now)
    {
        Coin[] silent = SilentAt(now);
        if (silent.Any(c => c.AskedAgain))
            return false;
        AskAgain(silent);
        return true;
    }

    /// <summary>Asks anew for a coin whose topic seems dead. From its ack on it waits for a first ticker again.</summary>
    public void AskAgain(int slot)
    {
        if (!_coins.TryGetValue(slot, out Coin? coin))
            return;
        coin.HasTicker = false;
        AwaitsTicker = true;
        AskAgain([coin]);
    }

    /// <summary>Lets coins that stay silent whatever was tried be, for so long.</summary>
    public void WaitForSilent(TimeSpan now, TimeSpan pause)
    {
        foreach (Coin coin in SilentAt(now))
        {
            coin.AskedAgain = false;
            coin.TickerAckedAt = now + pause;
        }
    }

    /// <summary>Subscribes the canary's ticker, unless it is one of the line's own.</summary>
    public void AskForCanary(Instrument instrument)
    {
        if (_canary is not null || _coins.Values.Any(c => c.Instrument.Symbol == instrument.Symbol))
            return;
        // Not taken for a ticker: whether it speaks is not a matter of coins.
        _canary = new Topic(Topics.Name(Channel.Ticker, instrument.Symbol), new Coin(instrument, CanarySlot), isTicker: false);
        Ask(subscribes: true, [_canary]);
    }

    /// <summary>The canary spoke.</summary>
    public void CanaryCame() => _canaryHeard = true;

    /// <summary>Asks anew for a ticker that has come on this connection, the canary's if it has: the exchange answers with a snapshot.</summary>
    /// <returns>False if there is none.</returns>
    public bool Probe()
    {
        Topic? topic = _canaryHeard && _canary is { Acked: true } ? _canary
            : _coins.Values.Where(c => c.HasTicker).SelectMany(c => c.Topics).FirstOrDefault(t => t.IsTicker && t.Acked);
        if (topic is null)
            return false;
        Ask(subscribes: false, [topic]);
        Ask(subscribes: true, [topic]);
        return true;
    }

    private void AskAgain(Coin[] coins)
    {
        foreach (Coin coin in coins)
        {
            coin.AskedAgain = true;
            coin.TickerAckedAt = null;
            _awaitingTicker.Remove(coin);
        }
        Topic[] topics = [.. coins.SelectMany(c => c.Topics).Where(t => !t.Waits)];
        Ask(subscribes: false, topics);
        Ask(subscribes: true, topics);
    }

    private void LeaveCanary()
    {
        _canary!.Dropped = true;
        _refused.RemoveAll(w => w.Topics[0] == _canary);
        Ask(subscribes: false, [_canary]);
        _canary = null;
        _canaryHeard = false;
    }

    private Coin[] SilentAt(TimeSpan now) =>
        [.. _awaitingTicker.Where(c => now - c.TickerAckedAt >= Liveness.FirstTickerWithin)];
}
