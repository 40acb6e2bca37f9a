using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace BybitSpot.Market;

/// <summary>A number beside the price, as the exchange wrote it: a size, a volume, a change. Text from the wire to Redis, like <see cref="Price"/>, but zero and a minus are allowed. Held inline.</summary>
public struct Figure
{
    /// <summary>Longest number that is taken, in characters.</summary>
    public const int LengthMax = 32;

    [InlineArray(LengthMax)]
    private struct Characters
    {
        private byte _first;
    }

    private Characters _characters;
    private byte _length;

    /// <summary>The ASCII characters; empty where there is no such number.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)_characters)[.._length];

    public readonly bool IsEmpty => _length == 0;

    /// <summary>Takes the text over if it is a number: a minus perhaps, digits, at most one point with a digit on either side. Exponents, spaces and a plus are not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Figure figure)
    {
        figure = default;
        if (text.Length is 0 or > LengthMax || !IsNumber(text[0] == '-' ? text[1..] : text))
            return false;
        text.CopyTo(figure._characters);
        figure._length = (byte)text.Length;
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        int point = text.IndexOf((byte)'.');
        return point < 0 ? AreDigits(text) : AreDigits(text[..point]) && AreDigits(text[(point + 1)..]);

        static bool AreDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    public override readonly string ToString() => Encoding.ASCII.GetString(Text);
}
