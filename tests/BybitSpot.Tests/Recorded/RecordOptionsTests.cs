using BybitSpot.App;
using BybitSpot.Tests.App;
using Xunit;

namespace BybitSpot.Tests.Recorded;

public sealed class RecordOptionsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 8, 9, 21, 26, 41, TimeSpan.Zero);

    [Theory]
    [InlineData("100M", 100_000_000)]
    [InlineData("2.5g", 2_500_000_000)]
    [InlineData("10K", 10_000)]
    [InlineData("500000", 500_000)]
    [InlineData("1T", 1_000_000_000_000)]
    [InlineData("", 0)]
    [InlineData("M", 0)]
    [InlineData("9K", 0)]
    [InlineData("2T", 0)]
    [InlineData("-1M", 0)]
    [InlineData("1 M", 0)]
    [InlineData("1MB", 0)]
    [InlineData("1,000K", 0)]
    [InlineData("99999999999999999999M", 0)]
    public void A_size_is_a_number_with_a_letter(string text, long bytes) => Assert.Equal((bytes > 0, bytes), (RecordAmounts.TrySize(text, out long size), size));

    [Theory]
    [InlineData("1h", 3_600)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("7d", 604_800)]
    [InlineData("1", 0)]
    [InlineData("0s", 0)]
    [InlineData("400d", 0)]
    [InlineData("h", 0)]
    public void A_span_of_time_is_a_number_with_a_letter(string text, double seconds) => Assert.Equal((seconds > 0, seconds), (RecordAmounts.TrySpan(text, out TimeSpan span), span.TotalSeconds));

    [Theory]
    [InlineData("prices.jsonl", 0, "prices.jsonl")]
    [InlineData("prices.jsonl", 2, "prices.0002.jsonl")]
    [InlineData("a.b/prices", 2, "a.b/prices.0002")]
    [InlineData("a/prices.jsonl.gz", 12_345, "a/prices.12345.jsonl.gz")]
    [InlineData("prices.gz", 1, "prices.0001.gz")]
    [InlineData("a.b/prices.jsonl.zst", 3, "a.b/prices.0003.jsonl.zst")]
    [InlineData("a/.gz", 1, "a/.0001.gz")]
    [InlineData("a/.hidden", 1, "a/.hidden.0001")]
    [InlineData("a-{time}.jsonl.gz", 0, "a-20260809T212641Z.jsonl.gz")]
    [InlineData("a-{time}.jsonl", 1, "a-20260809T212641Z.0001.jsonl")]
    public void A_file_is_called_by_its_time_and_its_number(string name, int number, string called) => Assert.Equal(called, new RecordName(name).Of(s_now, number));

    [Theory]
    [InlineData("prices.jsonl.gz", "prices.jsonl.gz", "prices.linear.0002.jsonl.gz")]
    [InlineData("a-{time}.jsonl", "a-20260809T212641Z.jsonl", "a-20260809T212641Z.linear.0002.jsonl")]
    [InlineData("{market}/{time}.jsonl", "spot/20260809T212641Z.jsonl", "linear/20260809T212641Z.0002.jsonl")]
    public void Each_markets_recording_has_a_name_of_its_own_and_the_first_the_one_that_was_given(string name, string spot, string linear)
    {
        Assert.Equal(spot, new RecordName(name).Of("spot", isFirst: true).Of(s_now, 0));
        Assert.Equal(linear, new RecordName(name).Of("linear", isFirst: false).Of(s_now, 2));
    }

    [Fact]
    public void Names_that_cannot_be_say_why()
    {
        Assert.Null(RecordName.Wrong("a.jsonl"));
        Assert.Null(RecordName.Wrong("-"));
        Assert.Equal("is not a file name", RecordName.Wrong(""));
        Assert.Equal("is not a file name", RecordName.Wrong("folder/"));
        Assert.Null(RecordName.Wrong("a.zst"));
    }

    [Fact]
    public void The_settings_say_where_to_and_are_checked_with_all_others()
    {
        RecordOptions record = Read(("RECORD_TO", "a-{time}.jsonl.gz"), ("RECORD_ROTATE_SIZE", "1G"), ("RECORD_ROTATE_EVERY", "1h")).Settings!.Record!;
        Assert.Equal(((long?)1_000_000_000, (TimeSpan?)TimeSpan.FromHours(1), true), (record.SizeMax, record.Every, record.Name.Form == RecordForm.Gzip));
        Assert.Null(Read().Settings!.Record);
        Assert.Null(Read(("RECORD_TO", ""), ("RECORD_ROTATE_SIZE", "none")).Settings!.Record);
        IReadOnlyList<string> errors = Read(("RECORD_TO", "folder/"), ("RECORD_ROTATE_SIZE", "1"), ("RECORD_ROTATE_EVERY", "1y")).Errors;
        Assert.Equal(["RECORD_TO", "RECORD_ROTATE_SIZE", "RECORD_ROTATE_EVERY"], errors.Select(e => e.Split(':')[0]));
        Assert.Contains("stdout", Assert.Single(Read(("RECORD_TO", "-")).Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-08-09T21:26:41Z", 1_786_310_801_000_000, false)]
    [InlineData("2026-08-09T21:26:41.5", 1_786_310_801_500_000, false)]
    [InlineData("2026-08-09T23:26:41+02:00", 1_786_310_801_000_000, false)]
    [InlineData("2026-08-09", 1_786_233_600_000_000, false)]
    [InlineData("90", 90_000_000, true)]
    [InlineData("0.25", 250_000, true)]
    public void A_moment_is_a_time_or_seconds_from_the_start(string text, long us, bool fromStart)
    {
        Assert.True(ReplayMoment.TryParse(text, out ReplayMoment moment));
        Assert.Equal((us, fromStart), (moment.Us, moment.FromStart));
        Assert.Equal(fromStart ? us + 5 : us, moment.Of(5));
    }

    [Theory]
    [InlineData(""), InlineData("now"), InlineData("-1"), InlineData("12:30"), InlineData("1e3"), InlineData("1969-01-01T00:00:00Z")]
    public void What_is_no_moment_is_refused(string text) => Assert.False(ReplayMoment.TryParse(text, out _));

    [Fact]
    public void A_recordings_time_never_goes_back_and_goes_on_behind_a_clock_that_was_set_or_a_sleep()
    {
        var clock = new RecordClock(1_000);
        clock.Look(s_now, 0);
        long startUs = clock.UsAt(0);
        Assert.Equal(1_786_310_801_000_000, startUs);
        Assert.Equal(startUs + 1_500_000, clock.UsAt(1_500));
        // A line's stamp from a moment before, and a clock that was set back.
        Assert.Equal(startUs + 1_500_000, clock.UsAt(1_000));
        clock.Look(s_now.AddHours(-1), 1_500);
        Assert.Equal(startUs + 2_000_000, clock.UsAt(2_000));
        // The machine slept: the monotonic clock did not go on.
        clock.Look(s_now.AddHours(1), 2_000);
        Assert.Equal(startUs + 3_600_000_000, clock.UsAt(2_000));
    }

    private static SettingsResult Read(params (string Name, string Value)[] settings)
    {
        using var folder = new TemporaryFolder();
        return SettingsReader.Read(new Dictionary<string, string>(), name => settings.FirstOrDefault(s => s.Name == name).Value, folder.Write(".env", ""));
    }
}
