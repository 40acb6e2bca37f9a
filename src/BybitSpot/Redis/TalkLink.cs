// One connection of a conversation with Redis: what is said is sent together, and each answer is a text. Every step within a limit.
using System.Net.Sockets;
using System.Text;
using BybitSpot.Net;

namespace BybitSpot.Redis;

/// <param name="options">As they are now.</param>
/// <param name="limit">For connecting, and for each wait for bytes; twice that for all answers to one question.</param>
/// <param name="tick">Called at least every <see cref="Race.Slice"/> while something is waited for; an exception of it ends that.</param>
internal sealed class TalkLink(RedisOptions options, TimeSpan limit, TimeProvider time, Action tick) : IDisposable
{
    private const string Closed = "the connection was closed";

    private readonly MemoryStream _said = new();
    private RedisConnection? _connection;
    private long _askedAt, _heardAt;

    /// <summary>Whether the last reply was the head of a list.</summary>
    public bool IsList { get; private set; }

    /// <summary>See <see cref="RedisTalk.Connect"/>.</summary>
    public void Connect()
    {
        try
        {
            _connection = RedisConnection.OpenToAsk(options, limit, time, tick);
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

    public void Say(ReadOnlySpan<byte> command)
    {
        // More had come than answers to what was asked.
        if (_said.Length == 0 && _connection!.HasMore)
            throw new IOException(RedisTalk.NoRedis);
        _said.Write(command);
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

    /// <summary>See <see cref="RedisTalk.Reply"/>.</summary>
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
            IsList = kind == ReplyKind.List;
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
        tick();
        // One byte now and then is no answer either.
        if (time.GetElapsedTime(_heardAt) > limit || time.GetElapsedTime(_askedAt) > limit * 2)
            throw new OperationCanceledException();
        _connection!.Wait(forSending, Race.Slice);
    }

    public static IOException Trouble(RedisProtocolException trouble) => new(trouble.IsNoRedis && !trouble.Message.Contains("TLS", StringComparison.Ordinal) ? RedisTalk.NoRedis : trouble.Message);
}
