// TLS over Redis' socket, used like the socket itself: a send takes what goes out at once, a receive takes in what has come, and
// whoever has to wait polls the socket. Under the sink's lock. What must stay true:
//   - bytes that were encrypted but are not out yet count as not taken; whoever sends comes again with the same bytes, and what was
//     encrypted of them is not encrypted twice. So nothing is under way that the sender does not know of;
//   - after a receive no whole record is left behind: what is still to come, comes over the socket, and wakes who polls it;
//   - nothing is allocated for a send or a receive.
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace BybitSpot.Redis;

internal sealed class TlsChannel : IDisposable
{
    /// <summary>Most bytes that stand in one record.</summary>
    private const int PlainMax = 16 * 1024;

    private readonly RecordStream _lower;
    private readonly SslStream _tls;
    private readonly byte[] _plain = new byte[PlainMax];
    private readonly string _host;
    private readonly RedisTls _setup;
    private string? _certificateTrouble;

    // So many bytes of what is to be sent are encrypted, and not all of that is out.
    private int _encrypted;

    private TlsChannel(RecordStream lower, RedisTls setup, string host)
    {
        _lower = lower;
        _setup = setup;
        _host = host;
        _tls = new SslStream(lower, leaveInnerStreamOpen: true);
    }

    /// <summary>Greets, and checks who answers.</summary>
    /// <param name="socket">Connected, and non-blocking.</param>
    /// <param name="otherName">See <see cref="RedisTls.For"/>.</param>
    /// <param name="deadline">A time stamp of the time provider's.</param>
    /// <param name="tick">Called at least every 200 ms; an exception of it ends the attempt and comes out of it.</param>
    /// <exception cref="RedisProtocolException">There will be no TLS, and why.</exception>
    public static TlsChannel Open(Socket socket, RedisTls setup, string host, string? otherName, TimeProvider time, long deadline, TimeSpan limit, Action? tick)
    {
        var lower = new RecordStream(socket, time, deadline, tick);
        var channel = new TlsChannel(lower, setup, host);
        bool stands = false;
        try
        {
            channel._tls.AuthenticateAsClient(setup.For(host, otherName, trouble => channel._certificateTrouble = trouble));
            lower.WaitNoMore();
            stands = true;
            return channel;
        }
        catch (TimeoutException)
        {
            throw new RedisProtocolException(TlsTrouble.Silence(limit)) { MayBeTheAddress = true };
        }
        catch (Exception e) when (e is IOException or AuthenticationException or InvalidOperationException)
        {
            throw channel.Told(e);
        }
        finally
        {
            if (!stands)
                channel.Dispose();
        }
    }

    /// <summary>See <see cref="RedisConnection.SendAtOnce"/>.</summary>
    public int SendAtOnce(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Send(bytes);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or SocketException)
        {
            Exception told = Told(e);
            if (told is SocketException)
                LookForReason();
            throw told;
        }
    }

    /// <summary>See <see cref="RedisConnection.ReceiveAtOnce"/>.</summary>
    public void ReceiveAtOnce(ReplyReader replies)
    {
        if (_lower.Owes)
            _lower.SendOwed();
        _lower.Fill();
        try
        {
            while (_lower.HasRecord && replies.Free.Length >= PlainMax)
            {
                int count = _tls.Read(_plain, 0, PlainMax);
                if (count == 0)
                    throw new SocketException((int)SocketError.ConnectionReset);
                _plain.AsSpan(0, count).CopyTo(replies.Free);
                replies.Received(count);
            }
        }
        catch (NoRecordException)
        {
            // The last record was TLS' own: a ticket for the next time, say.
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            throw Told(e);
        }
        if (_lower.HasEnded)
            throw new SocketException((int)SocketError.ConnectionReset);
    }

    public void Dispose() => _tls.Dispose();

    private int Send(ReadOnlySpan<byte> bytes)
    {
        if (!_lower.SendOwed())
            return 0;
        int taken = _encrypted;
        _encrypted = 0;
        while (taken < bytes.Length)
        {
            int length = Math.Min(bytes.Length - taken, PlainMax);
            bytes.Slice(taken, length).CopyTo(_plain);
            _tls.Write(_plain, 0, length);
            if (_lower.Owes)
            {
                _encrypted = length;
                break;
            }
            taken += length;
        }
        return taken;
    }

    // A send that fails says only that the other side has gone. What it said before that may say why: TLS 1.3 refuses our
    // certificate, or misses it, after the greeting.
    private void LookForReason()
    {
        try
        {
            _lower.Fill();
            while (_lower.HasRecord && _tls.Read(_plain, 0, PlainMax) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException and not NoRecordException)
        {
            throw Told(e);
        }
        catch (Exception e) when (e is NoRecordException or SocketException or InvalidOperationException)
        {
            // It said nothing.
        }
    }

    // The socket's own trouble stays that; all other becomes words.
    private Exception Told(Exception e)
    {
        var text = new List<string>();
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException)
                return cause;
            text.Add(cause.Message);
        }
        if (_lower.NoTls is { } start)
            return new RedisProtocolException(TlsTrouble.NoTls(start));
        if (!_tls.IsAuthenticated && _lower.HasEnded && _certificateTrouble is null && !text.Exists(t => t.Contains("alert", StringComparison.OrdinalIgnoreCase)))
            return new RedisProtocolException("the server closed the connection in the greeting of TLS: a port without TLS, or one that refuses this machine") { MayBeTheAddress = true };
        return new RedisProtocolException(TlsTrouble.Reason(_host, _certificateTrouble, _setup.Own, string.Join(' ', text)));
    }
}
