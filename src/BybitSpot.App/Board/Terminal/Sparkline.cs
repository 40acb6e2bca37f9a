// A coin's last minutes as a row of blocks, the newest to the right. For looking, not for reckoning: the lowest block is the least
// price of those shown, the highest the greatest. Pure.
namespace BybitSpot.App;

internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Where a price stayed as it was.</summary>
    private const char Even = '▁';

    /// <param name="points">Oldest first; NaN where there was no price.</param>
    /// <param name="width">A point a place: the last that fit.</param>
    public static string Of(IReadOnlyList<float> points, int width)
    {
        int count = Math.Min(points.Count, width), first = points.Count - count;
        (float least, float greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        for (int i = first; i < points.Count; i++)
            if (float.IsFinite(points[i]))
                (least, greatest) = (Math.Min(least, points[i]), Math.Max(greatest, points[i]));
        var line = new char[count];
        for (int i = 0; i < count; i++)
            line[i] = BlockOf(points[first + i], least, greatest);
        return new string(line).PadRight(width);
    }

    private static char BlockOf(float point, float least, float greatest) =>
        !float.IsFinite(point) ? ' '
        : greatest <= least ? Even
        : Blocks[Math.Clamp((int)((point - least) / (greatest - least) * Blocks.Length), 0, Blocks.Length - 1)];
}
