using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <summary>The first words of the log: the version, every setting that is in effect, and what is odd about them.</summary>
internal static class StartLog
{
    public static void Tell(ILogger log, Settings settings, IReadOnlyList<SettingWarning> warnings)
    {
        var fields = new List<KeyValuePair<string, object?>>(settings.Shown.Count + 2) { new("version", ProgramVersion.Text), new("pid", Environment.ProcessId) };
        foreach ((string name, string value) in settings.Shown)
            fields.Add(new(name, value));
        string differing = settings.Changed.Count == 0 ? "" : $" with {string.Join(", ", settings.Changed.Select(s => $"{s.Key.ToUpperInvariant()}={s.Value}"))}";
        log.Log(
            LogLevel.Information,
            new EventId(500, "started"),
            fields,
            null,
            (state, _) => $"bybitspot {state[0].Value} started{differing}");
        foreach (SettingWarning warning in warnings)
            if (warning.Overridden is { } overridden)
                log.SettingOverrides(warning.Name, warning.Source, overridden);
            else
                log.SettingUnknown(warning.Name, warning.Source, warning.Nearest ?? "another name");
        if (settings.RestUnknown)
            log.RestOff(settings.Bridge.Feed.StreamUrl.Host);
    }
}
