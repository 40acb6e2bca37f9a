using System.Text;
using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using Xunit;
using static BybitSpot.Tests.Recorded.MadeRecording;

namespace BybitSpot.Tests.Recorded;

public sealed class RecorderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KeptLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.zst")]
    public void What_came_is_in_the_file_in_order_and_in_the_totals(string name)
    {
        RecordTotals totals = Of(To(_folder.File(name)), Tickers(1_000, 0.01).Append((25, "odd \u0001 \"text\"")), _log);

        (List<(long AtUs, string Text)> frames, long damaged) = Read(_folder.File(name));
        Assert.Equal(Tickers(1_000, 0.01).Select(m => m.Item2).Append("odd \u0001 \"text\""), frames.Select(f => f.Text));
        Assert.Equal(0, damaged);
        Assert.Equal((1_001, 0, 1, 0, null), (totals.Messages, totals.Requests, totals.Files, totals.Dropped, totals.Failure));
        Assert.Equal(new FileInfo(_folder.File(name)).Length, totals.Bytes);
        Assert.Equal("15.010", RecordTotals.Seconds(totals.SilenceUs));
        Assert.Equal(["recording_started", "recording_ended"], _log.Entries.Select(e => e.Event));
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.zst")]
    public void A_message_can_be_read_within_a_moment_while_the_recording_goes_on(string name)
    {
        var recorder = new Recorder(To(_folder.File(name)), TimeProvider.System, _log);
        recorder.Start(Died);
        recorder.Tap(1, true, TimeProvider.System.GetTimestamp(), Encoding.UTF8.GetBytes(Ticker(1)));
        // Its thread makes the file.
        Until.True("the file", () => File.Exists(_folder.File(name)));
        Until.Equal("the message in the file", Ticker(1), () => Read(_folder.File(name)).Frames.Select(f => f.Text).FirstOrDefault());
        recorder.Tap(1, true, TimeProvider.System.GetTimestamp(), Encoding.UTF8.GetBytes(Ticker(2)));
        Until.Equal("the next", 2, () => Read(_folder.File(name)).Frames.Count);
        Assert.Equal(0, Read(_folder.File(name)).Damaged);
        Stop(recorder);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.jsonl.zst")]
    public void By_size_one_file_follows_another_and_nothing_is_lost_between(string name)
    {
        // Pieces are written while it goes on, or a compressed file's size would not be known.
        const int Count = 6_000, Size = 20_000;
        var recorder = new Recorder(To(_folder.File(name)) with { SizeMax = Size }, TimeProvider.System, _log);
        recorder.Start(Died);
        var chance = new Random(1);
        string[] messages = [.. Enumerable.Range(0, Count).Select(i => $"{{\"i\":{i},\"x\":\"{Convert.ToHexString(Bytes(chance, 60))}\"}}")];
        foreach (string message in messages)
            recorder.Tap(1, true, TimeProvider.System.GetTimestamp(), Encoding.UTF8.GetBytes(message));
        Stop(recorder);

        string[] files = [.. Directory.GetFiles(_folder.Path).Where(f => !f.EndsWith(".index", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 3, $"{files.Length} files");
        Assert.Equal(_folder.File(name.Replace(".jsonl", ".0001.jsonl", StringComparison.Ordinal)), files[0]);
        Assert.Equal(messages, files.SelectMany(f => Read(f).Frames).Select(f => f.Text));
        // A line behind the limit at most; of a compressed one what the compressor held back.
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, Size + (name.EndsWith(".gz", StringComparison.Ordinal) ? 128 * 1024 : 1_000)));
        Assert.Equal(files.Length, recorder.Totals.Files);
        Assert.Equal(files.Sum(f => new FileInfo(f).Length), recorder.Totals.Bytes);
    }

    [Fact]
    public void By_time_a_file_holds_what_came_between_two_full_hours()
    {
        Of(To(_folder.File("a-{time}.jsonl")) with { Every = TimeSpan.FromHours(1) }, Tickers(100, 600), _log);

        string[] files = [.. Directory.GetFiles(_folder.Path, "*.jsonl").Order(StringComparer.Ordinal)];
        long[][] hours = [.. files.Select(f => Read(f).Frames.Select(m => m.AtUs / 3_600_000_000).Distinct().ToArray())];
        Assert.InRange(files.Length, 17, 18);
        Assert.All(hours, h => Assert.Single(h));
        Assert.Equal(Enumerable.Range(0, files.Length).Select(i => hours[0][0] + i), hours.Select(h => h[0]));
        Assert.Equal(100, files.Sum(f => Read(f).Frames.Count));
    }

    [Fact]
    public void A_file_that_is_there_is_never_written_to()
    {
        string mine = _folder.Write("a.jsonl", "mine");
        Of(To(mine), Tickers(1, 1), _log);
        Of(To(mine), Tickers(2, 1), _log);

        Assert.Equal("mine", File.ReadAllText(mine));
        Assert.Single(Read(_folder.File("a.0001.jsonl")).Frames);
        Assert.Equal(2, Read(_folder.File("a.0002.jsonl")).Frames.Count);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told_and_what_comes_goes_nowhere()
    {
        var recorder = new Recorder(To(_folder.File("no/a.jsonl")), TimeProvider.System, _log);

        recorder.Start(Died);
        Assert.False(recorder.AwaitBegin());
        recorder.Tap(1, true, 1, "x"u8);
        Stop(recorder);
        Assert.Contains("no/a.jsonl", Assert.Single(_log.MessagesOf("recording_failed")), StringComparison.Ordinal);
        Assert.Single(_log.Entries);
    }

    [Fact]
    public void A_disk_that_takes_no_more_ends_the_recording_and_is_told_once()
    {
        var disk = new FickleStream();
        Recorder recorder = OnStream(disk);
        Tap(recorder, 1);
        Until.True("the first is written", () => disk.Writes > 0);
        disk.FailsWith = 28;
        Tap(recorder, 2);
        Assert.True(recorder.Ended.WaitOne(Until.Limit));
        for (int i = 3; i < 1_000; i++)
            Tap(recorder, i);
        Stop(recorder);

        Assert.NotNull(recorder.Totals.Failure);
        Assert.Equal(["recording_started", "recording_failed"], _log.Entries.Select(e => e.Event));
        Assert.Equal(0, recorder.Totals.Dropped);
    }

    [Fact]
    public void While_a_disk_hangs_nobody_waits_and_what_does_not_fit_is_counted_and_told()
    {
        var disk = new FickleStream();
        disk.Open.Reset();
        Recorder recorder = OnStream(disk);
        string message = new('x', 1_000);
        const int Count = 20_000;
        // If the tap waited for the disk, this would never end.
        for (int i = 0; i < Count; i++)
            recorder.Tap(1, true, TimeProvider.System.GetTimestamp(), Encoding.UTF8.GetBytes(message));
        disk.Open.Set();
        Until.True("it is told", () => _log.MessagesOf("recording_behind").Count > 0);
        Stop(recorder);

        Assert.InRange(recorder.Totals.Dropped, 1, Count - 1);
        Assert.Equal(Count, recorder.Totals.Messages + recorder.Totals.Dropped);
        Assert.Contains($"{recorder.Totals.Dropped} messages dropped", recorder.Totals.Text(), StringComparison.Ordinal);
    }

    private Recorder OnStream(Stream stream)
    {
        var recorder = new Recorder(To("-"), TimeProvider.System, _log) { Output = () => stream };
        recorder.Start(Died);
        return recorder;
    }

    private static void Tap(Recorder recorder, int i) => recorder.Tap(1, true, TimeProvider.System.GetTimestamp(), Encoding.UTF8.GetBytes(Ticker(i)));

    // Its own limit is short, for a program that has to end; a busy machine may need longer.
    private static void Stop(Recorder recorder) => Assert.True(recorder.Stop() || recorder.Ended.WaitOne(Until.Limit));

    private static byte[] Bytes(Random chance, int count)
    {
        var bytes = new byte[count];
        chance.NextBytes(bytes);
        return bytes;
    }

    private static void Died(string thread, Exception fault) => Assert.Fail($"{thread}: {fault}");
}
