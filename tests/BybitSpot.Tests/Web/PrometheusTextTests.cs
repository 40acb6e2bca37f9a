using BybitSpot.App;
using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Web;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Every_kind_of_family_is_written_as_the_format_wants_it()
    {
        string text = PrometheusText.Of(
        [
            MetricFamily.Counter("a_total", "Counted.", 1_234_567_890_123),
            new("b", "Measured.", MetricKind.Gauge, [new(-0.5, "", ("line", "1")), new(double.NaN, "", ("line", "2"), ("kind", "x"))]),
            new("c_seconds", "Spread.", MetricKind.Histogram,
            [
                new(1, "_bucket", ("le", "0.001")), new(3, "_bucket", ("le", "+Inf")), new(double.NegativeInfinity, "_sum"), new(3, "_count"),
            ]),
            new("d_seconds", "Spread.", MetricKind.Summary, [new(double.PositiveInfinity, "", ("quantile", "0.99")), new(1e-7, "_sum"), new(0, "_count")]),
        ]);
        Assert.Equal(
            """
            # HELP a_total Counted.
            # TYPE a_total counter
            a_total 1234567890123
            # HELP b Measured.
            # TYPE b gauge
            b{line="1"} -0.5
            b{line="2",kind="x"} NaN
            # HELP c_seconds Spread.
            # TYPE c_seconds histogram
            c_seconds_bucket{le="0.001"} 1
            c_seconds_bucket{le="+Inf"} 3
            c_seconds_sum -Inf
            c_seconds_count 3
            # HELP d_seconds Spread.
            # TYPE d_seconds summary
            d_seconds{quantile="0.99"} +Inf
            d_seconds_sum 1E-07
            d_seconds_count 0

            """,
            text);
        Assert.Equal(["a_total", "b", "c_seconds", "d_seconds"], Exposition.Read(text).Select(f => f.Name));
    }

    [Fact]
    [Trait("Fault", "77")]
    public void Whatever_stands_in_a_help_text_or_a_label_is_read_back_as_it_was_and_ends_nothing()
    {
        const string Hostile = "a\\n\"b\" }\n# TYPE evil counter\nevil 1\\";
        ExpositionFamily family = Assert.Single(Exposition.Read(PrometheusText.Of([new("m", Hostile, MetricKind.Gauge, [new(1, "", ("coin", Hostile))])])));
        Assert.Equal(Hostile, family.Help);
        Assert.Equal(Hostile, Assert.Single(family.Samples).Labels["coin"]);
    }

    [Fact]
    public void Any_number_is_read_back_as_it_was() =>
        Holds.ForSeeds(500, random =>
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64());
            Assert.Equal(value, Assert.Single(Assert.Single(Exposition.Read(PrometheusText.Of([MetricFamily.Gauge("m", "M.", value)]))).Samples).Value);
        });

    [Fact]
    public void What_the_process_says_of_itself_is_a_whole_page_with_values_that_can_be()
    {
        var started = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Dictionary<string, double> values = Exposition.Read(PrometheusText.Of([.. new ProcessMeters(started).Read()])).ToDictionary(f => f.Name, f => f.Samples.Single().Value);
        Assert.Equal(1, values["bybitspot_build_info"]);
        Assert.Equal(1_767_225_600, values["process_start_time_seconds"]);
        Assert.InRange(values["process_cpu_seconds_total"], 0.01, 100_000);
        Assert.InRange(values["process_resident_memory_bytes"], 10e6, 10e9);
        Assert.InRange(values["process_threads"], 2, 10_000);
        Assert.InRange(values["process_open_fds"], 3, values["process_max_fds"]);
    }

    [Theory]
    [InlineData("m 1\n")]
    [InlineData("# HELP m M.\nm 1\n")]
    [InlineData("# HELP m M.\n# TYPE m gauge\nm 1")]
    [InlineData("# HELP m M.\n# TYPE m gauge\nm 1\nm 1\n")]
    [InlineData("# HELP m M.\n# TYPE m gauge\nn 1\n")]
    [InlineData("# HELP m M.\n# TYPE m counter\nm 1\n")]
    [InlineData("# HELP m M.\n# TYPE m gauge\nm{a=\"\\x\"} 1\n")]
    [InlineData("# HELP m M.\n# TYPE m gauge\nm{a=\"1\",a=\"2\"} 1\n")]
    [InlineData("# HELP m M.\n# TYPE m gauge\nm 1\n# HELP m M.\n# TYPE m gauge\n")]
    [InlineData("# HELP m M.\n# TYPE m histogram\nm_bucket{le=\"1\"} 2\nm_bucket{le=\"+Inf\"} 1\nm_sum 1\nm_count 1\n")]
    [InlineData("# HELP m M.\n# TYPE m histogram\nm_bucket{le=\"1\"} 1\nm_sum 1\nm_count 1\n")]
    [InlineData("# HELP m M.\n# TYPE m histogram\nm_bucket{le=\"+Inf\"} 1\nm_sum 1\nm_count 2\n")]
    [InlineData("# HELP m M.\n# TYPE m summary\nm{quantile=\"2\"} 1\nm_sum 1\nm_count 2\n")]
    public void The_reader_that_these_tests_rely_on_refuses_what_is_no_page(string text) =>
        Assert.Throws<FormatException>(() => Exposition.Read(text));
}
