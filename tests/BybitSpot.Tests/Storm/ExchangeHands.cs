// Carries out the faults of the exchange: switches it, and puts the switches back. Each lane's faults come one after the other,
// so no two ever hold the same switch.
using BybitSpot.Simulator;

namespace BybitSpot.Tests.Storm;

internal sealed class ExchangeHands(Exchange exchange, Ledger ledger, IReadOnlyList<string> coins, Random random)
{
    private int _never;

    private ExchangeFaults Faults => exchange.Faults;

    public void Begin(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.CloseAll:
                exchange.CloseAll();
                break;
            case FaultKind.FinAll:
                exchange.FinAll();
                break;
            case FaultKind.ResetAll:
                exchange.ResetAll();
                break;
            case FaultKind.EndOne:
                EndOne();
                break;
            case FaultKind.BinaryFrame:
                exchange.BroadcastBytes(RawFrames.Binary(System.Text.Encoding.UTF8.GetBytes(GoodButNever())));
                break;
            case FaultKind.SequenceReset:
                ResetSequence(coins[fault.Coin]);
                break;
            default:
                Switch(fault, true);
                // What strikes at the beginning of a connection strikes nobody unless connections end.
                if (fault.Lane == Lane.Connections)
                    exchange.CloseAll();
                break;
        }
    }

    public void End(Fault fault)
    {
        Switch(fault, false);
        // A refused coin is let be for ten minutes, or until the next connection.
        if (fault.Kind == FaultKind.Refused)
            exchange.CloseAll();
    }

    /// <summary>Again and again while the fault is on.</summary>
    public void GoOn(Fault fault)
    {
        if (fault.Kind == FaultKind.OldFramesAgain && ledger.OldFrame(random) is { } old)
        {
            exchange.SendToTopic(old.Topic, old.Bytes);
        }
        else if (fault.Kind == FaultKind.BadFrames)
        {
            int coin = random.Next(coins.Count), other = (coin + 1) % coins.Count;
            string symbol = SymbolOf(coins[coin]);
            exchange.BroadcastBytes(BadFrames.Some(random, symbol, SymbolOf(coins[other]), Ledger.NeverPrice(coin, ++_never), exchange.LastSeq(symbol) + 5, NowMs));
        }
    }

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private void Switch(Fault fault, bool on)
    {
        switch (fault.Kind)
        {
            case FaultKind.Upgrade503 or FaultKind.Upgrade429:
                Faults.UpgradeStatus = on ? fault.Kind == FaultKind.Upgrade503 ? 503 : 429 : null;
                break;
            case FaultKind.UpgradeNeverAnswered:
                Faults.UpgradeNeverAnswered = on;
                break;
            case FaultKind.AcceptThenClose or FaultKind.AcceptThenReset:
                Faults.OnAccept = on ? fault.Kind == FaultKind.AcceptThenClose ? HangUp.Fin : HangUp.Reset : HangUp.None;
                break;
            case FaultKind.NoAck:
                Faults.NoAck = on;
                break;
            case FaultKind.Refused:
                Faults.Refuse(SymbolOf(coins[fault.Coin]), on);
                break;
            case FaultKind.AlreadySubscribed:
                Faults.AlreadySubscribed = on;
                break;
            case FaultKind.TickersSilent:
                Silence(fault, on, "tickers.");
                break;
            case FaultKind.TradesSilent:
                Silence(fault, on, "publicTrade.");
                break;
            case FaultKind.CoinSilent:
                Silence(fault, on, "tickers.");
                Silence(fault, on, "publicTrade.");
                break;
            case FaultKind.TickersLate:
                Faults.TickerDelayMs = on ? 300 : 0;
                break;
            case FaultKind.TradesLate:
                Faults.TradeDelayMs = on ? 300 : 0;
                break;
            case FaultKind.SlowLine:
                Faults.LatencyMs = on ? random.Next(20, 200) : 0;
                Faults.JitterMs = on ? random.Next(150) : 0;
                Faults.SliceBytes = on ? random.Next(64, 512) : 0;
                break;
            case FaultKind.Fragments:
                Faults.Fragments = on;
                break;
            case FaultKind.NoPong:
                Faults.NoPong = on;
                break;
            case FaultKind.AllSilent:
                Faults.Silent = on;
                break;
            case FaultKind.DataSilent:
                Faults.SilentAnswersPings = on;
                Faults.Silent = on;
                break;
            case FaultKind.Rest503:
                Faults.RestStatus = on ? 503 : null;
                break;
            case FaultKind.RestHangs:
                Faults.RestHang = on;
                break;
            case FaultKind.RestEmpty:
                Faults.RestEmptyList = on;
                break;
        }
    }

    private void Silence(Fault fault, bool on, string topics)
    {
        foreach (string coin in fault.Coin < 0 ? coins : [coins[fault.Coin]])
            Faults.Silence(topics + SymbolOf(coin), on);
    }

    private void EndOne()
    {
        ConnectionRecord[] open = [.. exchange.Connections.Where(c => c.Upgraded && c.ClosedAt is null)];
        if (open.Length > 0)
            exchange.End(open[random.Next(open.Length)].Number, (HangUp)random.Next((int)HangUp.CloseFrame, (int)HangUp.Reset + 1));
    }

    // From 1 on; the coin was quiet for 5 s, and the second trade confirms the first.
    private void ResetSequence(string coin)
    {
        string symbol = SymbolOf(coin);
        for (int seq = 1; seq <= 3; seq++)
        {
            exchange.Trade(symbol, ledger.Next(coin), seq: seq);
            Thread.Sleep(120);
        }
    }

    private string GoodButNever()
    {
        int coin = random.Next(coins.Count);
        string symbol = SymbolOf(coins[coin]);
        return BadFrames.Trade(symbol, $"\"{Ledger.NeverPrice(coin, ++_never)}\"", exchange.LastSeq(symbol) + 5, NowMs);
    }

    private static string SymbolOf(string coin) => coin + Ledger.Quote;
}
