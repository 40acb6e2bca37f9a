// Asks a Redis for prices: connect, AUTH, SELECT, then one HMGET a coin, all in one write. Reads only. Apart from the engine's
// writer on purpose: that one never waits and keeps no answers.
using System.Globalization;
using System.Net.Sockets;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class PriceReader(RedisOptions redis, Venue venue, TimeProvider time, CancellationToken cancel) : IDisposable
{
    /// <summary>For connecting, and again for the answers to one question.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly RedisTalk _talk = new(Limit, time, cancel);

    public static string KeyOf(Venue venue, string coin) => (venue == Venue.Spot ? "bybit_spot:" : "bybit_futures:") + coin;

    /// <exception cref="PriceReaderException">It cannot be reached, or refuses.</exception>
    public List<StoredPrice> Read(IReadOnlyList<string> coins)
    {
        try
        {
            if (!_talk.Connected)
                Connect();
            _talk.Begin();
            foreach (string coin in coins)
                _talk.Say("HMGET", KeyOf(venue, coin), "ltp", "timestamp", "original_symbol");
            _talk.Send();
            return [.. coins.Select(Answer)];
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
