using System.Text;

namespace BybitSpot.Simulator;

/// <summary>A request's first line and headers; requests here have no body.</summary>
internal sealed record HttpHead(string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The request target as it was sent.</summary>
    public required string Target { get; init; }

    public bool AsksForUpgrade => Header("Upgrade").Equals("websocket", StringComparison.OrdinalIgnoreCase);

    public bool AsksToClose => Header("Connection").Equals("close", StringComparison.OrdinalIgnoreCase);

    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    /// <summary>Null when it is no HTTP/1 request.</summary>
    public static HttpHead? Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        var first = lines[0].Split(' ');
        if (first.Length != 3 || !first[2].StartsWith("HTTP/1.", StringComparison.Ordinal)) return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0) headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }
        var target = first[1];
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in mark < 0 ? [] : target[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            query[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
        }
        return new HttpHead(first[0], mark < 0 ? target : target[..mark], query, headers) { Target = target };
    }
}

// Reads request heads off one TCP connection, keeping what came behind a head (a keep-alive client's next request, or the
// first frames of a client that didn't wait for its 101). Bounded in bytes; the caller bounds the time.
internal sealed class HttpReader(Stream stream)
{
    private const int HeadMaxBytes = 16 * 1024;

    private readonly byte[] _buffer = new byte[HeadMaxBytes];
    private int _count;

    public ReadOnlyMemory<byte> Leftover => _buffer.AsMemory(0, _count);

    /// <summary>Null at the connection's end, or when what came is no HTTP head.</summary>
    public async Task<HttpHead?> ReadAsync(CancellationToken stop)
    {
        while (true)
        {
            var end = _buffer.AsSpan(0, _count).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = HttpHead.Parse(_buffer.AsSpan(0, end));
                _count -= end + 4;
                _buffer.AsSpan(end + 4, _count).CopyTo(_buffer);
                return head;
            }
            if (_count == HeadMaxBytes) return null;
            var read = await stream.ReadAsync(_buffer.AsMemory(_count), stop).ConfigureAwait(false);
            if (read == 0) return null;
            _count += read;
        }
    }
}
