using System.Buffers.Text;
using System.Text;

namespace BybitSpot.Simulator;

// A growing run of UTF-8 bytes that payloads are written into. Reused from frame to frame, so that a flood of frames makes
// no garbage. Not thread-safe: whoever writes owns it.
internal sealed class TextBuffer(int capacityBytes = 1024)
{
    private byte[] _bytes = new byte[capacityBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public TextBuffer Clear()
    {
        Length = 0;
        return this;
    }

    public TextBuffer Add(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Room(utf8.Length));
        Length += utf8.Length;
        return this;
    }

    public TextBuffer Add(string text)
    {
        Length += Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length)));
        return this;
    }

    public TextBuffer Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        Length += written;
        return this;
    }

    /// <summary>Price text from ticks.</summary>
    public TextBuffer AddPrice(TickSize tickSize, long ticks)
    {
        Span<char> digits = stackalloc char[TickSize.FormatMaxChars];
        var count = tickSize.Format(ticks, digits);
        Length += Encoding.UTF8.GetBytes(digits[..count], Room(count));
        return this;
    }

    public override string ToString() => Encoding.UTF8.GetString(Written);

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        return _bytes.AsSpan(Length);
    }
}
