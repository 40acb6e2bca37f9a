// A conversation with whatever listens at an address, in Redis' protocol: a question, then its answers, each a text. Blocking, every
// step within a limit; whoever cancels closes the socket. What must stay true: what answers there may be anything, slow, endless
// or no Redis at all, and the end of it is an exception soon.
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Net;

namespace BybitSpot.App;

/// <param name="limit">For connecting, and for each wait for bytes; twice that for all answers to one question.</param>
internal sealed class RedisTalk(TimeSpan limit, TimeProvider time, CancellationToken cancel) : IDisposable
{
    public const string NoRedis = "what answers there is no Redis";

    /// <summary>Longest answer that is taken, in bytes; what we ask for has under 100.</summary>
    private const int AnswerMax = 64 * 1024;

    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    private Socket? _socket;
    private BufferedStream? _stream;
    private long _askedAt;

    public bool Connected => _stream is not null;

    public void Connect(string host, int port)
    {
        _askedAt = time.GetTimestamp();
        NetworkStream stream;
        try
        {
            stream = Race.Open(host, port, limit, time, _end.Token);
        }
        catch (TimeoutException)
        {
            throw new OperationCanceledException();
        }
        _socket = stream.Socket;
        int limitMs = (int)limit.TotalMilliseconds;
        (_socket.ReceiveTimeout, _socket.SendTimeout) = (limitMs, limitMs);
        _stream = new BufferedStream(stream, 16 * 1024);
    }

    /// <summary>From now on the answers to one question are counted.</summary>
    public void Begin() => _askedAt = time.GetTimestamp();

    public void Say(params ReadOnlySpan<string> words)
    {
        var command = new StringBuilder($"*{words.Length}\r\n");
        foreach (string word in words)
            command.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        try
        {
            _stream!.Write(Encoding.UTF8.GetBytes(command.ToString()));
        }
        catch (NotSupportedException unasked)
        {
            // More had come than answers to what was asked.
            throw new IOException(NoRedis, unasked);
        }
    }

    public void Send() => _stream!.Flush();

    /// <summary>A text, null, or the line itself where it is an error or the head of a list.</summary>
    public string? Reply()
    {
        string line = Encoding.UTF8.GetString(Bytes(null));
        if (line is not ['$', .. var size])
            return line is ['*' or '-' or '+' or ':', ..] ? line : throw new IOException(NoRedis);
        if (size == "-1")
            return null;
        if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > AnswerMax)
            throw new IOException(NoRedis);
        string text = Encoding.UTF8.GetString(Bytes(length));
        Bytes(0);
        return text;
    }

    /// <summary>Ends a question that is waiting, from any thread.</summary>
    public void Abort()
    {
        _end.Cancel();
        _socket?.Dispose();
    }

    public void Dispose()
    {
        _socket?.Dispose();
        (_socket, _stream) = (null, null);
    }

    /// <summary>So many bytes; without a length (or with 0), those up to the end of the line.</summary>
    private byte[] Bytes(int? length)
    {
        var bytes = new List<byte>(length ?? 32);
        while (length is not > 0 || bytes.Count < length)
        {
            cancel.ThrowIfCancellationRequested();
            // One byte now and then is no answer either.
            if (time.GetElapsedTime(_askedAt) > limit * 2)
                throw new OperationCanceledException();
            int next = _stream!.ReadByte();
            if (next < 0 || bytes.Count > AnswerMax)
                throw new IOException("the connection was closed");
            if (length is not > 0 && next == '\n')
                return bytes is [.. var text, (byte)'\r'] ? [.. text] : throw new IOException(NoRedis);
            bytes.Add((byte)next);
        }
        return [.. bytes];
    }
}
