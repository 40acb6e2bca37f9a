using System.Text;
using BybitSpot.Redis;

namespace BybitSpot;

/// <summary>Where Redis is, and how one gets in.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Password">Null: none is given.</param>
/// <param name="Database">Its number.</param>
public sealed record RedisOptions(string Host, int Port, string? Password, int Database)
{
    /// <summary>Whose password it is; null: nobody's, as before Redis 6.</summary>
    public string? Username { get; init; }

    /// <summary>The path of a unix socket; null: host and port count.</summary>
    public string? UnixPath { get; init; }

    /// <summary>Null: no TLS.</summary>
    public RedisTls? Tls { get; init; }

    /// <summary>What the server is to call the connection; null: nothing.</summary>
    public string? ClientName { get; init; }

    /// <summary>The setting that says where Redis is, for messages.</summary>
    public string PlaceSetting { get; init; } = "REDIS_HOST";

    /// <summary>The setting that says the password, for messages.</summary>
    public string PasswordSetting { get; init; } = "REDIS_PASSWORD";

    /// <summary>
    /// Asked before each connection, where part of this stands in files: all of it, as it is there now. Null: nothing stands in
    /// files. Gets what is to be called while it waits; ends with <see cref="RedisAccessException"/> where a file cannot be had.
    /// </summary>
    public Func<Action?, RedisOptions>? Anew { get; init; }

    /// <summary>The address, for messages.</summary>
    public string Endpoint => UnixPath is not null ? $"unix://{UnixPath}" : Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>What to connect with now.</summary>
    internal RedisOptions Now(Action? tick) => Anew is null ? this : Anew(tick) with { ClientName = ClientName, Anew = Anew };

    // What a record prints of itself ends up in logs sooner or later.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"{Endpoint}, database {Database}, {(string.IsNullOrEmpty(Password) ? "no password" : "with a password")}{(Tls is null ? "" : ", TLS")}");
        return true;
    }
}
