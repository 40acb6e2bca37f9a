using System.Globalization;
using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class PrometheusNumberTests
{
    // As Go's strconv.FormatFloat(x, 'g', -1, 64) gives them, which is what Prometheus' programs write.
    [Theory]
    [InlineData(0.00005, "5e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00025, "0.00025")]
    [InlineData(0.000099, "9.9e-05")]
    [InlineData(0.0000025, "2.5e-06")]
    [InlineData(1e-7, "1e-07")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(0, "0")]
    [InlineData(0.5, "0.5")]
    [InlineData(1, "1")]
    [InlineData(2.5, "2.5")]
    [InlineData(60, "60")]
    [InlineData(-0.00005, "-5e-05")]
    [InlineData(999_999.5, "999999.5")]
    [InlineData(1_000_000, "1e+06")]
    [InlineData(2_097_152, "2.097152e+06")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void A_number_is_written_as_Prometheus_writes_it(double value, string text) => Assert.Equal(text, PrometheusNumber.Text(value));

    [Fact]
    public void Whatever_the_number_its_text_reads_back_as_the_same() =>
        Holds.ForSeeds(3_000, random =>
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(value))
                Assert.Equal(value, double.Parse(PrometheusNumber.Text(value), CultureInfo.InvariantCulture));
        });
}
