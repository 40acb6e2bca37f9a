// A conversation with a Redis: a question, then its answers, each a text. For who waits for answers: `get`, and the mark of the
// embedded store; the sink never waits and keeps no answers. Every step within a limit. What must stay true: it connects as the
// sink does; what answers there may be anything, slow, endless or no Redis at all, and the end of it is an exception soon.
using System.Net.Sockets;
using System.Text;
using BybitSpot.Net;

namespace BybitSpot.Redis;

/// <param name="limit">For connecting, and for each wait for bytes; twice that for all answers to one question.</param>
public sealed class RedisTalk(RedisOptions options, TimeSpan limit, TimeProvider time, CancellationToken cancel) : IDisposable
{
    public const string NoRedis = "what answers there is no Redis";

    private const string Closed = "the connection was closed";

    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    private readonly MemoryStream _said = new();
    private RedisConnection? _connection;
    private long _askedAt, _heardAt;

    public bool Connected => _connection is not null;

    /// <summary>Connects, and logs in as the options say at this moment.</summary>
    /// <exception cref="RedisRefusedException">The login or the database is refused.</exception>
    /// <exception cref="RedisAccessException">A file that is needed for it cannot be had.</exception>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="IOException">What answers is no Redis, or there is no TLS with it.</exception>
    /// <exception cref="OperationCanceledException">It was ended, or took too long.</exception>
    public void Connect()
    {
        _said.SetLength(0);
        try
        {
            _connection = RedisConnection.OpenToAsk(options.Now(ThrowIfEnded), limit, time, ThrowIfEnded);
            Begin();
        }
        catch (RedisProtocolException refused)
        {
            if (refused.Refusal is var (command, reply))
                throw new RedisRefusedException(command, reply);
            throw Trouble(refused);
        }
    }

    /// <summary>From now on the answers to one question are counted.</summary>
    public void Begin() => _askedAt = _heardAt = time.GetTimestamp();

    public void Say(params ReadOnlySpan<string> words)
    {
        // More had come than answers to what was asked.
        if (_said.Length == 0 && _connection!.HasMore)
            throw new IOException(NoRedis);
        _said.Write(Resp.Command(words));
    }

    public void Send()
    {
        ReadOnlySpan<byte> bytes = _said.GetBuffer().AsSpan(0, (int)_said.Length);
        try
        {
            while (!bytes.IsEmpty)
            {
                int sent = _connection!.SendAtOnce(bytes);
                bytes = bytes[sent..];
                if (sent > 0)
                    _heardAt = time.GetTimestamp();
                else
                    Wait(forSending: true);
            }
        }
        catch (RedisProtocolException trouble)
        {
            throw Trouble(trouble);
        }
        _said.SetLength(0);
    }

    /// <summary>A text, null, or the line itself where it is a status, a number, an error or the head of a list.</summary>
    public string? Reply()
    {
        try
        {
            ReplyKind kind;
            ReadOnlySpan<byte> text;
            while ((kind = _connection!.NextReply(out text)) == ReplyKind.None)
            {
                // What has come already is taken before anything is waited for.
                Receive();
                if ((kind = _connection.NextReply(out text)) != ReplyKind.None)
                    break;
                Wait(forSending: false);
            }
            _connection.HasHeard = true;
            _heardAt = time.GetTimestamp();
            return kind switch
            {
                ReplyKind.Nil => null,
                ReplyKind.Bulk => Encoding.UTF8.GetString(text),
                ReplyKind.Status => "+" + Encoding.UTF8.GetString(text),
                ReplyKind.Integer => ":" + Encoding.UTF8.GetString(text),
                ReplyKind.List => "*" + Encoding.UTF8.GetString(text),
                _ => "-" + Encoding.UTF8.GetString(text),
            };
        }
        catch (RedisProtocolException trouble)
        {
            throw Trouble(trouble);
        }
    }

    /// <summary>Ends a question that is waiting, from any thread, within <see cref="Race.Slice"/>.</summary>
    public void Abort() => _end.Cancel();

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private void Receive()
    {
        try
        {
            _connection!.ReceiveAtOnce();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            throw new IOException(options.Tls is null && options.UnixPath is null && _connection is { HasHeard: false, HasMore: false } ? RedisConnection.ClosedUnheard : Closed);
        }
    }

    private void Wait(bool forSending)
    {
        ThrowIfEnded();
        // One byte now and then is no answer either.
        if (time.GetElapsedTime(_heardAt) > limit || time.GetElapsedTime(_askedAt) > limit * 2)
            throw new OperationCanceledException();
        _connection!.Wait(forSending, Race.Slice);
    }

    private void ThrowIfEnded() => _end.Token.ThrowIfCancellationRequested();

    private static IOException Trouble(RedisProtocolException trouble) => new(trouble.IsNoRedis && !trouble.Message.Contains("TLS", StringComparison.Ordinal) ? NoRedis : trouble.Message);
}

/// <summary>The server does not let us in.</summary>
/// <param name="command">AUTH or SELECT.</param>
/// <param name="reply">What it says to that.</param>
public sealed class RedisRefusedException(string command, string reply) : Exception($"{command} refused: {reply}")
{
    public string Command => command;

    public string Reply => reply;
}
