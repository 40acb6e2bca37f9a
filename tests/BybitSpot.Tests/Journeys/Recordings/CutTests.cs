using Xunit;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>
/// Recordings of both kinds of topic, cut right behind a trade and before its ticker: price and time in Redis are that
/// trade's, to the letter, at every cut. Made of a seed, and real ones where they are to be had.
/// </summary>
public sealed class CutTests
{
    private const int LeastCuts = 50;

    // Of the real one, which is short, there may be fewer.
    public static TheoryData<string> Recordings =>
        [.. Enumerable.Range(1, Repository.Long ? 20 : 1).Select(seed => $"seed {seed}"), .. Repository.Recordings is { } folder ? Directory.GetFiles(folder, "*.frames.jsonl") : []];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Behind_a_trade_and_before_its_ticker_the_trade_is_the_newest(string which) => Cut(which, recording => recording);

    [Theory]
    [MemberData(nameof(Recordings))]
    public void With_tickers_300_ms_late_it_still_is(string which) => Cut(which, recording => recording.Late(Recording.IsTicker, 0.3));

    [Theory]
    [MemberData(nameof(Recordings))]
    public void With_trades_300_ms_late_whatever_is_newest_at_a_cut_stands_there(string which)
    {
        // Tickers have mostly told by then, so every message is a place to cut.
        Replay.EveryCut(Open(which).Late(Recording.IsTrade, 0.3));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void With_frames_of_one_sequence_split_and_repeated_the_last_trade_is_the_newest(string which) => Cut(which, recording => recording.SplitAndRepeated());

    private static void Cut(string which, Func<Recording, Recording> change)
    {
        int cuts = Replay.CutsBehindTrades(change(Open(which)));
        Assert.InRange(cuts, which.StartsWith("seed ") ? LeastCuts : 1, int.MaxValue);
        TestContext.Current.SendDiagnosticMessage($"{which}: {cuts} cuts");
    }

    private static Recording Open(string which) => which.StartsWith("seed ") ? GeneratedRecording.Of(int.Parse(which["seed ".Length..]), tradeFrames: 150) : Recording.Read(which);
}
