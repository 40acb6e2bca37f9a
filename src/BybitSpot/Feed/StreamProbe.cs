// Tries the way to the exchange's stream step by step, for who looks what is wrong: names, each address, then a connection as a line makes it,
// and one coin's ticker. On the thread of whoever asks; every step within a limit. What must stay true: it connects by the line's own code.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using BybitSpot.Market;
using BybitSpot.Net;

namespace BybitSpot.Feed;

/// <summary>A step failed, with the reason for people.</summary>
/// <param name="isTls">It takes the connection, but there is no TLS with it.</param>
public sealed class ProbeException(string reason, bool isTls = false) : Exception(reason)
{
    public bool IsTls => isTls;
}

public sealed class StreamProbe : IDisposable
{
    private readonly Connection _connection;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    private StreamProbe(Connection connection, TimeProvider time, CancellationToken stop) => (_connection, _time, _stop) = (connection, time, stop);

    /// <summary>The address that answered.</summary>
    public string Address => _connection.Address;

    /// <summary>Until when the server's certificate and those that vouch for it are all valid; null without TLS.</summary>
    public DateTimeOffset? CertificatesEnd => _connection.CertificatesEnd;

    /// <summary>The version of TLS, as people call it; null without.</summary>
    public string? TlsVersion => _connection.Stream is SslStream tls ? tls.SslProtocol == SslProtocols.Tls13 ? "TLS 1.3" : "TLS 1.2" : null;

    /// <exception cref="ProbeException">The name is not known, or nobody says within the limit.</exception>
    public static IPAddress[] Resolve(string host, TimeSpan limit, TimeProvider time, Action? tick = null)
    {
        try
        {
            return Resolver.Resolve(host, time, Deadline(limit, time), tick);
        }
        catch (TimeoutException)
        {
            throw new ProbeException($"no answer of the resolver within {limit.TotalSeconds:0} s");
        }
        catch (SocketException)
        {
            throw new ProbeException("the name cannot be resolved");
        }
    }

    /// <summary>Connects to one address, and closes.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="ProbeException">Nobody answers there.</exception>
    public static TimeSpan Touch(IPAddress address, int port, TimeSpan limit, TimeProvider time, Action? tick = null)
    {
        long start = time.GetTimestamp();
        try
        {
            using Socket socket = new Race([address], port, time, Deadline(limit, time), static _ => { }, tick).Next();
            return time.GetElapsedTime(start);
        }
        catch (SocketException e)
        {
            throw new ProbeException(e.SocketErrorCode == SocketError.ConnectionRefused ? "nothing listens there (connection refused)" : e.SocketErrorCode == SocketError.TimedOut ? $"no answer within {limit.TotalSeconds:0} s" : e.Message);
        }
        catch (TimeoutException)
        {
            throw new ProbeException($"no answer within {limit.TotalSeconds:0} s");
        }
    }

    /// <summary>Connects as a line does: proxy, TLS, upgrade.</summary>
    /// <param name="stop">Ends the attempt, and later what is waited for, at once.</param>
    /// <exception cref="ProbeException">There is no connection, and why.</exception>
    public static StreamProbe Open(Uri url, Uri? proxy, TimeProvider time, CancellationToken stop)
    {
        Socket? connecting = null;
        using CancellationTokenRegistration end = stop.Register(() => ShutDown(Volatile.Read(ref connecting)));
        try
        {
            Connection connection = Dialer.Dial(
                url,
                proxy,
                time,
                socket =>
                {
                    Volatile.Write(ref connecting, socket);
                    stop.ThrowIfCancellationRequested();
                },
                stop.ThrowIfCancellationRequested);
            return new StreamProbe(connection, time, stop);
        }
        catch (DialException failure)
        {
            stop.ThrowIfCancellationRequested();
            throw new ProbeException(failure.Message, failure.Failure == DialFailure.Tls);
        }
    }

    /// <summary>Subscribes a coin's ticker and waits for its first price.</summary>
    /// <exception cref="ProbeException">It is refused, or does not come within the limit.</exception>
    public (string Price, long TimeMs) FirstTicker(string symbol, TimeSpan limit)
    {
        using CancellationTokenRegistration end = _stop.Register(() => ShutDown(_connection.Socket));
        try
        {
            return Await(symbol, limit);
        }
        catch (ProbeException)
        {
            _stop.ThrowIfCancellationRequested();
            throw;
        }
    }

    public void Dispose() => _connection.Dispose();

    private (string Price, long TimeMs) Await(string symbol, TimeSpan limit)
    {
        string topic = Topics.Name(Channel.Ticker, symbol);
        _connection.Lowest.ConnectUntil(Deadline(limit, _time));
        var reader = new FrameReader();
        try
        {
            _connection.Stream.Write(FrameWriter.Text($$"""{"req_id":"1","op":"subscribe","args":["{{topic}}"]}"""));
            ReadOnlySpan<byte> early = _connection.Early.Span;
            early.CopyTo(reader.Free);
            reader.Received(early.Length);
            while (true)
            {
                switch (reader.Next(out ReadOnlySpan<byte> payload))
                {
                    case FrameKind.None:
                        int received = _connection.Stream.Read(reader.Free);
                        if (received == 0)
                            throw new ProbeException("the connection was closed");
                        reader.Received(received);
                        break;
                    case FrameKind.Ping:
                        _connection.Stream.Write(FrameWriter.Pong(payload));
                        break;
                    case FrameKind.Close or FrameKind.Broken:
                        throw new ProbeException("the exchange closed the connection");
                    case FrameKind.Text:
                        if (Take(payload, symbol) is { } price)
                            return price;
                        break;
                }
            }
        }
        catch (TimeoutException)
        {
            throw new ProbeException($"no price of {symbol} within {limit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new ProbeException((e.InnerException as TimeoutException) is not null ? $"no price of {symbol} within {limit.TotalSeconds:0} s" : e.Message);
        }
    }

    // Whoever reads or writes there comes out of it.
    private static void ShutDown(Socket? socket)
    {
        try
        {
            socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is not connected yet, or is closed already.
        }
    }

    private static (string, long)? Take(ReadOnlySpan<byte> frame, string symbol)
    {
        var message = default(Message);
        switch (TickDecoder.Decode(frame, retailCounts: false, ref message))
        {
            case Verdict.Tick when Encoding.ASCII.GetString(message.Symbol) == symbol:
                return (Encoding.ASCII.GetString(message.Price), message.TimeMs);
            case Verdict.Control when ControlMessage.Parse(frame) is { Success: false, Operation: not "pong" } refused:
                throw new ProbeException($"the exchange refuses {symbol}: {refused.Reason}");
            default:
                return null;
        }
    }

    private static long Deadline(TimeSpan limit, TimeProvider time) => time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency);
}
