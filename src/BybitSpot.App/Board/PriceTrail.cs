// The prices of the last minutes, for drawing: one of each coin every five seconds, kept only while somebody looks. One thread.
using System.Globalization;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class PriceTrail(LatestTable latest)
{
    /// <summary>Points of a coin: five minutes.</summary>
    public const int Length = 60;

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly List<float[]> _points = [];
    private int _next, _count;

    /// <summary>Takes the prices as they stand: a point of each coin. False: there is no price yet, and so no point.</summary>
    public bool Take()
    {
        while (_points.Count < latest.Count)
        {
            var points = new float[Length];
            Array.Fill(points, float.NaN);
            _points.Add(points);
        }
        bool any = false;
        for (int slot = 0; slot < _points.Count; slot++)
            any |= float.IsFinite(_points[slot][_next] = latest.Read(slot, out Tick tick) == SlotState.Priced && float.TryParse(tick.Price.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out float price) ? price : float.NaN);
        if (!any)
            return false;
        _next = (_next + 1) % Length;
        _count = Math.Min(_count + 1, Length);
        return true;
    }

    /// <summary>A coin's points, oldest first; at most <see cref="Length"/>.</summary>
    public float[] Of(int slot)
    {
        if (slot >= _points.Count)
            return [];
        var trail = new float[_count];
        for (int i = 0; i < _count; i++)
            trail[i] = _points[slot][(_next - _count + i + Length) % Length];
        return trail;
    }
}
