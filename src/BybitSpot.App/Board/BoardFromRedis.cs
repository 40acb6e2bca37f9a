// What Redis holds of the prices, and what the running instances say there of themselves: where no instance can be asked. It knows less
// than a running program tells: no lines, no latency, and of the past only what it has seen itself. One thread asks; Dispose may be
// called by another. What must stay true: what it says of a coin is what `get` says.
using System.Globalization;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class BoardFromRedis(RedisOptions redis, Venue venue, ShownCoins wanted, TimeProvider time) : IBoardSource
{
    /// <summary>Whoever looks more often gets the same again, a little older.</summary>
    private static readonly TimeSpan s_askEvery = TimeSpan.FromMilliseconds(500);

    private static readonly string[] s_fields = ["state", "since", "endpoint", "version", "heartbeat", "shard"];

    private readonly CancellationTokenSource _stop = new();
    private readonly TrailKeeper _trails = new();
    private readonly long _start = time.GetTimestamp();
    private PriceReader? _reader;
    private TimeSpan? _askedAt;
    private BoardStatus? _status;
    private string? _trouble;

    public string Name { get; } = $"redis {redis.Endpoint}";

    /// <summary>As they were read last, in the order in which they are shown.</summary>
    public IReadOnlyList<StoredPrice> Prices { get; private set; } = [];

    public BoardView Look()
    {
        TimeSpan now = time.GetElapsedTime(_start);
        if (_askedAt is null || now - _askedAt >= s_askEvery)
        {
            _askedAt = now;
            Ask();
        }
        if (_trouble is null)
            _trails.Take(Prices.Select(p => (p.Coin, p.Price)), now);
        DateTimeOffset clock = time.GetUtcNow();
        return new BoardView(_status, [.. Prices.Select(p => CoinOf(p, clock))], _trouble);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _reader?.Abort();
    }

    private void Ask()
    {
        try
        {
            _reader ??= new PriceReader(redis, venue, time, _stop.Token);
            IReadOnlyList<string> coins = wanted.Now(_reader);
            Prices = _reader.Read(coins);
            _status = StatusOf(_reader.Statuses(s_fields));
            _trouble = null;
        }
        catch (PriceReaderException failure)
        {
            _trouble = failure.Message;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _trouble = "nobody asks any more";
        }
    }

    private BoardCoin CoinOf(StoredPrice price, DateTimeOffset clock) => new(price.Coin)
    {
        Symbol = price.Symbol ?? "",
        Price = price.Price,
        Timestamp = price.Timestamp,
        State = price.State switch { FeedStanding.Fresh => CoinState.Fresh, FeedStanding.Quiet => CoinState.Quiet, _ => CoinState.Stale },
        Reason = price.Price is null ? price.Note ?? "not in Redis"
            : price.State is null ? "Redis does not let us see what it is worth"
            : price.Note is FeedStanding.Stale ? null
            : price.Note,
        // The price's own: when its last message came is not written.
        Age = PriceTable.AgeOf(price, clock),
        Trail = _trails.Of(price.Coin, price.Price),
    };

    /// <summary>The one instance's word for itself; of several that of the one that stands best, since a price is believed if one of them does.</summary>
    private BoardStatus? StatusOf(IReadOnlyList<(string Instance, string?[] Fields)> instances)
    {
        var standing = instances.Where(i => i.Fields[4] is not null && Enum.TryParse(i.Fields[0], ignoreCase: true, out FeedState _)).OrderBy(i => RankOf(Enum.Parse<FeedState>(i.Fields[0]!, ignoreCase: true))).ToList();
        if (standing.Count == 0)
            return null;
        string?[] best = standing[0].Fields;
        FeedState state = Enum.Parse<FeedState>(best[0]!, ignoreCase: true);
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset since = DateTimeOffset.TryParse(best[1], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) ? moment : now;
        return new BoardStatus
        {
            Time = now,
            Market = StoreMark.NameOf(venue),
            Shard = ShardsShown.Of(standing.Select(i => i.Fields[5])),
            Instance = string.Join(", ", standing.Select(i => i.Instance)),
            Version = best[3] ?? "",
            Started = since,
            State = state,
            Since = since,
            Ready = state is FeedState.Live or FeedState.Degraded,
            Coins = Prices.Count,
            Fresh = Prices.Count(p => p.State == FeedStanding.Fresh),
            Quiet = Prices.Count(p => p.State == FeedStanding.Quiet),
            Stale = Prices.Count(p => p.State is not (FeedStanding.Fresh or FeedStanding.Quiet)),
            Endpoint = best[2] ?? "",
        };
    }

    private static int RankOf(FeedState state) => state switch
    {
        FeedState.Live => 0,
        FeedState.Degraded => 1,
        FeedState.Connecting => 2,
        FeedState.Stale => 3,
        FeedState.Empty => 4,
        _ => 5,
    };
}
