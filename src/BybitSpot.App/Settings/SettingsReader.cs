// Collects the settings: flags > environment > .env > defaults. Pure but for reading `.env`. What must stay true: every
// value is checked before anything else happens, all errors are told together, and a secret is never part of a message.
namespace BybitSpot.App;

/// <summary>What reading the settings came to: either settings, or errors; warnings in both cases.</summary>
internal sealed record SettingsResult(Settings? Settings, IReadOnlyList<string> Errors, IReadOnlyList<SettingWarning> Warnings)
{
    /// <summary>The coins file and where its name came from, also where another setting is wrong; null when its own is.</summary>
    public (string Path, string Source)? CoinsFile { get; init; }
}

/// <param name="Nearest">The known name that was perhaps meant; null: a name of other versions, or nothing is near.</param>
/// <param name="Later">Whether other versions know the name.</param>
internal sealed record SettingWarning(string Name, string Source, string? Nearest, bool Later);

/// <summary>Says what a setting is, whatever flags, environment and <c>.env</c> say; false: they count.</summary>
internal delegate bool Pin(Setting setting, out string? text);

internal static class SettingsReader
{
    public const string DefaultEnvFile = ".env";

    private const string DefaultSource = "default";

    /// <summary>Longest part of a wrong value that a message shows, in characters.</summary>
    private const int ShownMax = 80;

    private static readonly string[] OurPrefixes = ["BYBIT_", "REDIS_", "RECONNECT_", "LOG_", "HTTP_"];

    /// <summary>Begin like ours and are known to many programs.</summary>
    private static readonly string[] Others = ["HTTP_PROXY"];

    /// <param name="flags">Values by the setting's name.</param>
    /// <param name="environment">Looks up a variable of the environment.</param>
    /// <param name="envFile">The file asked for by name, or null for <c>.env</c> if there is one.</param>
    /// <param name="pin">The demo's own settings.</param>
    public static SettingsResult Read(
        IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, string? envFile, Pin? pin = null)
    {
        var errors = new List<string>();
        var warnings = new List<SettingWarning>();
        var draft = new SettingsDraft();
        var shown = new List<KeyValuePair<string, string>>(SettingsTable.All.Length);
        string coinsFileSource = "";
        string? httpUrlSource = null;
        (string, string)? coinsFile = null;
        if (EnvFile.Read(envFile ?? DefaultEnvFile, askedFor: envFile is not null, out EnvFile file) is { } unreadable)
            errors.Add($"{TerminalText.Clean(envFile ?? DefaultEnvFile)}: {TerminalText.Clean(unreadable)}");
        bool envRead = errors.Count == 0;
        foreach (Setting setting in SettingsTable.All)
        {
            string source = Demo.Source;
            if (pin is null || !pin(setting, out string? text))
                text = Find(setting, flags, environment, file, out source);
            if (setting.Name == SettingsTable.CoinsFile)
                coinsFileSource = source;
            if (setting.Name == SettingsTable.HttpUrl && source != DefaultSource)
                httpUrlSource = source;
            if (text is not null && setting.Take(text, draft) is { } wrong)
                errors.Add($"{setting.Name}: {Quoted(setting, text)} {wrong} [from {source}]");
            else if (setting.Name == SettingsTable.CoinsFile && (envRead || source != DefaultSource))
                coinsFile = (text!, source);
            shown.Add(new(setting.Name.ToLowerInvariant(), Show(setting, text)));
        }
        Misspelt(file, environment, warnings);
        if (errors.Count > 0)
            return new SettingsResult(null, errors, warnings) { CoinsFile = coinsFile };
        bool redisNamed = Set(SettingsTable.RedisHost, flags, environment, file) || Set(SettingsTable.RedisUrl, flags, environment, file);
        var settings = Settings.From(draft, coinsFileSource, httpUrlSource, redisNamed, shown);
        Replace(shown, "bybit_rest_url", settings.RestUrl?.ToString() ?? "off");
        Replace(shown, "instance_id", settings.Bridge.InstanceId);
        return new SettingsResult(settings, errors, warnings) { CoinsFile = coinsFile };
    }

    private static string? Find(
        Setting setting, IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, EnvFile file, out string source)
    {
        if (flags.TryGetValue(setting.Name, out string? text))
        {
            source = setting.Flag!;
            return text;
        }
        source = "environment";
        foreach (string? name in (ReadOnlySpan<string?>)[setting.Name, setting.OtherName])
            if (name is not null && environment(name) is { } fromEnvironment && Counts(setting, fromEnvironment))
                return fromEnvironment;
        foreach (string? name in (ReadOnlySpan<string?>)[setting.Name, setting.OtherName])
            if (name is not null && file.TryGet(name, out string fromFile, out int line) && Counts(setting, fromFile))
            {
                source = $"{TerminalText.Clean(file.Path)} line {line}";
                return fromFile;
            }
        source = DefaultSource;
        return setting.Default;
    }

    private static bool Set(string name, IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, EnvFile file) =>
        flags.ContainsKey(name) || environment(name) is { Length: > 0 } || (file.TryGet(name, out string text, out _) && text.Length > 0);

    private static bool Counts(Setting setting, string text) => text.Length > 0 || setting.EmptyMeansSomething;

    private static string Quoted(Setting setting, string text)
    {
        // An address may hold a password before its @, however wrong the rest of it is.
        if (setting.Secret || text.Contains('@'))
            return "the value (not shown, it may hold a password)";
        return $"\"{TerminalText.Clean(text.Length > ShownMax ? text[..ShownMax] + "…" : text)}\"";
    }

    private static string Show(Setting setting, string? text) =>
        string.IsNullOrEmpty(text) ? "none" : setting.Secret ? "set" : text;

    private static void Replace(List<KeyValuePair<string, string>> shown, string name, string text)
    {
        int index = shown.FindIndex(pair => pair.Key == name);
        shown[index] = new(name, text);
    }

    /// <summary>Names that look like ours and aren't, and names whose feature this version doesn't have.</summary>
    private static void Misspelt(EnvFile file, Func<string, string?> environment, List<SettingWarning> warnings)
    {
        foreach (string name in file.Names)
        {
            file.TryGet(name, out _, out int line);
            string source = $"{file.Path} line {line}";
            if (Array.IndexOf(SettingsTable.Later, name) >= 0)
                warnings.Add(new SettingWarning(name, source, null, Later: true));
            else if (!Known(name) && LooksLikeOurs(name))
                warnings.Add(new SettingWarning(name, source, Nearest(name), Later: false));
        }
        // Of the environment only names that cannot be anybody else's are looked at; SHARD there may be for another program.
        foreach (string name in SettingsTable.Later)
            if (LooksLikeOurs(name) && !file.TryGet(name, out _, out _) && environment(name) is { Length: > 0 })
                warnings.Add(new SettingWarning(name, "environment", null, Later: true));
    }

    private static bool Known(string name)
    {
        foreach (Setting setting in SettingsTable.All)
            if (setting.Name == name || setting.OtherName == name)
                return true;
        return false;
    }

    private static bool LooksLikeOurs(string name)
    {
        if (Array.IndexOf(Others, name.ToUpperInvariant()) >= 0)
            return false;
        foreach (string prefix in OurPrefixes)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static string? Nearest(string name)
    {
        string? best = null;
        int bestDistance = 5;
        foreach (Setting setting in SettingsTable.All)
        {
            int distance = Distance(name.ToUpperInvariant(), setting.Name);
            if (distance < bestDistance)
                (best, bestDistance) = (setting.Name, distance);
        }
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
