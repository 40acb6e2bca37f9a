// Which part of the coins a process takes where several share them out. Pure. What must stay true: every coin is in exactly one shard, the
// same one on every machine, in every version and whatever else is watched; so the hash is our own and never changes.
using System.Globalization;
using System.Text;

namespace BybitSpot.Market;

/// <param name="Index">From 0: a StatefulSet's ordinal.</param>
/// <param name="Count">How many share the coins out, 1 to <see cref="CountMax"/>; 1: all are here.</param>
public readonly record struct Shard(int Index, int Count)
{
    public const int CountMax = 1_024;

    /// <summary>All coins.</summary>
    public static readonly Shard Whole = new(0, 1);

    public bool IsWhole => Count == 1;

    /// <summary>Takes a text as <c>0/3</c>.</summary>
    public static bool TryParse(string text, out Shard shard)
    {
        shard = Whole;
        if (text.Split('/') is not [var index, var count]
            || !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int i) || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
            || n is < 1 or > CountMax || i >= n)
            return false;
        shard = new Shard(i, n);
        return true;
    }

    /// <summary>Whether a coin is in this part.</summary>
    public bool Holds(string coin) => Count == 1 || Hash(coin) % (uint)Count == (uint)Index;

    /// <summary>As it is written: <c>0/3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    // FNV-1a of 32 bits (Fowler, Noll, Vo), stirred at the end as MurmurHash 3 does it, since its low bits alone are poor.
    private static uint Hash(string coin)
    {
        uint hash = 2_166_136_261;
        foreach (byte b in Encoding.UTF8.GetBytes(coin))
            hash = (hash ^ b) * 16_777_619;
        hash = (hash ^ (hash >> 16)) * 0x85EB_CA6B;
        hash = (hash ^ (hash >> 13)) * 0xC2B2_AE35;
        return hash ^ (hash >> 16);
    }
}
