// The prices that stood in a slot and were followed by another, newest last, each with when that was: so that whoever shows a
// price that was right a moment ago is told from one who knows more. Written inside the slot's change, read like the slot. What
// must stay true: nothing is allocated for a price; bounded.
using BybitSpot.Market;

namespace BybitSpot.Latest;

/// <summary>Whether a price stood in a slot since some moment.</summary>
public enum Stood : byte
{
    No,
    Yes,

    /// <summary>It did not stand lately, but so many others did that what was before is forgotten.</summary>
    Unknown,
}

internal sealed class PriceHistory
{
    /// <summary>How many prices are remembered; a coin that changes twice a second fills it in half a minute.</summary>
    public const int LengthMax = 64;

    private readonly uint[] _marks = new uint[LengthMax];
    private readonly long[] _endedAt = new long[LengthMax];
    private int _count;

    /// <summary>A price stands no longer.</summary>
    /// <param name="at">When the next one was received.</param>
    public void Add(in Price price, long at)
    {
        int place = _count++ % LengthMax;
        (_marks[place], _endedAt[place]) = (Price.NumberHash(price), at);
        // Beyond the first round only the place in it and that there was one count.
        if (_count == 2 * LengthMax)
            _count = LengthMax;
    }

    /// <summary>Whether a number equal to this price stood at any time since.</summary>
    public Stood Since(in Price price, long since)
    {
        uint mark = Price.NumberHash(price);
        int held = Math.Min(_count, LengthMax);
        bool reachesBack = _count < LengthMax;
        for (int i = 0; i < held; i++)
        {
            if (_endedAt[i] < since)
                reachesBack = true;
            else if (_marks[i] == mark)
                return Stood.Yes;
        }
        return reachesBack ? Stood.No : Stood.Unknown;
    }
}
