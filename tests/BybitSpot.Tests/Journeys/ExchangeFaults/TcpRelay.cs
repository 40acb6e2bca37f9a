using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// A port in front of another that passes bytes both ways, so that a test can end one connection of several. As a proxy it
// takes CONNECT first, for whatever host, and says what it was asked. Without a target it takes connections and stays mute.
// It can be a bad line as well: late, unsteady, in slices, slow.
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<Socket[]> _pairs = [];
    private readonly List<string> _heads = [];
    private readonly ManualResetEventSlim _flows = new(true);
    private int _heldUpTo;

    public TcpRelay()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        new Thread(AcceptAll) { IsBackground = true }.Start();
    }

    public int Port { get; }

    /// <summary>Where to; 0: nowhere, connections hang.</summary>
    public int TargetPort { get; set; }

    public bool IsProxy { get; init; }

    /// <summary>What a proxy answers to CONNECT; anything but 200 is where it ends.</summary>
    public string Answer { get; init; } = "200 Connection established";

    /// <summary>What is passed on, either way, comes so late.</summary>
    public int LatencyMs { get; init; }

    /// <summary>And up to so much later, at random.</summary>
    public int JitterMs { get; init; }

    /// <summary>At most so many bytes at once; 0: as they come.</summary>
    public int SliceBytes { get; init; }

    /// <summary>At most so many bytes a second each way; 0: no limit.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>The CONNECT requests so far, headers and all.</summary>
    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_gate)
                return [.. _heads];
        }
    }

    public int Accepted
    {
        get
        {
            lock (_gate)
                return _pairs.Count;
        }
    }

    /// <summary>Ends a connection (from 0, in the order of coming) with a RST on both sides.</summary>
    public void Reset(int index)
    {
        lock (_gate)
            foreach (Socket socket in _pairs[index])
                Reset(socket);
    }

    /// <summary>
    /// From now on no byte passes on the connections there are, which stay open, as behind a proxy whose backend has died.
    /// New ones are not concerned.
    /// </summary>
    public void Hold()
    {
        lock (_gate)
            _heldUpTo = _pairs.Count;
        _flows.Reset();
    }

    /// <summary>What was held back passes, however late, even where one side has ended.</summary>
    public void LetGo() => _flows.Set();

    /// <summary>Ends every connection as soon as it is there, after so many bytes of the client's have passed.</summary>
    public int? DropAfterBytes { get; set; }

    /// <summary>Bytes of nobody's, put in front of what the client of a connection gets next.</summary>
    public void Inject(int index, byte[] bytes)
    {
        lock (_gate)
            _pairs[index][0].Send(bytes);
    }

    public void Dispose()
    {
        _listener.Stop();
        lock (_gate)
            foreach (Socket socket in _pairs.SelectMany(p => p))
                socket.Dispose();
    }

    private void AcceptAll()
    {
        while (true)
        {
            try
            {
                Socket client = _listener.AcceptSocket();
                client.NoDelay = true;
                new Thread(() => Quietly(() => Serve(client))) { IsBackground = true }.Start();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private void Serve(Socket client)
    {
        if (TargetPort == 0)
        {
            lock (_gate)
                _pairs.Add([client]);
            return;
        }
        if (IsProxy)
        {
            string head = ReadHead(client);
            lock (_gate)
                _heads.Add(head);
            client.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 {Answer}\r\n\r\n"));
            if (!Answer.StartsWith("200"))
            {
                client.Close();
                return;
            }
        }
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            server.Connect(IPAddress.Loopback, TargetPort);
        }
        catch (SocketException)
        {
            client.Close();
            return;
        }
        int index;
        lock (_gate)
        {
            index = _pairs.Count;
            _pairs.Add([client, server]);
        }
        new Thread(() => Quietly(() => Pump(server, client, index))) { IsBackground = true }.Start();
        if (DropAfterBytes is { } allowed)
            DropAfter(allowed, client, server);
        else
            Pump(client, server, index);
    }

    private static string ReadHead(Socket client)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n") && client.Receive(one) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }

    private static void DropAfter(int allowed, Socket client, Socket server)
    {
        var buffer = new byte[64 * 1024];
        int passed = 0;
        while (passed < allowed && client.Receive(buffer) is var received and > 0)
        {
            passed += received;
            server.Send(buffer.AsSpan(0, received));
        }
        client.Close();
        server.Close();
    }

    private void Pump(Socket from, Socket to, int index)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (from.Receive(buffer) is var received and > 0)
            {
                if (index < _heldUpTo)
                    _flows.Wait();
                PassOn(buffer.AsSpan(0, received), to);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // A RST is passed on as one.
            Reset(to);
        }
    }

    private void PassOn(ReadOnlySpan<byte> bytes, Socket to)
    {
        if (LatencyMs + JitterMs > 0)
            Thread.Sleep(LatencyMs + Random.Shared.Next(JitterMs + 1));
        while (bytes.Length > 0)
        {
            // Twenty slices a second look like a slow line.
            int slice = Math.Min(SliceBytes > 0 ? SliceBytes : bytes.Length, BytesPerSecond > 0 ? Math.Max(1, BytesPerSecond / 20) : bytes.Length);
            slice = Math.Min(slice, bytes.Length);
            to.Send(bytes[..slice]);
            bytes = bytes[slice..];
            if (BytesPerSecond > 0)
                Thread.Sleep(TimeSpan.FromSeconds((double)slice / BytesPerSecond));
        }
    }

    private static void Reset(Socket socket) => Quietly(() =>
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    });

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side has ended; the other notices by itself.
        }
    }
}
