using System.Buffers.Binary;
using BybitSpot.Market;

namespace BybitSpot.Feed;

/// <summary>What the order of two messages depends on.</summary>
/// <param name="TradeId">A trade's id where it is a number; else 0.</param>
/// <param name="IdMark">A mark of a trade's id where it is none; else 0.</param>
/// <param name="PriceMark">A mark of the price's text.</param>
internal readonly record struct Stamp(Channel Channel, int Line, long Sequence, long TimeMs, ulong TradeId = 0, ulong IdMark = 0, ulong PriceMark = 0)
{
    /// <summary>By which a message of the same sequence and time is known again on another line.</summary>
    public ulong Identity => ((TradeId ^ IdMark) * 0x9E37_79B9_7F4A_7C15) + PriceMark + (ulong)Channel;

    /// <summary>A number that differs, most surely, where texts differ; 0 for none.</summary>
    public static ulong MarkOf(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return 0;
        ulong mark = (ulong)text.Length;
        for (; text.Length > 8; text = text[8..])
            mark = Mix(mark, BinaryPrimitives.ReadUInt64LittleEndian(text));
        ulong rest = 0;
        if (text.Length >= 4)
            rest = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(text) << 32 | BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]);
        else
            foreach (byte c in text)
                rest = rest << 8 | c;
        return Mix(mark, rest) | 1;

        static ulong Mix(ulong mark, ulong part)
        {
            mark = (mark ^ part) * 0x9FB2_1C65_1E98_DF25;
            return mark ^ mark >> 32;
        }
    }
}
