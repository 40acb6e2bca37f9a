using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// A client of the framework's for looking at the simulator from outside. Every wait has a limit; what goes wrong is thrown.
internal sealed class StreamClient : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[4 * 1024 * 1024];

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static Task<StreamClient> ConnectAsync(Exchange exchange, Action<ClientWebSocketOptions>? options = null) => ConnectAsync(exchange.StreamUrl, options);

    public static async Task<StreamClient> ConnectAsync(string url, Action<ClientWebSocketOptions>? options = null)
    {
        var client = new StreamClient();
        options?.Invoke(client._socket.Options);
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using var limit = new CancellationTokenSource(Limit);
        await client._socket.ConnectAsync(new Uri(url), limit.Token);
        return client;
    }

    public static async Task<StreamClient> SubscribedAsync(Exchange exchange, params string[] topics)
    {
        var client = await ConnectAsync(exchange);
        await client.SubscribeAsync(topics);
        var ack = await client.ReceiveAsync();
        Assert.True(ack.GetProperty("success").GetBoolean(), ack.GetRawText());
        return client;
    }

    public Task SubscribeAsync(params string[] topics) =>
        SendAsync($$"""{"req_id":"7","op":"subscribe","args":{{JsonSerializer.Serialize(topics)}}}""");

    public async Task SendAsync(string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, limit.Token);
    }

    /// <summary>The next message's text; null when the exchange closed.</summary>
    public async Task<string?> ReceiveTextAsync(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Limit);
        var count = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(count), limit.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            count += part.Count;
            if (part.EndOfMessage) return Encoding.UTF8.GetString(_buffer, 0, count);
        }
    }

    public async Task<JsonElement> ReceiveAsync()
    {
        var text = await ReceiveTextAsync();
        Assert.NotNull(text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>True when nothing comes for so long. The socket can't be used afterwards.</summary>
    public async Task<bool> IsQuietAsync(TimeSpan span)
    {
        try
        {
            await ReceiveTextAsync(span);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();
}

// A client that speaks bytes, for what the framework's client hides.
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _tcp = new();

    public static async Task<RawClient> ConnectAsync(Exchange exchange)
    {
        var client = new RawClient();
        await client._tcp.ConnectAsync("127.0.0.1", exchange.Port).WaitAsync(StreamClient.Limit);
        return client;
    }

    public static async Task<RawClient> UpgradedAsync(Exchange exchange)
    {
        var client = await ConnectAsync(exchange);
        await client.AskForUpgradeAsync();
        var answer = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", answer);
        return client;
    }

    public Task AskForUpgradeAsync(string path = "/v5/public/spot") => SendAsync(Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));

    public async Task SendAsync(byte[] bytes) => await _tcp.GetStream().WriteAsync(bytes).AsTask().WaitAsync(StreamClient.Limit);

    /// <summary>A client's frame, masked with zeros.</summary>
    public Task SendFrameAsync(byte firstByte, string payload) =>
        SendAsync([firstByte, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(payload)]);

    public async Task<string> ReadHeadAsync()
    {
        var head = new List<byte>();
        while (!(head.Count > 4 && head[^1] == '\n' && head[^3] == '\n')) head.AddRange(await ReadAsync(1));
        return Encoding.ASCII.GetString([.. head]);
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        using var limit = new CancellationTokenSource(StreamClient.Limit);
        await _tcp.GetStream().ReadExactlyAsync(bytes, limit.Token);
        return bytes;
    }

    /// <summary>True for an orderly end (FIN), false for a reset; bytes before it are swallowed.</summary>
    public async Task<bool> EndsOrderlyAsync()
    {
        var bytes = new byte[4096];
        using var limit = new CancellationTokenSource(StreamClient.Limit);
        try
        {
            while (await _tcp.GetStream().ReadAsync(bytes, limit.Token) > 0) { }
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _tcp.Dispose();
}
