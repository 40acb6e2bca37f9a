// REDIS_URL, taken apart by hand: what is in it is a secret, and a general parser is too kind to what it does not know. Pure. What
// must stay true: no message repeats a part of the text, which may be a password in the wrong place, but for the name of a key in its
// query; and nothing in it is passed over in silence.
//
//   redis://user:password@host:6379/3     rediss:// is the same over TLS
//   unix://user:password@/run/redis/redis.sock?db=3
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BybitSpot.App;

/// <summary>What an address says; null: nothing.</summary>
/// <param name="Path">Of a unix socket; null: it is of a host.</param>
internal sealed record RedisUrl(bool Tls, string? Host, int? Port, string? Path, string? Username, string? Password, int? Database)
{
    /// <summary>Longest path of a socket, in bytes; a Mac's limit is the least.</summary>
    public const int PathBytesMax = 103;

    private const string NotOne = "is not an address of a Redis (redis://, rediss:// or unix://)";

    // A record would print the password.
    public override string ToString() => "(an address of a Redis)";

    /// <returns>What is wrong with the text, in words that follow the setting's name; null: nothing.</returns>
    public static string? Take(string text, out RedisUrl? url)
    {
        url = null;
        foreach (char c in text)
            if (c is <= ' ' or '\x7f' || char.IsWhiteSpace(c) || char.IsControl(c))
                return "holds a space or a control character; in a password that is written with % (a space is %20)";
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : text[..colon].ToLowerInvariant();
        if (scheme is not ("redis" or "rediss" or "unix"))
            return NotOne;
        string rest = text[(colon + 3)..];
        if (rest.Contains('#'))
            return "holds a #; in a password that is written %23";
        int question = rest.IndexOf('?');
        (rest, string query) = question < 0 ? (rest, "") : (rest[..question], rest[(question + 1)..]);
        if (query.Contains('@'))
            return "holds a ? before its @; in a password that is written %3F";
        int slash = rest.IndexOf('/');
        (string authority, string path) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        int at = authority.LastIndexOf('@');
        if (TakeLogin(at < 0 ? null : authority[..at], out string? user, out string? password) is { } login)
            return login;
        if (TakeQuery(query, out int? database) is { } unknown)
            return unknown;
        string place = authority[(at + 1)..];
        var known = new RedisUrl(scheme == "rediss", null, null, null, user, password, database);
        return scheme == "unix" ? TakeUnix(place, path, known, out url) : TakeHost(place, path, known, out url);
    }

    private static string? TakeUnix(string place, string path, RedisUrl known, out RedisUrl? url)
    {
        url = null;
        if (place.Length > 0 || path.Length == 0)
            return "must say the whole path of the socket after unix:// (unix:///run/redis/redis.sock); a / in a password is written %2F";
        if (Decoded(path, out string decoded) is { } wrong)
            return wrong;
        if (decoded.EndsWith('/') || decoded.Contains('\0'))
            return "does not say the path of a socket (unix:///run/redis/redis.sock)";
        if (Encoding.UTF8.GetByteCount(decoded) > PathBytesMax)
            return $"says a path of more than {PathBytesMax} bytes, which no socket can have";
        url = known with { Path = decoded };
        return null;
    }

    private static string? TakeHost(string place, string path, RedisUrl known, out RedisUrl? url)
    {
        url = null;
        if (path.Contains('@'))
            return "holds a / before its @; in a password that is written %2F";
        if (TakePlace(place, out string? host, out int? port) is { } wrong)
            return wrong;
        int? database = known.Database;
        if (path is not ("" or "/"))
        {
            if (!Number(path[1..], 0, 65_535, out int number))
                return "does not end in the number of a database (redis://host:6379/0)";
            if (database is not null && database != number)
                return "says two numbers of a database";
            database = number;
        }
        url = known with { Host = host, Port = port, Database = database };
        return null;
    }

    private static string? TakePlace(string place, out string? host, out int? port)
    {
        (host, port) = (null, null);
        string portText = "";
        if (place.StartsWith('['))
        {
            int end = place.IndexOf(']');
            if (end < 0 || (end + 1 < place.Length && place[end + 1] != ':') || Decoded(place[1..end], out string inside) is not null
                || !IPAddress.TryParse(inside, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6)
                return "holds no IPv6 address in its brackets ([::1]:6379)";
            host = inside;
            portText = end + 1 < place.Length ? place[(end + 2)..] : "";
        }
        else
        {
            string[] parts = place.Split(':');
            if (parts.Length > 2)
                return "holds more than one : where its host and port are; an IPv6 address stands in brackets ([::1]:6379)";
            if (parts[0].Length > 0 && Uri.CheckHostName(parts[0]) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
                return "does not hold the name or the address of a host";
            host = parts[0].Length > 0 ? parts[0] : null;
            portText = parts.Length > 1 ? parts[1] : "";
        }
        if (portText.Length == 0)
            return null;
        if (!Number(portText, 1, 65_535, out int number))
            return "does not hold a port (1 to 65535) after its host";
        port = number;
        return null;
    }

    private static string? TakeLogin(string? login, out string? user, out string? password)
    {
        (user, password) = (null, null);
        if (login is null)
            return null;
        int colon = login.IndexOf(':');
        if (Decoded(colon < 0 ? login : login[..colon], out string name) is { } wrong)
            return wrong;
        user = name.Length > 0 ? name : null;
        if (colon < 0)
            return null;
        if (Decoded(login[(colon + 1)..], out string secret) is { } bad)
            return bad;
        // user:@ is an empty password, :@ none at all.
        password = secret.Length > 0 || user is not null ? secret : null;
        return null;
    }

    private static string? TakeQuery(string query, out int? database)
    {
        database = null;
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (parts[0] != "db")
                return $"has {KeyOf(parts[0])} in its query, which means nothing here (db alone does)";
            if (parts.Length < 2 || !Number(parts[1], 0, 65_535, out int number))
                return "says no number of a database with db= (0 to 65535)";
            if (database is not null && database != number)
                return "says two numbers of a database";
            database = number;
        }
        return null;
    }

    // A name is no secret, unless it is no name.
    private static string KeyOf(string key) => key.Length is > 0 and <= 32 && key.All(c => char.IsAsciiLetter(c) || c == '_') ? $"\"{key}\"" : "something";

    private static string? Decoded(string text, out string decoded)
    {
        decoded = text;
        if (!text.Contains('%'))
            return null;
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                return "holds a % that two hexadecimal digits do not follow; a % itself is written %25";
            bytes.Add((byte)(Convert.ToInt32(text.Substring(i + 1, 2), 16)));
            i += 2;
        }
        try
        {
            decoded = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
            return null;
        }
        catch (DecoderFallbackException)
        {
            return "holds a % code that is no character (UTF-8)";
        }
    }

    private static bool Number(string text, int smallest, int largest, out int value) => SettingsTable.Whole(text, smallest, largest, out value);
}
