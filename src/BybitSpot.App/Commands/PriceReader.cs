// Asks a Redis for prices and for what stands behind them: one HMGET a coin, and one an instance for what it says of these coins, all
// in one write. A coin of another market than the reader's own is named with it, linear:BTC. Reads only. Apart from the engine's writer
// on purpose: that one never waits and keeps no answers; how one gets in is the same.
using System.Net.Sockets;
using BybitSpot.Market;
using BybitSpot.Redis;

namespace BybitSpot.App;

internal sealed class PriceReader(RedisOptions redis, Venue venue, TimeProvider time, CancellationToken cancel) : IDisposable
{
    /// <summary>For connecting, and again for the answers to one question.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>How long an instance that starts may stay unknown; the status keys live 15 s.</summary>
    private static readonly TimeSpan s_searchEvery = TimeSpan.FromSeconds(5);

    private static readonly string[] s_more =
        ["seq", "received_at", "source", "bid", "bid_size", "ask", "ask_size", "book_timestamp", "high_24h", "low_24h", "volume_24h", "change_24h", "day_timestamp"];
    private static readonly string[] s_fields = ["ltp", "timestamp", "original_symbol", .. s_more];

    private readonly RedisTalk _talk = new(redis, Limit, time, cancel);

    // By market, the keys of each one's status; null of one that we may not ask for.
    private readonly Dictionary<Venue, List<string>?> _instances = [];
    private long _searchedAt;

    /// <summary>What a hash may have beside the three fields.</summary>
    public static IReadOnlyList<string> MoreFields => s_more;

    public static string KeyOf(Venue venue, string coin) => (venue == Venue.Spot ? "bybit_spot:" : "bybit_futures:") + coin;

    /// <summary>The key of the sorted set of instances, with which the keys of each one's status begin.</summary>
    public static string StatusIndexOf(Venue venue) => $"price_feed:{venue.Name()}";

    /// <summary>The market that a coin's name has in front, and the coin; without one the market is <paramref name="own"/>.</summary>
    public static (Venue Venue, string Coin) Split(string name, Venue own)
    {
        foreach (Venue venue in Enum.GetValues<Venue>())
            if (name.StartsWith(venue.Name() + ":", StringComparison.Ordinal))
                return (venue, name[(venue.Name().Length + 1)..]);
        return (own, name);
    }

    /// <exception cref="PriceReaderException">It cannot be reached, or refuses.</exception>
    public List<StoredPrice> Read(IReadOnlyList<string> coins) => coins.Count == 0 ? [] : Guarded(() => ReadAll(coins));

    private List<StoredPrice> ReadAll(IReadOnlyList<string> coins)
    {
        SearchIfDue();
        (Venue Venue, string Coin, string Name)[] asked = [.. coins.Select(name => (Split(name, venue).Venue, Split(name, venue).Coin, name))];
        Venue[] venues = [.. asked.Select(a => a.Venue).Distinct()];
        // Each question of its own, before what is asked in one write.
        foreach (Venue of in venues)
            InstancesOf(of);
        _talk.Begin();
        foreach ((Venue of, string coin, _) in asked)
            _talk.Say(["HMGET", KeyOf(of, coin), .. s_fields]);
        foreach (Venue of in venues)
            foreach (string instance in InstancesOf(of) ?? [])
            {
                _talk.Say("HGET", instance, "heartbeat");
                _talk.Say(["HMGET", instance + ":coins", .. asked.Where(a => a.Venue == of).Select(a => a.Coin)]);
            }
        _talk.Send();
        StoredPrice[] prices = [.. coins.Select(Answer)];
        foreach (Venue of in venues)
        {
            string[] names = [.. asked.Where(a => a.Venue == of).Select(a => a.Name)];
            FeedStanding standing = Standing(names, InstancesOf(of));
            for (int i = 0; i < prices.Length; i++)
                if (asked[i].Venue == of && prices[i].Price is not null)
                    prices[i] = prices[i] with { Note = standing.DoubtOf(prices[i].Coin), State = standing.StateOf(prices[i].Coin) };
        }
        return [.. prices];
    }

