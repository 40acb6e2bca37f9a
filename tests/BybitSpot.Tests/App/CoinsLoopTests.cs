using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using BybitSpot.App;
using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed partial class CoinsLoopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KeptLog _log = new();
    private readonly ConcurrentQueue<string> _applied = new();
    private readonly ConcurrentQueue<Exception> _deaths = new();
    private CoinsLoop? _loop;

    public void Dispose()
    {
        _loop?.Stop();
        Assert.Empty(_deaths);
        _folder.Dispose();
    }

    [Fact]
    public void A_new_coin_is_handed_on_within_300_ms_of_the_save()
    {
        Start(Coins("BTCUSDT"), events: true);
        // The events begin after the first look; a folder is being watched when a change of another file is noticed.
        Eventually.Holds(() => WatchBegan, "the events begin");
        long saved = System.Diagnostics.Stopwatch.GetTimestamp();

        _folder.Write("coins.json", Coins("BTCUSDT", "ETHUSDT"));
        AppliedIs("BTCUSDT ETHUSDT");

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(saved) < TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    [Trait("Fault", "58")]
    public void Without_file_events_polling_finds_the_change_and_one_warning_says_so()
    {
        Start(Coins("BTCUSDT"), events: false);

        _folder.Write("coins.json", Coins("ETHUSDT"));
        AppliedIs("ETHUSDT");

        Assert.Single(_log.MessagesOf("coins_polling"));
    }

    [Theory]
    [Trait("Fault", "50")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_half_written_file_keeps_the_last_good_list_and_the_whole_one_is_taken(bool events)
    {
        Start(Coins("BTCUSDT"), events);

        _folder.Write("coins.json", "{\n\"coins\": [\"ETHUSDT\",");
        Eventually.Holds(() => _log.MessagesOf("coins_rejected").Count > 0, "the warning");
        _folder.Write("coins.json", Coins("ETHUSDT"));
        AppliedIs("ETHUSDT");

        Assert.Equal(["BTCUSDT", "ETHUSDT"], _applied);
        Assert.Contains($"{_folder.File("coins.json")} line 2: ", Assert.Single(_log.MessagesOf("coins_rejected")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Fault", "50")]
    public void A_slow_writer_is_not_warned_about_while_he_writes()
    {
        Start(Coins("BTCUSDT"), events: true);
        Eventually.Holds(() => WatchBegan, "the events begin");

        string whole = Coins("ETHUSDT", "SOLUSDT");
        using (var file = new FileStream(_folder.File("coins.json"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            foreach (char c in whole)
            {
                file.WriteByte((byte)c);
                Thread.Sleep(10);
            }
        AppliedIs("ETHUSDT SOLUSDT");

        Assert.Empty(_log.MessagesOf("coins_rejected"));
    }

    [Theory]
    [Trait("Fault", "54")]
    [InlineData("deleted", "it does not exist")]
    [InlineData("directory", "it is a directory")]
    [InlineData("unreadable", "it cannot be read")]
    public void A_file_that_is_gone_keeps_the_last_good_list_with_one_warning(string how, string reason)
    {
        Start(Coins("BTCUSDT"), events: true);

        File.Delete(_folder.File("coins.json"));
        if (how == "directory")
            Directory.CreateDirectory(_folder.File("coins.json"));
        // A link to itself: permissions alone would not stop root.
        if (how == "unreadable")
            File.CreateSymbolicLink(_folder.File("coins.json"), "coins.json");
        Eventually.Holds(() => _log.MessagesOf("coins_rejected").Count > 0, "the warning");
        Thread.Sleep(CoinsLoop.PollEvery * 1.5);

        Assert.Contains(reason, Assert.Single(_log.MessagesOf("coins_rejected")), StringComparison.Ordinal);
        Assert.Equal(["BTCUSDT"], _applied);
    }

    [Theory]
    [Trait("Fault", "55")]
    [InlineData("atomic", true)]
    [InlineData("atomic", false)]
    [InlineData("vim", true)]
    [InlineData("vim", false)]
    [InlineData("kubernetes", true)]
    [InlineData("kubernetes", false)]
    public void Every_way_to_replace_the_file_is_seen_and_reloaded_once(string how, bool events)
    {
        string path = _folder.File("coins.json");
        if (how == "kubernetes")
        {
            Directory.CreateDirectory(_folder.File("..v1"));
            Directory.CreateDirectory(_folder.File("..v2"));
            _folder.Write("..v1/coins.json", Coins("BTCUSDT"));
            _folder.Write("..v2/coins.json", Coins("ETHUSDT"));
            File.CreateSymbolicLink(_folder.File("..data"), "..v1");
            File.CreateSymbolicLink(path, "..data/coins.json");
            StartAt(path, events);
            File.CreateSymbolicLink(_folder.File("..data_tmp"), "..v2");
            // The framework would move what the link leads to.
            Assert.Equal(0, Rename(_folder.File("..data_tmp"), _folder.File("..data")));
        }
        else
        {
            Start(Coins("BTCUSDT"), events);
            if (how == "vim")
                File.Move(path, path + "~");
            _folder.Write("coins.new", Coins("ETHUSDT"));
            File.Move(_folder.File("coins.new"), path, overwrite: true);
        }
        AppliedIs("ETHUSDT");
        Thread.Sleep(CoinsLoop.PollEvery * 1.5);

        Assert.Equal(["BTCUSDT", "ETHUSDT"], _applied);
        Assert.Equal(2, _log.MessagesOf("coins_loaded").Count);
    }

    [Fact]
    [Trait("Fault", "56")]
    public void Doubles_small_letters_and_spaces_are_tidied_with_a_warning_each()
    {
        Start(Coins("BTCUSDT", " ethusdt ", "BTCUSDT", "BTC/USD"));

        AppliedIs("BTCUSDT ETHUSDT");
        Eventually.Holds(() => _log.MessagesOf("coin_tidied").Count == 2, "two tidied");
        Assert.Contains("BTC/USD", Assert.Single(_log.MessagesOf("coin_refused")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_coins_are_all_refused_keeps_the_last_good_list()
    {
        Start(Coins("BTCUSDT"));

        _folder.Write("coins.json", Coins("BTC-USD"));
        Eventually.Holds(() => _log.MessagesOf("coins_all_refused").Count == 1, "the warning");

        Assert.Equal(["BTCUSDT"], _applied);
    }

    [Fact]
    [Trait("Fault", "64")]
    public void A_reload_that_is_asked_for_takes_the_file_and_asks_REST_anew()
    {
        int asked = 0;
        Start(Coins("BTCUSDT"), ask: _ => (Interlocked.Increment(ref asked) > 0 ? ListVerdict.Believed : 0, List("BTCUSDT")));
        Eventually.Holds(() => asked == 1, "asked at the start");

        _loop!.Reload();
        Eventually.Holds(() => asked == 2, "asked anew");

        Assert.Equal(2, _log.MessagesOf("coins_loaded").Count);
        Assert.Equal(["BTCUSDT"], _applied);
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

        Assert.Contains("NOSUCHUSDT is left out: is not in the exchange's list", Assert.Single(_log.MessagesOf("coin_refused")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_newer_than_the_list_waits_for_a_newer_list_and_holds_up_no_other()
    {
        var lists = new ConcurrentQueue<InstrumentList>([List("BTCUSDT", "ETHUSDT"), List("BTCUSDT", "ETHUSDT", "NEWUSDT")]);
        Start(Coins("BTCUSDT"), ask: _ => lists.TryDequeue(out InstrumentList? list) ? (ListVerdict.Believed, list) : (ListVerdict.Failed, null));
        Eventually.Holds(() => lists.Count == 1, "the first list");

        _folder.Write("coins.json", Coins("BTCUSDT", "ETHUSDT", "NEWUSDT"));
        AppliedIs("BTCUSDT ETHUSDT NEWUSDT");

        Assert.Equal(["BTCUSDT", "BTCUSDT ETHUSDT", "BTCUSDT ETHUSDT NEWUSDT"], _applied);
        Assert.Empty(_log.MessagesOf("coin_refused"));
    }

    [Fact]
    public void When_REST_does_not_answer_a_new_symbol_is_taken_by_its_form()
    {
        int asked = 0;
        Start(Coins("BTCUSDT"), ask: _ => Interlocked.Increment(ref asked) == 1 ? (ListVerdict.Believed, List("BTCUSDT")) : (ListVerdict.Failed, List("BTCUSDT")));
        Eventually.Holds(() => asked == 1, "the first list");

        _folder.Write("coins.json", Coins("BTCUSDT", "NEWUSDT"));

        AppliedIs("BTCUSDT NEWUSDT");
    }

    [Fact]
    [Trait("Fault", "23")]
    public void A_coin_that_is_no_longer_listed_stays_with_one_warning()
    {
        int asked = 0;
        Start(Coins("BTCUSDT", "OLDUSDT"), ask: _ => (ListVerdict.Believed, Interlocked.Increment(ref asked) == 1 ? List("BTCUSDT", "OLDUSDT") : List("BTCUSDT")));
        Eventually.Holds(() => asked == 1, "the first list");

        _loop!.Reload();
        Eventually.Holds(() => _log.MessagesOf("coin_delisted").Count == 1, "the warning");

        Assert.Equal(["BTCUSDT OLDUSDT"], _applied);
        Assert.Empty(_log.MessagesOf("coin_refused"));
    }

    [Fact]
    public void A_star_takes_every_USDT_pair_as_soon_as_the_list_is_there()
    {
        Start(Coins("*"), ask: _ => (ListVerdict.Believed, new InstrumentList([new("ETHUSDT", "ETH", "USDT"), new("BTCUSDT", "BTC", "USDT"), new("BTCEUR", "BTC", "EUR")])));

        AppliedIs("BTCUSDT ETHUSDT");

        Assert.Empty(_log.MessagesOf("coin_refused"));
    }

    [Fact]
    [Trait("Fault", "53")]
    public void An_empty_list_is_taken_only_if_it_is_meant()
    {
        Start(Coins("BTCUSDT"));

        _folder.Write("coins.json", "{\"coins\":[]}");
        Eventually.Holds(() => _log.MessagesOf("coins_rejected").Count == 1, "the warning");
        Assert.Equal(["BTCUSDT"], _applied);

        _folder.Write("coins.json", "{\"coins\":[],\"allowEmpty\":true}");
        AppliedIs("");
    }

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    private volatile bool _watchBegan;

    private bool WatchBegan => _watchBegan;

    private static string Coins(params string[] symbols) => "{\n  \"coins\": [" + string.Join(", ", symbols.Select(s => $"\"{s}\"")) + "]\n}\n";

    private static InstrumentList List(params string[] symbols) => new(symbols.Select(s => new Listing(s, s[..^4], "USDT")));

    private void AppliedIs(string expected) => Eventually.Holds(() => _applied.LastOrDefault() == expected, $"applied: {expected}; now: {_applied.LastOrDefault()}");

    private void Start(string content, bool events = true, Func<CancellationToken, (ListVerdict, InstrumentList?)>? ask = null) =>
        StartAt(_folder.Write("coins.json", content), events, ask);

    private void StartAt(string path, bool events, Func<CancellationToken, (ListVerdict, InstrumentList?)>? ask = null)
    {
        var parts = new CoinsLoopParts(
            watchlist => _applied.Enqueue(string.Join(' ', watchlist.Instruments.Select(i => i.Symbol))),
            ask,
            (file, changed) =>
            {
                if (!events)
                    throw new IOException("the user's limit of inotify instances is reached");
                IDisposable watch = CoinsEvents.Watch(file, changed);
                _watchBegan = true;
                return watch;
            },
            (_, failure) => _deaths.Enqueue(failure));
        _loop = new CoinsLoop(new CoinsReading(path, TimeProvider.System), parts, _log, TimeProvider.System);
        Assert.Null(_loop.ReadFirst());
        _loop.Start();
        Eventually.Holds(() => !_applied.IsEmpty, "the first list is applied");
    }
}
