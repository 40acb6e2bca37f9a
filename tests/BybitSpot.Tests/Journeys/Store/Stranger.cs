using System.Net;
using System.Net.Sockets;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>Something that listens on a port of loopback and is not Redis: it answers every connection's first bytes with its one text, or with nothing.</summary>
internal sealed class Stranger : IDisposable
{
    private readonly TcpListener _listener;
    private readonly string? _answer;
    private readonly List<TcpClient> _clients = [];
    private int _visits;

    public Stranger(int port, string? answer)
    {
        _answer = answer;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        new Thread(Listen) { IsBackground = true, Name = "stranger" }.Start();
    }

    /// <summary>Connections so far.</summary>
    public int Visits => Volatile.Read(ref _visits);

    public void Dispose()
    {
        _listener.Stop();
        lock (_clients)
            foreach (TcpClient client in _clients)
                client.Dispose();
    }

    private void Listen()
    {
        try
        {
            while (true)
            {
                TcpClient client = _listener.AcceptTcpClient();
                lock (_clients)
                    _clients.Add(client);
                Interlocked.Increment(ref _visits);
                if (_answer is null)
                    continue;
                client.GetStream().ReadExactly(new byte[1]);
                client.GetStream().Write(System.Text.Encoding.ASCII.GetBytes(_answer));
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
