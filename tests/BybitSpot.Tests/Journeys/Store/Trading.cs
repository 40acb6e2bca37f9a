using System.Diagnostics;
using System.Globalization;
using BybitSpot.Simulator;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>
/// A market in motion: trades over the symbols in turn, each with a price one above the symbol's last, on a thread of its
/// own, until it is stopped.
/// </summary>
internal sealed class Trading : IDisposable
{
    private readonly Exchange _exchange;
    private readonly IReadOnlyList<string> _symbols;
    private readonly Thread _thread;
    private readonly bool _tickersFollow;
    private volatile bool _stopping;
    private long _trades;

    /// <param name="exchange">Where.</param>
    /// <param name="symbols">What.</param>
    /// <param name="perSecond">Trades over all symbols.</param>
    /// <param name="tickersFollow">Whether tickers show the trades, too.</param>
    public Trading(Exchange exchange, IReadOnlyList<string> symbols, int perSecond, bool tickersFollow = true)
    {
        (_exchange, _symbols, _tickersFollow) = (exchange, symbols, tickersFollow);
        _thread = new Thread(() => Run(perSecond)) { IsBackground = true, Name = "trading" };
        _thread.Start();
    }

    /// <summary>Trades so far.</summary>
    public long Trades => Interlocked.Read(ref _trades);

    /// <summary>Ends the trading.</summary>
    /// <returns>Each symbol's last price.</returns>
    public Dictionary<string, string> Stop()
    {
        _stopping = true;
        _thread.Join();
        return _symbols.Where((_, i) => i < Trades).ToDictionary(s => s, s => PriceOf((Trades - 1 - _symbols.Index().First(p => p.Item == s).Index) / _symbols.Count));
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private static string PriceOf(long round) => (1_000 + round).ToString(CultureInfo.InvariantCulture) + ".50";

    private void Run(int perSecond)
    {
        var watch = Stopwatch.StartNew();
        while (!_stopping)
        {
            // After a stall of this machine it goes on, and does not catch up by a burst.
            long due = Math.Min((long)(watch.Elapsed.TotalSeconds * perSecond), Trades + perSecond / 10 + 1);
            for (; _trades < due; Interlocked.Increment(ref _trades))
                _exchange.Trade(_symbols[(int)(_trades % _symbols.Count)], PriceOf(_trades / _symbols.Count), movesTicker: _tickersFollow ? null : false);
            Thread.Sleep(2);
        }
    }
}
