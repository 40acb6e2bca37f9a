// Names that look like a setting's and are none: what was perhaps meant, in `.env` and in the environment. Pure. What must stay
// true: in `.env`, which is ours, every name that begins like ours is told; in the environment, which is everybody's, only what
// is a letter or two away from a setting, and nothing that Kubernetes puts there by itself.
namespace BybitSpot.App;

internal static class SettingNames
{
    /// <summary>Longest way to a setting's name that counts as a typing error in a file of ours, in letters.</summary>
    private const int FarInFile = 4;

    /// <summary>The same where others keep their names, too. Shorter names are near to everything.</summary>
    private const int FarInEnvironment = 2, LengthMin = 8;

    /// <summary>Most letters that may follow a whole name of ours (REDIS_HOSTNAME).</summary>
    private const int EndingMax = 4;

    private static readonly string[] s_prefixes = ["BYBIT_", "REDIS_", "RECONNECT_", "LOG_", "HTTP_", "RECORD_"];

    /// <summary>Near ours and known to many programs.</summary>
    private static readonly string[] s_others = ["HTTP_PROXY", "FTP_PROXY", "FTPS_PROXY", "ALL_PROXY", "SOCKS_PROXY"];

    /// <param name="names">All of the environment.</param>
    public static List<SettingWarning> Misspelt(EnvFile file, Func<string, string?> environment, IEnumerable<string> names)
    {
        var warnings = new List<SettingWarning>();
        foreach (string name in file.Names)
        {
            file.TryGet(name, out _, out int line);
            string source = $"{file.Path} line {line}";
            if (!IsKnown(name) && (BeginsLikeOurs(name) || IsNear(name)))
                warnings.Add(new SettingWarning(name, source, Meant(name)));
        }
        foreach (string name in names.Order(StringComparer.Ordinal))
            if (!IsKnown(name) && IsNear(name) && environment(name) is { Length: > 0 } value && !IsServiceLink(name, value))
                warnings.Add(new SettingWarning(name, "environment", Meant(name)));
        return warnings;
    }

    /// <summary>
    /// Variables that Kubernetes sets for the Services beside a pod: REDIS_SERVICE_HOST, REDIS_SERVICE_PORT_MAIN, REDIS_PORT,
    /// REDIS_PORT_6379_TCP, REDIS_PORT_6379_TCP_ADDR.
    /// </summary>
    private static bool IsServiceLink(string name, string value) =>
        name.Contains("_SERVICE_HOST", StringComparison.Ordinal) || name.Contains("_SERVICE_PORT", StringComparison.Ordinal)
        || value.StartsWith("tcp://", StringComparison.Ordinal) || value.StartsWith("udp://", StringComparison.Ordinal)
        || (name.IndexOf("_PORT_", StringComparison.Ordinal) is >= 0 and var at && name.Length > at + 6 && char.IsAsciiDigit(name[at + 6]));

    private static bool IsKnown(string name) => Array.Exists(SettingsTable.All, s => s.Name == name || s.OtherName == name);

    private static bool BeginsLikeOurs(string name) => !IsOthers(name) && Array.Exists(s_prefixes, p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    private static bool IsOthers(string name) => Array.IndexOf(s_others, name.ToUpperInvariant()) >= 0;

    /// <summary>A typing error, or a name of ours with its end cut off (REDIS_PASS) or with a longer one (REDIS_HOSTNAME).</summary>
    private static bool IsNear(string name)
    {
        if (name.Length < LengthMin || IsOthers(name))
            return false;
        return Nearest(name, FarInEnvironment) is not null || (BeginsLikeOurs(name) && WithAnotherEnd(name) is not null);
    }

    /// <summary>The setting that was perhaps meant.</summary>
    private static string? Meant(string name) => Nearest(name, FarInEnvironment) ?? WithAnotherEnd(name) ?? Nearest(name, FarInFile);

    private static string? WithAnotherEnd(string name)
    {
        string upper = name.ToUpperInvariant();
        return Array.Find(SettingsTable.All, s =>
            (upper.Length >= LengthMin && s.Name.StartsWith(upper, StringComparison.Ordinal))
            || (upper.StartsWith(s.Name, StringComparison.Ordinal) && upper.Length <= s.Name.Length + EndingMax && !upper[s.Name.Length..].Contains('_')))?.Name;
    }

    /// <summary>The setting whose name is nearest, and not farther than this.</summary>
    private static string? Nearest(string name, int far)
    {
        string? best = null;
        foreach (Setting setting in SettingsTable.All)
            if (Distance(name.ToUpperInvariant(), setting.Name) is var distance && distance <= far)
                (best, far) = (setting.Name, distance - 1);
        return best;
    }

    /// <summary>How many letters must be put in, left out or changed to come from one word to the other.</summary>
    private static int Distance(string from, string to)
    {
        int[] row = new int[to.Length + 1];
        for (int j = 0; j <= to.Length; j++)
            row[j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
