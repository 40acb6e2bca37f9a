// Where a replay's prices go: to stdout, a line for each, or into Redis, the newest of each coin.
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.App;

/// <summary>Lines as the console has them, a write for many.</summary>
internal sealed class ReplayLines(LatestTable table, Stream output) : IReplayOutput
{
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _lines = new byte[PieceBytes + Terminal.PriceLine.BytesMax];
    private int _used;

    public void Priced(int slot)
    {
        if (table.Read(slot, out Tick tick) != SlotState.Priced)
            return;
        _used += Terminal.PriceLine.Write(_lines.AsSpan(_used), table.InstrumentOf(slot).Coin, tick);
        if (_used >= PieceBytes)
            Pause();
    }

    public void Pause()
    {
        if (_used > 0)
            output.Write(_lines.AsSpan(0, _used));
        _used = 0;
    }
}

/// <summary>A flush after each message would be a write for each: what comes at once goes at once.</summary>
internal sealed class ReplayIntoRedis(PriceWriter writer) : IReplayOutput
{
    /// <summary>Prices between two flushes where there is no pause.</summary>
    private const int FlushEvery = 64;

    private int _unflushed;

    public void Priced(int slot)
    {
        if (++_unflushed >= FlushEvery)
            Pause();
    }

    public void Pause()
    {
        _unflushed = 0;
        writer.Flush();
    }
}
