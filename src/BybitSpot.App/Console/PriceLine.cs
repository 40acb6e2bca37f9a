using BybitSpot.Market;

namespace BybitSpot.App.Terminal;

/// <summary>A price as stdout has it: <c>BTC|67250.50|2024-09-09T15:30:25.123Z</c>, and a newline.</summary>
internal static class PriceLine
{
    private const int TimeLength = 24;

    public const int BytesMax = Instrument.NameLengthMax + 1 + Price.LengthMax + 1 + TimeLength + 1;

    /// <param name="line">Has room for <see cref="BytesMax"/>.</param>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> line, string name, in Tick tick)
    {
        int at = System.Text.Encoding.ASCII.GetBytes(name, line);
        line[at++] = (byte)'|';
        tick.Price.Text.CopyTo(line[at..]);
        at += tick.Price.Text.Length;
        line[at++] = (byte)'|';
        IsoTime.Format(tick.TimeMs, line.Slice(at, TimeLength));
        at += TimeLength;
        line[at++] = (byte)'\n';
        return at;
    }
}
