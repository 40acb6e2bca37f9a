// Collects the settings: flags > environment > .env > defaults. Pure but for reading `.env` and the files that settings name. What
// must stay true: every value is checked before anything else happens, all errors are told together, and a secret is never part
// of a message.
namespace BybitSpot.App;

/// <summary>What reading the settings came to: either settings, or errors; warnings in both cases.</summary>
internal sealed record SettingsResult(Settings? Settings, IReadOnlyList<string> Errors, IReadOnlyList<SettingWarning> Warnings)
{
    /// <summary>The coins file and where its name came from, also where another setting is wrong; null when its own is.</summary>
    public (string Path, string Source)? CoinsFile { get; init; }

    /// <summary>The market's rules, as far as they are known where another setting is wrong.</summary>
    public required Market.MarketRules Market { get; init; }
}

/// <param name="Nearest">The known name that was perhaps meant; null: nothing is near.</param>
internal sealed record SettingWarning(string Name, string Source, string? Nearest)
{
    /// <summary>The setting that says something else of the same, and does not count; null: that is not it.</summary>
    public string? Overridden { get; init; }
}

/// <summary>Says what a setting is, whatever flags, environment and <c>.env</c> say; false: they count.</summary>
internal delegate bool Pin(Setting setting, out string? text);

internal static class SettingsReader
{
    public const string DefaultEnvFile = ".env";

    /// <summary>Whoever sets one of these, to whatever value, has a Redis in mind.</summary>
    private static readonly string[] s_naming = [SettingsTable.RedisHost, SettingsTable.RedisPort, SettingsTable.RedisUrl, SettingsTable.RedisUrlFile];

    private const string DefaultSource = "default";

    private const string NotShown = "the value (not shown, it may hold a password)";

    /// <summary>Longest part of a wrong value that a message shows, in characters.</summary>
    private const int ShownMax = 80;

    /// <summary>The names of the process's environment.</summary>
    public static IEnumerable<string> EnvironmentNames => Environment.GetEnvironmentVariables().Keys.Cast<string>();

    /// <param name="flags">Values by the setting's name.</param>
    /// <param name="environment">Looks up a variable of the environment.</param>
    /// <param name="envFile">The file asked for by name, or null for <c>.env</c> if there is one.</param>
    /// <param name="pin">The demo's own settings.</param>
    /// <param name="names">All names of the environment, to find misspelt ones among them.</param>
    /// <param name="dials">Whether the exchange will be connected to: else a proxy does not matter.</param>
    public static SettingsResult Read(
        IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, string? envFile, Pin? pin = null, IEnumerable<string>? names = null, bool dials = true)
    {
        var errors = new List<string>();
        var warnings = new List<SettingWarning>();
        var draft = new SettingsDraft();
        var shown = new List<KeyValuePair<string, string>>(SettingsTable.All.Length);
        var changed = new List<KeyValuePair<string, string>>();
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        (string, string)? coinsFile = null;
        if (EnvFile.Read(envFile ?? DefaultEnvFile, askedFor: envFile is not null, out EnvFile file) is { } unreadable)
            errors.Add($"{TerminalText.Clean(envFile ?? DefaultEnvFile)}: {TerminalText.Clean(unreadable)}");
        bool envRead = errors.Count == 0;
        foreach (Setting setting in SettingsTable.All)
        {
            string source = Demo.Source;
            if (pin is null || !pin(setting, out string? text))
                text = Find(setting, flags, environment, file, out source);
            sources.Add(setting.Name, source);
            if (text is not null && setting.Take(text, draft) is { } wrong)
                errors.Add($"{setting.Name}: {Quoted(setting, text)} {wrong} [from {source}]");
            else if (setting.Name == SettingsTable.CoinsFile && (envRead || source != DefaultSource))
                coinsFile = (text!, source);
            shown.Add(new(setting.Name.ToLowerInvariant(), Show(setting, text)));
            if (source != DefaultSource && source != Demo.Source && (text ?? "") != (setting.Default ?? ""))
                changed.Add(shown[^1]);
        }
        if (dials && draft.ProxyTrouble is { } trouble && ProxyMatters(draft))
            errors.Add($"{SettingsTable.Proxy}: {NotShown} {trouble} [from {sources[SettingsTable.Proxy]}]");
        warnings.AddRange(SettingNames.Misspelt(file, environment, names ?? []));
        var said = new RedisSaid(draft, sources, name => sources[name] is not (DefaultSource or Demo.Source));
        RedisOptions? redis = said.Read(errors);
        warnings.AddRange(said.Overridden());
        var market = new Market.MarketRules(draft.Venue, draft.Quotes);
        if (errors.Count > 0)
            return new SettingsResult(null, errors, warnings) { CoinsFile = coinsFile, Market = market };
        bool redisNamed = redis!.Topology != RedisTopology.Single || Array.Exists(s_naming, name => Set(name, flags, environment, file));
        string httpUrlSource = sources[SettingsTable.HttpUrl];
        var settings = Settings.From(draft, redis!, said.Access, sources[SettingsTable.CoinsFile], httpUrlSource == DefaultSource ? null : httpUrlSource, redisNamed, shown, changed);
        foreach ((string name, string value) in RedisSaid.InEffect(redis!))
            Replace(shown, name, value);
        Replace(shown, "bybit_rest_url", settings.RestUrl?.ToString() ?? "off");
        Replace(shown, "instance_id", settings.Bridge.InstanceId);
        return new SettingsResult(settings, errors, warnings) { CoinsFile = coinsFile, Market = market };
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

    /// <summary>Whether a connection would go through the proxy; where the stream's address is wrong itself, it might.</summary>
    private static bool ProxyMatters(SettingsDraft draft)
    {
        if (draft.StreamUrl is not { Scheme: "ws" or "wss" } stream)
            return true;
        Uri? rest = draft.RestUrlGiven ? draft.RestUrl : Endpoints.RestOf(stream);
        return Endpoints.WouldUseProxy(stream, draft.NoProxy) || Endpoints.WouldUseProxy(rest, draft.NoProxy);
    }

    private static bool Counts(Setting setting, string text) => text.Length > 0 || setting.EmptyMeansSomething;

    private static string Quoted(Setting setting, string text)
    {
        // An address may hold a password before its @, however wrong the rest of it is.
        if (setting.Secret || text.Contains('@'))
            return NotShown;
        return $"\"{TerminalText.Clean(text.Length > ShownMax ? text[..ShownMax] + "…" : text)}\"";
    }

    private static string Show(Setting setting, string? text) =>
        string.IsNullOrEmpty(text) ? "none" : setting.Secret ? "set" : text;

    private static void Replace(List<KeyValuePair<string, string>> shown, string name, string text)
    {
        int index = shown.FindIndex(pair => pair.Key == name);
        shown[index] = new(name, text);
    }
}
