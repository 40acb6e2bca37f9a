// Redis' replies, cut out of the stream of bytes as they come. Knows the kinds that our commands are answered with: status,
// error, integer, bulk string; and, for who asks for lists, the head of a list, whose items follow as replies of their own. One
// thread at a time; nothing allocated but the text of an error.
using System.Buffers.Text;
using System.Text;

namespace BybitSpot.Redis;

internal enum ReplyKind : byte
{
    /// <summary>The reply is not whole yet.</summary>
    None,
    Status,
    Error,
    Integer,
    Bulk,

    /// <summary>A bulk string that is not there.</summary>
    Nil,

    /// <summary>The head of a list: its text is how many replies follow that belong to it.</summary>
    List,
}

/// <param name="takesLists">See <see cref="TakesLists"/>.</param>
internal sealed class ReplyReader(bool takesLists = false)
{
    /// <summary>Longest reply: ours are short, so more than this is not Redis, or not an answer to us.</summary>
    public const int ReplyLengthMax = 16 * 1024;

    /// <summary>Whether lists are taken; who asks for none has no use for one.</summary>
    public bool TakesLists { get; set; } = takesLists;

    private readonly byte[] _buffer = new byte[4 * ReplyLengthMax];
    private int _start, _end;

    /// <summary>Room for the next bytes from the socket.</summary>
    public Span<byte> Free
    {
        get
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            return _buffer.AsSpan(_end);
        }
    }

    /// <summary>Whether more has come than was cut off.</summary>
    public bool HasMore => _end > _start;

    /// <summary>So many bytes were put into <see cref="Free"/>.</summary>
    public void Received(int bytes) => _end += bytes;

    /// <summary>Cuts off the next whole reply.</summary>
    /// <param name="text">The reply's text, until the next call.</param>
    /// <exception cref="RedisProtocolException">What came is not Redis' protocol.</exception>
    public ReplyKind Next(out ReadOnlySpan<byte> text)
    {
        text = default;
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.IsEmpty)
            return ReplyKind.None;
        int line = rest.IndexOf("\r\n"u8);
        ReplyKind kind = rest[0] switch
        {
            (byte)':' => ReplyKind.Integer,
            (byte)'+' => ReplyKind.Status,
            (byte)'-' => ReplyKind.Error,
            (byte)'$' => ReplyKind.Bulk,
            (byte)'*' when TakesLists => ReplyKind.List,
            _ => throw NotRedis(rest),
        };
        if (line > ReplyLengthMax || (line < 0 && rest.Length > ReplyLengthMax))
            throw NotRedis(rest);
        if (line < 0)
            return ReplyKind.None;
        text = rest[1..line];
        if (kind == ReplyKind.Integer && (!Utf8Parser.TryParse(text, out long _, out int digits) || digits != text.Length))
            throw NotRedis(rest);
        if (kind != ReplyKind.Bulk)
        {
            _start += line + 2;
            return kind;
        }
        if (!Utf8Parser.TryParse(text, out int length, out int used) || used != text.Length || length is < -1 or > ReplyLengthMax)
            throw NotRedis(rest);
        if (length < 0)
        {
            _start += line + 2;
            return ReplyKind.Nil;
        }
        if (rest.Length < line + 2 + length + 2)
            return ReplyKind.None;
        text = rest.Slice(line + 2, length);
        if (!rest[(line + 2 + length)..].StartsWith("\r\n"u8))
            throw NotRedis(rest);
        _start += line + 2 + length + 2;
        return ReplyKind.Bulk;
    }

    /// <summary>The start of what came, fit for a log.</summary>
    public static string Printable(ReadOnlySpan<byte> bytes)
    {
        var start = new StringBuilder();
        foreach (byte b in bytes[..Math.Min(bytes.Length, 40)])
            start.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
        return start.ToString();
    }

    // So begins an alert of TLS, with which a server answers what is none.
    private static RedisProtocolException NotRedis(ReadOnlySpan<byte> bytes) => bytes[0] == 0x15
        ? new RedisProtocolException("what answers there does not speak Redis' protocol but TLS: rediss:// in REDIS_URL, or REDIS_TLS=true") { IsNoRedis = true }
        : new RedisProtocolException($"what answers there does not speak Redis' protocol (it said \"{Printable(bytes)}\"); check host and port") { IsNoRedis = true };
}

/// <summary>What answers is not Redis, or refuses to let us in.</summary>
internal sealed class RedisProtocolException(string message) : Exception(message)
{
    /// <summary>It is not Redis.</summary>
    public bool IsNoRedis { get; init; }

    /// <summary>Another address of the same name may serve.</summary>
    public bool MayBeTheAddress { get; init; }

    /// <summary>The command of the greeting that was refused, and with what; null: none was.</summary>
    public (string Command, string Reply)? Refusal { get; init; }
}