    // One conversation; whatever goes wrong in it ends the connection and is told in one line.
    private T Guarded<T>(Func<T> talk)
    {
        try
        {
            if (!_talk.Connected)
            {
                _talk.Connect();
                _searchedAt = 0;
            }
            return talk();
        }
        catch (RedisRefusedException refused)
        {
            Dispose();
            throw PriceReaderException.Refused(redis, refused.Reply, refused.Command == "SELECT" && !IsOfLogin(refused.Reply) ? SettingsTable.RedisDatabase : redis.PasswordSetting);
        }
        catch (RedisAccessException missing)
        {
            throw new PriceReaderException(missing.Message);
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

    /// <summary>All coins that the running instances watch, by name; empty where there is no instance, or where Redis does not let us look.</summary>
    /// <exception cref="PriceReaderException">It cannot be reached, or refuses.</exception>
    public List<string> Watched() => Guarded(() =>
    {
        Search();
        var coins = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string instance in InstancesOf(venue) ?? [])
        {
            _talk.Ask("HKEYS", instance + ":coins");
            coins.UnionWith(List() ?? []);
            // Of other markets what the same ones watch.
            string name = instance[(StatusIndexOf(venue).Length + 1)..];
            foreach (Venue other in Enum.GetValues<Venue>().Where(v => v != venue))
            {
                _talk.Ask("HKEYS", $"{StatusIndexOf(other)}:{name}:coins");
                coins.UnionWith((List() ?? []).Select(c => $"{other.Name()}:{c}"));
            }
        }
        return coins.ToList();
    });

    /// <summary>What the running instances say of themselves: each one's name, and its status' fields in their order; of one that has gone they are null.</summary>
    /// <exception cref="PriceReaderException">It cannot be reached, or refuses.</exception>
    public List<(string Instance, string?[] Fields)> Statuses(params string[] fields) => Guarded(() =>
    {
        SearchIfDue();
        List<string> instances = InstancesOf(venue) ?? [];
        _talk.Begin();
        foreach (string instance in instances)
            _talk.Say(["HMGET", instance, .. fields]);
        if (instances.Count > 0)
            _talk.Send();
        int prefix = StatusIndexOf(venue).Length + 1;
        return instances.ConvertAll(name => (name[prefix..], _talk.List(out _)?.ToArray() ?? new string?[fields.Length]));
    });

    public void Dispose() => _talk.Dispose();

    /// <summary>Ends a question that is waiting, from any thread.</summary>
    public void Abort() => _talk.Abort();

    private static bool IsOfLogin(string refusal) => refusal.StartsWith("NOAUTH", StringComparison.Ordinal);

    private void SearchIfDue()
    {
        if (_searchedAt == 0 || time.GetElapsedTime(_searchedAt) >= s_searchEvery)
            Search();
    }

    // Which instances there are.
    private void Search()
    {
        _searchedAt = time.GetTimestamp();
        _instances.Clear();
    }

    private List<string>? InstancesOf(Venue of)
    {
        if (_instances.TryGetValue(of, out List<string>? known))
            return known;
        _talk.Ask("ZRANGE", StatusIndexOf(of), "0", "-1");
        List<string?>? names = _talk.List(out string? refusal);
        // Nothing else will be answered; and of a longer question Redis says something less clear to who has not logged in.
        if (refusal is not null && IsOfLogin(refusal))
            throw PriceReaderException.Refused(redis, refusal, redis.PasswordSetting);
        // Not allowed to, perhaps: then nothing is known.
        return _instances[of] = names is null ? null : [.. names.OfType<string>().Select(name => $"{StatusIndexOf(of)}:{name}")];
    }

    private FeedStanding Standing(string[] coins, List<string>? asked)
    {
        if (asked is null)
            return new FeedStanding(null);
        var instances = new List<IReadOnlyDictionary<string, string>>();
        bool refused = false;
        for (int i = 0; i < asked.Count; i++)
        {
            string? heartbeat = _talk.Reply();
            List<string?>? said = _talk.List(out _);
            refused |= said is null || heartbeat is ['-', ..];
            // Expired since the search.
            if (heartbeat is null or ['-', ..] || said is null)
                continue;
            instances.Add(coins.Zip(said).Where(c => c.Second is not null).GroupBy(c => c.First, c => c.Second!).ToDictionary(g => g.Key, g => g.First()));
        }
        return new FeedStanding(refused && instances.Count == 0 ? null : instances);
    }

    // The texts of a list; null of an error.
    private List<string>? List() => _talk.List(out _)?.OfType<string>().ToList();

    private StoredPrice Answer(string coin)
    {
        string? head = _talk.Reply();
        if (head is ['-', .. var refusal])
            return refusal.StartsWith("WRONGTYPE", StringComparison.Ordinal)
                ? new StoredPrice(coin, null, null, null, "its key holds something else")
                : throw PriceReaderException.Refused(redis, refusal, IsOfLogin(refusal) ? redis.PasswordSetting : "the server");
        if (head != $"*{s_fields.Length}")
            throw new IOException(RedisTalk.NoRedis);
        var price = new StoredPrice(coin, _talk.Reply(), _talk.Reply(), _talk.Reply());
        var more = new List<(string, string)>();
        foreach (string name in s_more)
            if (_talk.Reply() is { } value)
                more.Add((name, value));
        return price with { More = more };
    }
}
