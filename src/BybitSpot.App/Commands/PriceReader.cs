// Asks a Redis for prices and for what stands behind them: connect, AUTH, SELECT, then one HMGET a coin and each instance's state
// and stale coins, all in one write. Reads only. Apart from the engine's writer on purpose: that one never waits and keeps no answers.
using System.Globalization;
using System.Net.Sockets;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class PriceReader(RedisOptions redis, Venue venue, TimeProvider time, CancellationToken cancel) : IDisposable
{
    /// <summary>For connecting, and again for the answers to one question.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>How long an instance that starts may stay unknown; the status keys live 15 s.</summary>
    private static readonly TimeSpan s_searchEvery = TimeSpan.FromSeconds(5);

    /// <summary>With some 1,000 keys a round: in a larger Redis whatever was found by then counts.</summary>
    private const int SearchRoundsMax = 100;

    private readonly RedisTalk _talk = new(Limit, time, cancel);
    private List<string>? _instances;
    private bool _searchedAll;
    private long _searchedAt;

    private const string StaleEnd = ":stale";

    /// <summary>More than all coins there are.</summary>
    private const int ListMax = 100_000;

    public static string KeyOf(Venue venue, string coin) => (venue == Venue.Spot ? "bybit_spot:" : "bybit_futures:") + coin;

    /// <summary>What the key of every instance's status begins with.</summary>
    public static string StatusHeadOf(Venue venue) => $"price_feed:{venue.ToString().ToLowerInvariant()}:";

    /// <exception cref="PriceReaderException">It cannot be reached, or refuses.</exception>
    public List<StoredPrice> Read(IReadOnlyList<string> coins)
    {
        try
        {
            if (!_talk.Connected)
                Connect();
            if (_searchedAt == 0 || time.GetElapsedTime(_searchedAt) >= s_searchEvery)
                Search();
            _talk.Begin();
            foreach (string coin in coins)
                _talk.Say("HMGET", KeyOf(venue, coin), "ltp", "timestamp", "original_symbol");
            foreach (string instance in _instances ?? [])
            {
                _talk.Say("HGET", instance, "state");
                _talk.Say("SMEMBERS", instance + StaleEnd);
            }
            _talk.Send();
            StoredPrice[] prices = [.. coins.Select(Answer)];
            FeedStanding standing = Standing();
            return [.. prices.Select(p => p.Price is null || standing.Instances is null ? p : p with { Note = standing.DoubtOf(p.Coin), IsStale = standing.DoubtOf(p.Coin) is not null })];
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Dispose();
            cancel.ThrowIfCancellationRequested();
            throw PriceReaderException.Unreachable(redis, failure);
        }
        catch (PriceReaderException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose() => _talk.Dispose();

    /// <summary>Ends a question that is waiting, from any thread.</summary>
    public void Abort() => _talk.Abort();

    private void Connect()
    {
        _talk.Connect(redis.Host, redis.Port);
        if (!string.IsNullOrEmpty(redis.Password))
            Demand("REDIS_PASSWORD", "AUTH", redis.Password);
        if (redis.Database != 0)
            Demand("REDIS_DB", "SELECT", redis.Database.ToString(CultureInfo.InvariantCulture));
    }

    private void Demand(string setting, params string[] words)
    {
        _talk.Say(words);
        _talk.Send();
        if (_talk.Reply() is ['-', .. var refusal])
            throw PriceReaderException.Refused(redis, refusal, setting);
    }

    // Which instances there are.
    private void Search()
    {
        string head = StatusHeadOf(venue), cursor = "0";
        _searchedAt = time.GetTimestamp();
        (_instances, _searchedAll) = (null, false);
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (int round = 0; round < SearchRoundsMax; round++)
        {
            _talk.Begin();
            _talk.Say("SCAN", cursor, "MATCH", head + "*", "COUNT", "1000");
            _talk.Send();
            string? answer = _talk.Reply();
            // Not allowed to, perhaps: then nothing is known.
            if (answer is ['-', ..])
                return;
            if (answer != "*2")
                throw new IOException(RedisTalk.NoRedis);
            cursor = _talk.Reply() ?? "0";
            found.UnionWith(List().Where(key => key.StartsWith(head, StringComparison.Ordinal) && !key.EndsWith(StaleEnd, StringComparison.Ordinal)));
            _searchedAll = cursor == "0";
            if (_searchedAll)
                break;
        }
        _instances = [.. found.Order(StringComparer.Ordinal)];
    }

    private FeedStanding Standing()
    {
        if (_instances is null)
            return new FeedStanding(null);
        var instances = new List<(string, IReadOnlySet<string>)>();
        foreach (string _ in _instances)
        {
            string? state = _talk.Reply();
            HashSet<string> stale = [.. List()];
            // Expired since the search, or no hash at all.
            if (state is not null and not ['-', ..])
                instances.Add((state, stale));
        }
        return new FeedStanding(instances.Count == 0 && !_searchedAll ? null : instances);
    }

    // The texts of a list; of an error, none.
    private List<string> List()
    {
        string? head = _talk.Reply();
        if (head is ['-', ..])
            return [];
        if (head is not ['*', .. var size] || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > ListMax)
            throw new IOException(RedisTalk.NoRedis);
        var texts = new List<string>(count);
        for (int i = 0; i < count; i++)
            if (_talk.Reply() is { } text)
                texts.Add(text);
        return texts;
    }

    private StoredPrice Answer(string coin)
    {
        string? head = _talk.Reply();
        if (head is ['-', .. var refusal])
            return refusal.StartsWith("WRONGTYPE", StringComparison.Ordinal)
                ? new StoredPrice(coin, null, null, null, "its key holds something else")
                : throw PriceReaderException.Refused(redis, refusal, refusal.StartsWith("NOAUTH", StringComparison.Ordinal) ? "REDIS_PASSWORD" : "the server");
        if (head != "*3")
            throw new IOException(RedisTalk.NoRedis);
        return new StoredPrice(coin, _talk.Reply(), _talk.Reply(), _talk.Reply());
    }
}
