// What one line counts. Its thread alone writes; any thread reads each count as it stands.
using BybitSpot.Market;
using BybitSpot.Signals;

namespace BybitSpot.Feed;

internal sealed class LineCounts
{
    private static readonly int s_causes = Enum.GetValues<ReconnectCause>().Length;

    private readonly long[] _reconnects = new long[s_causes];

    public long Tickers, Trades, Books, Controls, Bad, Ticks, Late, Duplicates;

    /// <summary>From the exchange's time to receipt.</summary>
    public LatencyHistogram Lag { get; } = new();

    /// <summary>Text messages of all kinds.</summary>
    public long Messages => Volatile.Read(ref Tickers) + Volatile.Read(ref Trades) + Volatile.Read(ref Books) + Volatile.Read(ref Controls) + Volatile.Read(ref Bad);

    public long Reconnects
    {
        get
        {
            long total = 0;
            for (int i = 0; i < s_causes; i++)
                total += Volatile.Read(ref _reconnects[i]);
            return total;
        }
    }

    public long ReconnectsBecause(ReconnectCause cause) => Volatile.Read(ref _reconnects[(int)cause]);

    public void Came(Channel channel)
    {
        if (channel == Channel.Ticker)
            Tickers++;
        else
            Trades++;
    }

    public void Reconnected(ReconnectCause cause) => _reconnects[(int)cause]++;

    /// <summary>Takes over what another line counted, which counts no more.</summary>
    public void Add(LineCounts ended)
    {
        Tickers += ended.Tickers;
        Trades += ended.Trades;
        Books += ended.Books;
        Controls += ended.Controls;
        Bad += ended.Bad;
        Ticks += ended.Ticks;
        Late += ended.Late;
        Duplicates += ended.Duplicates;
        for (int i = 0; i < s_causes; i++)
            _reconnects[i] += ended._reconnects[i];
        Lag.Add(ended.Lag);
    }
}
