// Families of samples as Prometheus reads them, text format 0.0.4. Pure. One family is, to the letter:
//   # HELP bybitspot_lines_open Connections to the exchange.
//   # TYPE bybitspot_lines_open gauge
//   bybitspot_lines_open{line="1"} 1
// What must stay true: whatever stands in a help text or in a label's value, it ends neither its line nor its quotes.
using System.Globalization;
using System.Text;
using BybitSpot.Signals;

namespace BybitSpot.App;

internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Of(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder(4096);
        foreach (MetricFamily family in families)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ');
            Escape(text, family.Help, quotes: false);
            text.Append("\n# TYPE ").Append(family.Name).Append(' ').Append(KindName(family.Kind)).Append('\n');
            foreach (MetricSample sample in family.Samples)
                Append(text, family.Name, sample);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, in MetricSample sample)
    {
        text.Append(name).Append(sample.Suffix);
        for (int i = 0; i < sample.Labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(sample.Labels[i].Name).Append("=\"");
            Escape(text, sample.Labels[i].Value, quotes: true);
            text.Append('"');
        }
        if (sample.Labels.Length > 0)
            text.Append('}');
        text.Append(' ').Append(Number(sample.Value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString(CultureInfo.InvariantCulture);

    private static void Escape(StringBuilder text, string raw, bool quotes)
    {
        foreach (char c in raw)
            switch (c)
            {
                case '\\': text.Append(@"\\"); break;
                case '\n': text.Append(@"\n"); break;
                case '"' when quotes: text.Append("\\\""); break;
                default: text.Append(c); break;
            }
    }

    private static string KindName(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => "summary",
    };
}
