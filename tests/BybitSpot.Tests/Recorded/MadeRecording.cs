// Recordings that a test makes by the recorder itself, of messages whose times the test says; and what is read of them.
using System.Diagnostics;
using System.Text;
using BybitSpot.App;
using BybitSpot.Latest;
using BybitSpot.Tests.App;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BybitSpot.Tests.Recorded;

internal static class MadeRecording
{
    /// <summary>A recorder's run over these messages, each so many seconds behind the beginning.</summary>
    public static RecordTotals Of(RecordOptions options, IEnumerable<(double AtS, string Text)> messages, ILogger? log = null)
    {
        var recorder = new Recorder(options, TimeProvider.System, log ?? new KeptLog());
        recorder.Start((thread, fault) => Assert.Fail($"{thread}: {fault}"));
        long start = Stopwatch.GetTimestamp();
        foreach ((double atS, string text) in messages)
            recorder.Tap(1, true, start + (long)(atS * Stopwatch.Frequency), Encoding.UTF8.GetBytes(text));
        Assert.True(recorder.Stop() || recorder.Ended.WaitOne(Journeys.Until.Limit));
        return recorder.Totals;
    }

    public static RecordOptions To(string path) => new(new RecordName(path));

    /// <summary>A ticker with a sequence of its own.</summary>
    public static string Ticker(int i, string symbol = "BTCUSDT") =>
        $$$"""{"topic":"tickers.{{{symbol}}}","ts":{{{1_786_310_800_000 + i}}},"type":"snapshot","cs":{{{1000 + i}}},"data":{"symbol":"{{{symbol}}}","lastPrice":"{{{65_000 + i}}}.5"}}""";

    /// <summary>A ticker each so many seconds.</summary>
    public static IEnumerable<(double, string)> Tickers(int count, double everyS) => Enumerable.Range(0, count).Select(i => (i * everyS, Ticker(i)));

    /// <summary>What is read of a file.</summary>
    public static (List<(long AtUs, string Text)> Frames, long Damaged) Read(string path, long fromUs = 0)
    {
        using RecordedFile file = RecordedFile.Open(path, fromUs);
        var frames = new List<(long, string)>();
        while (file.Next(out RecordedFrame frame))
            frames.Add((frame.AtUs, Encoding.UTF8.GetString(file.Message[..frame.Length])));
        return (frames, file.Damaged);
    }

    /// <summary>What a replay writes of these files.</summary>
    public static (string Output, ReplayTotals Totals) Replayed(ReplayPlan plan)
    {
        var table = new LatestTable();
        var output = new MemoryStream();
        var run = new ReplayRun(plan, table, TimeProvider.System);
        run.Play(new ReplayLines(table, output));
        return (Encoding.UTF8.GetString(output.ToArray()), run.Totals);
    }
}
