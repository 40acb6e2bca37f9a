using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace BybitSpot.Market;

/// <summary>
/// A price as the exchange wrote it. It is text from the wire to Redis: never parsed into a number, never rounded, never
/// formatted, so <c>67250.50</c> stays <c>67250.50</c>. Held inline (no heap), so that a slot can be copied whole.
/// </summary>
public struct Price : IEquatable<Price>
{
    /// <summary>Longest price that is taken, in characters. The exchange's finest tick has 13 decimals; 32 leaves ample room.</summary>
    public const int LengthMax = 32;

    [InlineArray(LengthMax)]
    private struct Characters
    {
        private byte _first;
    }

    private Characters _characters;
    private byte _length;

    /// <summary>The ASCII characters of the price; empty for a default value.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)_characters)[.._length];

    /// <summary>
    /// Whether the text is a price: 1 to <see cref="LengthMax"/> characters, ASCII digits with at most one point that has a
    /// digit on either side, and greater than zero. Signs, exponents, spaces and separators are not.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > LengthMax)
            return false;
        bool pointSeen = false, positive = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            if ((uint)(c - '0') <= 9)
            {
                positive |= c != '0';
            }
            else
            {
                if (c != '.' || pointSeen || i == 0 || i == text.Length - 1)
                    return false;
                pointSeen = true;
            }
        }
        return positive;
    }

    /// <summary>Takes a checked price over, character for character.</summary>
    /// <param name="text">Text for which <see cref="IsValid"/> holds.</param>
    public static Price FromValid(ReadOnlySpan<byte> text)
    {
        var price = default(Price);
        text.CopyTo(price._characters);
        price._length = (byte)text.Length;
        return price;
    }

    /// <summary>Checks the text and takes it over; false leaves <paramref name="price"/> empty.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Price price)
    {
        price = default;
        if (!IsValid(text))
            return false;
        price = FromValid(text);
        return true;
    }

    /// <summary>Whether two prices are the same number, however written: <c>67250.50</c> and <c>67250.5</c>.</summary>
    public static bool SameNumber(in Price a, in Price b)
    {
        Split(a.Text, out ReadOnlySpan<byte> wholeA, out ReadOnlySpan<byte> partA);
        Split(b.Text, out ReadOnlySpan<byte> wholeB, out ReadOnlySpan<byte> partB);
        return wholeA.SequenceEqual(wholeB) && partA.SequenceEqual(partB);

        static void Split(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> whole, out ReadOnlySpan<byte> part)
        {
            int point = text.IndexOf((byte)'.');
            whole = (point < 0 ? text : text[..point]).TrimStart((byte)'0');
            part = point < 0 ? default : text[(point + 1)..].TrimEnd((byte)'0');
        }
    }

    /// <summary>Equal for prices that <see cref="SameNumber"/>; for others hardly ever. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint NumberHash(in Price price)
    {
        int length = price._length;
        ReadOnlySpan<byte> all = price._characters;
        // As the exchange writes them: no zero too many in front, none behind. What lies behind the text is zero.
        if (length > 1 && (all[0] != '0' || all[1] == '.') && all[length - 1] != '0')
            return Mix(all);
        Price plain = Plain(price.Text);
        return Mix(plain._characters);
    }

    private static uint Mix(ReadOnlySpan<byte> characters)
    {
        ulong hash = 0;
        for (int i = 0; i < LengthMax; i += sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(characters[i..])) * 0x9E37_79B9_7F4A_7C15;
            hash ^= hash >> 32;
        }
        return (uint)hash;
    }

    // The same number with one digit in front of the point at least, no other zero in front, and none at the end of a fraction.
    private static Price Plain(ReadOnlySpan<byte> text)
    {
        int start = 0, end = text.Length;
        while (start < end - 1 && text[start] == '0' && text[start + 1] != '.')
            start++;
        if (text.IndexOf((byte)'.') >= 0)
        {
            while (text[end - 1] == '0')
                end--;
            if (text[end - 1] == '.')
                end--;
        }
        return FromValid(text[start..end]);
    }

    public readonly bool Equals(Price other) => Text.SequenceEqual(other.Text);

    public override readonly bool Equals(object? obj) => obj is Price other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Text);
        return hash.ToHashCode();
    }

    public override readonly string ToString() => Encoding.ASCII.GetString(Text);
}
