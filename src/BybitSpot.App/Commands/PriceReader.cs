// Asks a Redis for prices: connect, AUTH, SELECT, then one HMGET a coin, all in one write. Reads only. Blocking, every step within a
// limit; whoever cancels closes the socket. Apart from the engine's writer on purpose: that one never waits and keeps no answers.
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class PriceReader(RedisOptions redis, Venue venue, TimeProvider time, CancellationToken cancel) : IDisposable
{
    /// <summary>For connecting, and again for the answers to one question.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Longest answer that is taken, in bytes; what we ask for has under 100.</summary>
    private const int AnswerMax = 64 * 1024;

    private Socket? _socket;
    private BufferedStream? _stream;
    private long _askedAt;

    public static string KeyOf(Venue venue, string coin) => (venue == Venue.Spot ? "bybit_spot:" : "bybit_futures:") + coin;

    /// <exception cref="PriceReaderException">It cannot be reached, or refuses.</exception>
    public List<StoredPrice> Read(IReadOnlyList<string> coins)
    {
        try
        {
            if (_stream is null)
                Connect();
            _askedAt = time.GetTimestamp();
            foreach (string coin in coins)
                Send("HMGET", KeyOf(venue, coin), "ltp", "timestamp", "original_symbol");
            _stream!.Flush();
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

    public void Dispose()
    {
        _socket?.Dispose();
        (_socket, _stream) = (null, null);
    }

    /// <summary>Ends a question that is waiting, from any thread.</summary>
    public void Abort() => _socket?.Dispose();

    private void Connect()
    {
        _askedAt = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.ConnectAsync(redis.Host, redis.Port, limit.Token).AsTask().GetAwaiter().GetResult();
        int limitMs = (int)Limit.TotalMilliseconds;
        (_socket.ReceiveTimeout, _socket.SendTimeout) = (limitMs, limitMs);
        _stream = new BufferedStream(new NetworkStream(_socket, ownsSocket: true), 16 * 1024);
        if (!string.IsNullOrEmpty(redis.Password))
            Demand("REDIS_PASSWORD", "AUTH", redis.Password);
        if (redis.Database != 0)
            Demand("REDIS_DB", "SELECT", redis.Database.ToString(CultureInfo.InvariantCulture));
    }

    private void Demand(string setting, params string[] words)
    {
        Send(words);
        _stream!.Flush();
        if (Reply() is ['-', .. var refusal])
            throw PriceReaderException.Refused(redis, refusal, setting);
    }

    private StoredPrice Answer(string coin)
    {
        string? head = Reply();
        if (head is ['-', .. var refusal])
            return refusal.StartsWith("WRONGTYPE", StringComparison.Ordinal)
                ? new StoredPrice(coin, null, null, null, "its key holds something else")
                : throw PriceReaderException.Refused(redis, refusal, refusal.StartsWith("NOAUTH", StringComparison.Ordinal) ? "REDIS_PASSWORD" : "the server");
        if (head != "*3")
            throw new IOException("what answers there is no Redis");
        return new StoredPrice(coin, Reply(), Reply(), Reply());
    }

    private void Send(params string[] words)
    {
        var command = new StringBuilder($"*{words.Length}\r\n");
        foreach (string word in words)
            command.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        _stream!.Write(Encoding.UTF8.GetBytes(command.ToString()));
    }

    /// <summary>A text, null, or the line itself where it is an error or the head of a list.</summary>
    private string? Reply()
    {
        string line = Encoding.UTF8.GetString(Bytes(null));
        if (line is not ['$', .. var size])
            return line is ['*' or '-' or '+', ..] ? line : throw new IOException("what answers there is no Redis");
        if (size == "-1")
            return null;
        if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > AnswerMax)
            throw new IOException("what answers there is no Redis");
        string text = Encoding.UTF8.GetString(Bytes(length));
        Bytes(0);
        return text;
    }

    /// <summary>So many bytes; without a length (or with 0), those up to the end of the line.</summary>
    private byte[] Bytes(int? length)
    {
        var bytes = new List<byte>(length ?? 32);
        while (length is not > 0 || bytes.Count < length)
        {
            cancel.ThrowIfCancellationRequested();
            // One byte now and then is no answer either.
            if (time.GetElapsedTime(_askedAt) > Limit * 2)
                throw new OperationCanceledException();
            int next = _stream!.ReadByte();
            if (next < 0 || bytes.Count > AnswerMax)
                throw new IOException("the connection was closed");
            if (length is not > 0 && next == '\n')
                return bytes is [.. var text, (byte)'\r'] ? [.. text] : throw new IOException("what answers there is no Redis");
            bytes.Add((byte)next);
        }
        return [.. bytes];
    }
}
