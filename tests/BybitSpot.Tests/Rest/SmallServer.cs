using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BybitSpot.Tests.Rest;

/// <summary>Answers each connection's requests with what it is told to; each connection on a thread of its own.</summary>
internal sealed class SmallServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string> _respond;
    private readonly bool _hold;
    private readonly List<string> _asked = [];
    private readonly List<TcpClient> _clients = [];

    /// <param name="respond">Given a path, gives the whole response.</param>
    /// <param name="hold">Whether a connection is left open after its first response.</param>
    public SmallServer(Func<string, string> respond, bool hold = false)
    {
        (_respond, _hold) = (respond, hold);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public Uri Address { get; }

    /// <summary>The paths asked for, in order.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
                return [.. _asked];
        }
    }

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose()
    {
        _listener.Stop();
        lock (_clients)
            _clients.ForEach(client => client.Dispose());
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = _listener.AcceptTcpClient();
                lock (_clients)
                    _clients.Add(client);
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException)
        {
        }
    }

    private void Serve(TcpClient client)
    {
        try
        {
            var reader = new StreamReader(client.GetStream());
            while (reader.ReadLine() is { Length: > 0 } request)
            {
                while (reader.ReadLine() is { Length: > 0 })
                {
                }
                string path = request.Split(' ')[1];
                lock (_asked)
                    _asked.Add(path);
                string response = _respond(path);
                client.GetStream().Write(Encoding.UTF8.GetBytes(response));
                if (_hold)
                    return;
                if (response.Contains("Connection: close", StringComparison.Ordinal))
                    break;
            }
            client.Close();
        }
        catch (Exception failure) when (failure is SocketException or IOException or InvalidOperationException)
        {
        }
    }
}
