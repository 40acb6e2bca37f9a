using System.Collections.Concurrent;
using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class CoinsListTests : CoinsLoopStage
{
    [Fact]
    [Trait("Fault", "56")]
    public void Doubles_small_letters_and_spaces_are_tidied_with_a_warning_each()
    {
        Start(Coins("BTCUSDT", " ethusdt ", "BTCUSDT", "BTC/USD"));

        AppliedIs("BTCUSDT ETHUSDT");
        Eventually.Holds(() => Log.MessagesOf("coin_tidied").Count == 2, "two tidied");
        Assert.Contains("BTC/USD", Assert.Single(Log.MessagesOf("coin_refused")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_coins_are_all_refused_keeps_the_last_good_list()
    {
        Start(Coins("BTCUSDT"));

        Folder.Write("coins.json", Coins("BTC-USD"));
        Eventually.Holds(() => Log.MessagesOf("coins_all_refused").Count == 1, "the warning");

        Assert.Equal(["BTCUSDT"], Applied);
    }

    [Fact]
    [Trait("Fault", "64")]
    public void A_reload_that_is_asked_for_takes_the_file_and_asks_REST_anew()
    {
        int asked = 0;
        Start(Coins("BTCUSDT"), ask: _ => (Interlocked.Increment(ref asked) > 0 ? ListVerdict.Believed : 0, List("BTCUSDT")));
        Eventually.Holds(() => asked == 1, "asked at the start");

        Loop!.Reload();
        Eventually.Holds(() => asked == 2, "asked anew");

        Assert.Equal(2, Log.MessagesOf("coins_loaded").Count);
        Assert.Equal(["BTCUSDT"], Applied);
    }

    [Fact]
    public void Prices_do_not_wait_for_the_exchanges_list_which_decides_when_it_comes()
    {
        using var answer = new ManualResetEventSlim(false);
        Start(Coins("BTCUSDT", "NOSUCHUSDT"), ask: stop =>
        {
            answer.Wait(stop);
            return (ListVerdict.Believed, List("BTCUSDT"));
        });

        AppliedIs("BTCUSDT NOSUCHUSDT");
        answer.Set();
        AppliedIs("BTCUSDT");

        Assert.Contains("NOSUCHUSDT is left out: is not in the exchange's list", Assert.Single(Log.MessagesOf("coin_refused")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_newer_than_the_list_waits_for_a_newer_list_and_holds_up_no_other()
    {
        var lists = new ConcurrentQueue<InstrumentList>([List("BTCUSDT", "ETHUSDT"), List("BTCUSDT", "ETHUSDT", "NEWUSDT")]);
        Start(Coins("BTCUSDT"), ask: _ => lists.TryDequeue(out InstrumentList? list) ? (ListVerdict.Believed, list) : (ListVerdict.Failed, null));
        Eventually.Holds(() => lists.Count == 1, "the first list");

        Folder.Write("coins.json", Coins("BTCUSDT", "ETHUSDT", "NEWUSDT"));
        AppliedIs("BTCUSDT ETHUSDT NEWUSDT");

        Assert.Equal(["BTCUSDT", "BTCUSDT ETHUSDT", "BTCUSDT ETHUSDT NEWUSDT"], Applied);
        Assert.Empty(Log.MessagesOf("coin_refused"));
    }

    [Fact]
    public void When_REST_does_not_answer_a_new_symbol_is_taken_by_its_form()
    {
        int asked = 0;
        Start(Coins("BTCUSDT"), ask: _ => Interlocked.Increment(ref asked) == 1 ? (ListVerdict.Believed, List("BTCUSDT")) : (ListVerdict.Failed, List("BTCUSDT")));
        Eventually.Holds(() => asked == 1, "the first list");

        Folder.Write("coins.json", Coins("BTCUSDT", "NEWUSDT"));

        AppliedIs("BTCUSDT NEWUSDT");
    }

    [Fact]
    [Trait("Fault", "23")]
    public void A_coin_that_is_no_longer_listed_stays_with_one_warning()
    {
        int asked = 0;
        Start(Coins("BTCUSDT", "OLDUSDT"), ask: _ => (ListVerdict.Believed, Interlocked.Increment(ref asked) == 1 ? List("BTCUSDT", "OLDUSDT") : List("BTCUSDT")));
        Eventually.Holds(() => asked == 1, "the first list");

        Loop!.Reload();
        Eventually.Holds(() => Log.MessagesOf("coin_delisted").Count == 1, "the warning");

        Assert.Equal(["BTCUSDT OLDUSDT"], Applied);
        Assert.Empty(Log.MessagesOf("coin_refused"));
    }

    [Fact]
    public void When_the_exchange_lists_other_symbols_than_before_that_is_told_once_and_not_of_the_first_list()
    {
        int asked = 0;
        Start(Coins("BTCUSDT"), ask: _ => (ListVerdict.Believed, Interlocked.Increment(ref asked) == 1 ? List("BTCUSDT", "OLDUSDT") : List("BTCUSDT", "NEWUSDT")));
        Eventually.Holds(() => asked == 1, "the first list");

        Loop!.Reload();
        Eventually.Holds(() => ListChanges == 1, "the second list's news");
        Loop.Reload();
        Eventually.Holds(() => asked == 3, "the third list");
        // Its answer is taken before the next question can be asked.
        Loop.Reload();
        Eventually.Holds(() => asked == 4, "the fourth list");

        Assert.Equal(1, ListChanges);
    }

    [Fact]
    public void A_first_list_alone_is_no_change()
    {
        int asked = 0;
        Start(Coins("BTCUSDT"), ask: _ => (ListVerdict.Believed, Interlocked.Increment(ref asked) > 0 ? List("BTCUSDT") : List()));
        Loop!.Reload();
        Eventually.Holds(() => asked == 2, "the second list");
        Assert.Equal(0, ListChanges);
    }

    [Fact]
    public void A_star_takes_every_USDT_pair_as_soon_as_the_list_is_there()
    {
        Start(Coins("*"), ask: _ => (ListVerdict.Believed, new InstrumentList([new("ETHUSDT", "ETH", "USDT"), new("BTCUSDT", "BTC", "USDT"), new("BTCEUR", "BTC", "EUR")])));

        AppliedIs("BTCUSDT ETHUSDT");

        Assert.Empty(Log.MessagesOf("coin_refused"));
    }

    [Fact]
    [Trait("Fault", "53")]
    public void An_empty_list_is_taken_only_if_it_is_meant()
    {
        Start(Coins("BTCUSDT"));

        Folder.Write("coins.json", "{\"coins\":[]}");
        Eventually.Holds(() => Log.MessagesOf("coins_rejected").Count == 1, "the warning");
        Assert.Equal(["BTCUSDT"], Applied);

        Folder.Write("coins.json", "{\"coins\":[],\"allowEmpty\":true}");
        AppliedIs("");
    }
}
