using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BybitSpot.App;

/// <summary>What a client asked, as far as it matters.</summary>
/// <param name="Query">With its question mark, or empty.</param>
/// <param name="Local">The address that it connected to.</param>
/// <param name="HasBody">Whether it wants to send something.</param>
internal readonly record struct Question(string Method, string Path, string Query, string? Host, string? Origin, System.Net.IPAddress? Local, bool HasBody);

/// <summary>What it is told.</summary>
/// <param name="Allow">The methods that there are, where another was asked for.</param>
internal readonly record struct Answer(int Status, string ContentType, ReadOnlyMemory<byte> Body, string? Allow = null)
{
    /// <summary>Told from now on, behind the body, until one of both ends it; null: the body is all.</summary>
    public EventClient? Events { get; init; }

    /// <summary>Another site whose pages may read this; null: none.</summary>
    public string? ForOrigin { get; init; }

    /// <summary>What a browser may load because of it.</summary>
    public string Policy { get; init; } = "default-src 'none'";

    /// <summary>When to come again; null: that is not said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Answer Text(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static Answer Json(int status, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, BoardJson.Options))
            write(json);
        return new Answer(status, "application/json; charset=utf-8", body.WrittenMemory);
    }

    /// <summary>Why there is no answer, for programs.</summary>
    public static Answer Error(int status, string reason) => Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteString("error", reason);
        json.WriteEndObject();
    });
}
