// From a symbol as it stands in a frame to the coin's slot, without making a string. Immutable: a changed watchlist makes a
// new one.
using System.Buffers.Binary;
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed class SymbolMap
{
    public static readonly SymbolMap Empty = new([]);

    private readonly struct Entry(byte[] symbol, int slot)
    {
        public readonly byte[] Symbol = symbol;
        public readonly int Slot = slot;
    }

    // Open addressing, at most half full, so that a search ends soon; an entry without a symbol ends it.
    private readonly Entry[] _entries;

    public SymbolMap(IReadOnlyCollection<(Instrument Instrument, int Slot)> coins)
    {
        int size = 16;
        while (size < 2 * coins.Count)
            size *= 2;
        _entries = new Entry[size];
        foreach ((Instrument instrument, int slot) in coins)
        {
            byte[] symbol = Encoding.ASCII.GetBytes(instrument.Symbol);
            int at = (int)Hash(symbol) & (size - 1);
            while (_entries[at].Symbol is not null)
                at = (at + 1) & (size - 1);
            _entries[at] = new Entry(symbol, slot);
        }
    }

    /// <returns>The slot, or -1.</returns>
    public int Find(ReadOnlySpan<byte> symbol)
    {
        Entry[] entries = _entries;
        int at = (int)Hash(symbol) & (entries.Length - 1);
        while (entries[at].Symbol is { } known)
        {
            if (symbol.SequenceEqual(known))
                return entries[at].Slot;
            at = (at + 1) & (entries.Length - 1);
        }
        return -1;
    }

    // The first eight bytes tell most symbols apart; the length helps with shared beginnings.
    private static uint Hash(ReadOnlySpan<byte> symbol)
    {
        ulong head;
        if (symbol.Length >= 8)
            head = BinaryPrimitives.ReadUInt64LittleEndian(symbol);
        else if (symbol.Length >= 4)
            head = BinaryPrimitives.ReadUInt32LittleEndian(symbol) | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(symbol[^4..]) << 32;
        else
            head = symbol.IsEmpty ? 0 : (ulong)(symbol[0] | symbol[^1] << 8);
        head += (ulong)symbol.Length;
        return (uint)((head * 0x9E37_79B9_7F4A_7C15) >> 40);
    }
}
