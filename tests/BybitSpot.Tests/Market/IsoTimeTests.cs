using System.Globalization;
using System.Text;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed class IsoTimeTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000Z")]
    [InlineData(1, "1970-01-01T00:00:00.001Z")]
    [InlineData(1_725_895_825_123, "2024-09-09T15:30:25.123Z")]
    [InlineData(1_709_164_800_000, "2024-02-29T00:00:00.000Z")]
    [InlineData(1_709_251_199_999, "2024-02-29T23:59:59.999Z")]
    [InlineData(1_709_251_200_000, "2024-03-01T00:00:00.000Z")]
    [InlineData(951_782_400_000, "2000-02-29T00:00:00.000Z")]
    [InlineData(1_798_761_599_999, "2026-12-31T23:59:59.999Z")]
    [InlineData(1_798_761_600_000, "2027-01-01T00:00:00.000Z")]
    [InlineData(4_107_542_399_999, "2100-02-28T23:59:59.999Z")]
    [InlineData(4_107_542_400_000, "2100-03-01T00:00:00.000Z")]
    [InlineData(IsoTime.TimeMsMax, "9999-12-31T23:59:59.999Z")]
    public void A_time_is_written_in_UTC_with_three_decimals(long timeMs, string expected) => Assert.Equal(expected, Format(timeMs));

    [Fact]
    public void Every_day_from_1970_to_9999_is_written_as_the_framework_writes_it()
    {
        var text = new byte[IsoTime.Length];
        var expected = new byte[IsoTime.Length];
        DateTime day = DateTime.UnixEpoch;
        for (long timeMs = 0; timeMs <= IsoTime.TimeMsMax; timeMs += 86_400_000)
        {
            IsoTime.Format(timeMs, text);
            day.TryFormat(expected, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            if (!text.AsSpan().SequenceEqual(expected))
                Assert.Equal(Encoding.ASCII.GetString(expected), Encoding.ASCII.GetString(text));
            if (timeMs <= IsoTime.TimeMsMax - 86_400_000)
                day = day.AddDays(1);
        }
    }

    [Fact]
    public void Any_time_is_written_as_the_framework_writes_it() =>
        Holds.ForSeeds(50, random =>
        {
            for (int i = 0; i < 400; i++)
            {
                long timeMs = random.NextInt64(i % 2 == 0 ? IsoTime.TimeMsMax + 1 : 4_102_444_800_000);
                string expected = DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
                Assert.Equal(expected, Format(timeMs));
            }
        });

    [Fact]
    public void Nothing_is_written_beyond_the_24_characters()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'#', 30)];
        IsoTime.Format(1_725_895_825_123, text);
        Assert.Equal("2024-09-09T15:30:25.123Z######", Encoding.ASCII.GetString(text));
    }

    private static string Format(long timeMs)
    {
        Span<byte> text = stackalloc byte[IsoTime.Length];
        IsoTime.Format(timeMs, text);
        return Encoding.ASCII.GetString(text);
    }
}
