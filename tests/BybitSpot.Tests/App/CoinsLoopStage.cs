using System.Collections.Concurrent;
using BybitSpot.App;
using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.App;

/// <summary>A coins loop over a real file; what it hands on is kept, as symbols with spaces between.</summary>
public abstract class CoinsLoopStage : IDisposable
{
    private readonly ConcurrentQueue<Exception> _deaths = new();
    private volatile bool _watchBegan;
    private int _listChanges;

    private protected TemporaryFolder Folder { get; } = new();

    private protected KeptLog Log { get; } = new();

    private protected ConcurrentQueue<string> Applied { get; } = new();

    private protected CoinsLoop? Loop { get; private set; }

    /// <summary>The loop's clock.</summary>
    private protected TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the loop has said that it waits for, as symbols with spaces between.</summary>
    private protected ConcurrentQueue<string> Awaited { get; } = new();

    private protected bool WatchBegan => _watchBegan;

    /// <summary>How often the loop has told that the exchange lists other symbols than before.</summary>
    private protected int ListChanges => Volatile.Read(ref _listChanges);

    public void Dispose()
    {
        Loop?.Stop();
        Assert.Empty(_deaths);
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Coins(params string[] symbols) => "{\n  \"coins\": [" + string.Join(", ", symbols.Select(s => $"\"{s}\"")) + "]\n}\n";

    private protected static InstrumentList List(params string[] symbols) => new(symbols.Select(s => new Listing(s, s[..^4], "USDT")));

    private protected void AppliedIs(string expected) => Eventually.Holds(() => Applied.LastOrDefault() == expected, $"applied: {expected}; now: {Applied.LastOrDefault()}");

    private protected void Start(string content, bool events = true, Func<CancellationToken, (ListVerdict, InstrumentList?)>? ask = null) =>
        StartAt(Folder.Write("coins.json", content), events, ask);

    private protected void StartAt(string path, bool events, Func<CancellationToken, (ListVerdict, InstrumentList?)>? ask = null)
    {
        var parts = new CoinsLoopParts(
            (_, watchlist) => Applied.Enqueue(string.Join(' ', watchlist.Instruments.Select(i => i.Symbol))),
            ask is null ? null : _ => ask,
            (file, changed) =>
            {
                if (!events)
                    throw new IOException("the user's limit of inotify instances is reached");
                IDisposable watch = CoinsEvents.Watch(file, changed);
                _watchBegan = true;
                return watch;
            },
            (_, failure) => _deaths.Enqueue(failure))
        {
            Market = MarketRules.Spot,
            ListChanged = _ => Interlocked.Increment(ref _listChanges),
            Await = (_, symbols) => Awaited.Enqueue(string.Join(' ', symbols)),
        };
        Loop = new CoinsLoop(new CoinsReading(path, Time), parts, Log, Time);
        Assert.Null(Loop.ReadFirst());
        Loop.Start();
        Eventually.Holds(() => !Applied.IsEmpty, "the first list is applied");
    }
}
