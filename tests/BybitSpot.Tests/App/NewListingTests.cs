using System.Collections.Concurrent;
using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.App;

// Coins that are named before the exchange lists them. The loop's clock is the test's; REST answers at once.
[Trait("Fault", "90")]
public sealed class NewListingTests : CoinsLoopStage
{
    private readonly SteppedTime _clock = new();
    private readonly ConcurrentQueue<TimeSpan> _asked = new();
    private volatile string[] _listed = ["BTCUSDT"];
    private volatile object _verdict = ListVerdict.Believed;

    public NewListingTests() => Time = _clock;

    [Fact]
    public void A_coin_that_is_named_and_not_listed_is_looked_for_each_minute()
    {
        Start(Coins("BTCUSDT", "NEWUSDT"), ask: Ask);
        AppliedIs("BTCUSDT");
        Eventually.Holds(() => Awaited.LastOrDefault() == "NEWUSDT", "it is waited for");

        Pass(TimeSpan.FromSeconds(60), asked: 2);
        _listed = ["BTCUSDT", "NEWUSDT"];
        Pass(TimeSpan.FromSeconds(60), asked: 3);
        AppliedIs("BTCUSDT NEWUSDT");
        Eventually.Holds(() => Awaited.LastOrDefault() == "", "nothing is waited for any more");

        // Nothing is looked for: ten minutes again.
        Pass(TimeSpan.FromSeconds(600), asked: 4);
        Assert.Equal([0, 60, 120, 720], _asked.Select(at => (int)at.TotalSeconds));
    }

    [Fact]
    public void A_coin_that_was_delisted_is_looked_for_each_minute_too()
    {
        _listed = ["BTCUSDT", "OLDUSDT"];
        Start(Coins("BTCUSDT", "OLDUSDT"), ask: Ask);
        Eventually.Holds(() => _asked.Count == 1, "asked");
        _listed = ["BTCUSDT"];
        Pass(TimeSpan.FromSeconds(600), asked: 2);
        Eventually.Holds(() => Awaited.LastOrDefault() == "OLDUSDT", "it is waited for");

        _listed = ["BTCUSDT", "OLDUSDT"];
        Pass(TimeSpan.FromSeconds(60), asked: 3);
        Eventually.Holds(() => ListChanges == 2, "the engine is told, and tries it again");
    }

    [Fact]
    public void What_an_audit_has_named_is_asked_for_at_once()
    {
        Start(Coins("BTCUSDT", "NEWUSDT"), ask: Ask);
        // It is waited for from the start; the first answer, which does not name it, must be through.
        Eventually.Holds(() => Awaited.LastOrDefault() == "NEWUSDT" && _asked.Count == 1 && Loop!.IsAnswered, "asked, answered and waited for");
        _listed = ["BTCUSDT", "NEWUSDT"];
        _clock.Advance(TimeSpan.FromSeconds(5));

        Loop!.ListingSeen();
        AppliedIs("BTCUSDT NEWUSDT");

        Assert.Equal([0, 5], _asked.Select(at => (int)at.TotalSeconds));
    }

    [Fact]
    public void A_new_coin_waits_out_a_limit_of_a_second_and_is_not_taken_unseen()
    {
        Start(Coins("BTCUSDT"), ask: Ask);
        Eventually.Holds(() => _asked.Count == 1 && Loop!.IsAnswered, "asked and answered");
        _clock.Advance(TimeSpan.FromSeconds(30));
        _verdict = ListVerdict.Limited;
        Folder.Write("coins.json", Coins("BTCUSDT", "NEWUSDT"));
        Eventually.Holds(() => _asked.Count == 2, "asked for the new coin");

        _verdict = ListVerdict.Believed;
        _listed = ["BTCUSDT", "NEWUSDT"];
        Pass(TimeSpan.FromSeconds(2.2), asked: 3);
        AppliedIs("BTCUSDT NEWUSDT");

        Assert.Empty(Log.MessagesOf("coin_refused"));
        Assert.Equal(["BTCUSDT", "BTCUSDT NEWUSDT"], Applied);
    }

    private (ListVerdict, InstrumentList?) Ask(CancellationToken stop)
    {
        _asked.Enqueue(TimeSpan.FromTicks(_clock.GetTimestamp()));
        var verdict = (ListVerdict)_verdict;
        return (verdict, verdict == ListVerdict.Believed ? List(_listed) : null);
    }

    // In two steps: a little too early nothing is asked.
    private void Pass(TimeSpan time, int asked)
    {
        // The answer before has been taken, and the next question is planned from there.
        Eventually.Holds(() => Loop!.IsAnswered, "the answer is taken");
        _clock.Advance(time - TimeSpan.FromMilliseconds(50));
        Assert.Equal(asked - 1, _asked.Count);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        Eventually.Holds(() => _asked.Count == asked, $"question {asked}");
    }
}
