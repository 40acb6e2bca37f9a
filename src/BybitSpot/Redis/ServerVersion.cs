// Which servers can be used, by what they say of themselves in INFO. Pure. What we ask of a server: HSET with several fields, since
// Redis 4.0; and, in the scripts that write the status keys, a write after TIME (since 3.2). A server that says nothing (it may
// forbid INFO, or be another program that speaks the protocol) is taken as it is.
//
//   # Server
//   redis_version:7.0.15
namespace BybitSpot.Redis;

internal static class ServerVersion
{
    /// <summary>The least major version.</summary>
    public const int MajorMin = 4;

    private const string Field = "redis_version:";

    /// <summary>The version as the server writes it; null if it names none.</summary>
    public static string? Of(string info)
    {
        foreach (ReadOnlySpan<char> line in info.AsSpan().EnumerateLines())
            if (line.StartsWith(Field, StringComparison.Ordinal) && line[Field.Length..].Trim() is { IsEmpty: false } version)
                return version.Length > 40 ? version[..40].ToString() : version.ToString();
        return null;
    }

    /// <summary>The same for guarded writes, whose script writes after it has asked for the time.</summary>
    public const int MajorMinGuarded = 6;

    /// <summary>What is wrong with the version; null if nothing is, or if it cannot be told.</summary>
    public static string? Trouble(string? version, bool guarded = false)
    {
        if (version is null || !int.TryParse(version.Split('.')[0], out int major))
            return null;
        if (major < MajorMin)
            return $"it is Redis {version}, and HSET of several fields needs {MajorMin}.0 or newer: upgrade it, or name another in REDIS_HOST";
        return guarded && major < MajorMinGuarded
            ? $"it is Redis {version}, and REDIS_WRITE_MODE=guarded needs {MajorMinGuarded}.0 or newer: upgrade it, or let one instance write, without guard"
            : null;
    }
}
