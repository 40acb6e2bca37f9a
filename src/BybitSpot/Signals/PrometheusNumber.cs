// A number as a label's value, as Prometheus' own programs write it: the shortest digits that are this number, with an
// exponent of two digits or more below 0.0001 and from a million on. Pure.
//   0.00005 = 5e-05   0.0001 = 0.0001   2.5 = 2.5   1000000 = 1e+06   infinite = +Inf
// Rules of text compare these as text: le="5E-05" would be another series.
using System.Globalization;

namespace BybitSpot.Signals;

internal static class PrometheusNumber
{
    public static string Text(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        double size = Math.Abs(value);
        if (value == 0 || size is >= 0.0001 and < 1_000_000)
            return value.ToString(CultureInfo.InvariantCulture);
        // Seventeen digits name any number, and mostly fewer do: the fewest that read back as the same.
        for (int digits = 0; ; digits++)
        {
            string text = value.ToString($"e{digits}", CultureInfo.InvariantCulture);
            if (digits < 16 && double.Parse(text, CultureInfo.InvariantCulture) != value)
                continue;
            int e = text.IndexOf('e');
            int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            return $"{text.AsSpan(0, e)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
    }
}
