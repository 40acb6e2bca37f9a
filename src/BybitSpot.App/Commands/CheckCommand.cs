// `bybitspot check`: all that can be told about settings and coins file before starting, in the same words as `run`. Of the network it asks
// Redis alone, for a moment, whether somebody writes the same coins already; a Redis that does not answer is no trouble here.
using System.CommandLine;
using System.Net.Sockets;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Rest;
using Microsoft.Extensions.Logging.Abstractions;

namespace BybitSpot.App;

internal static class CheckCommand
{
    /// <summary>For Redis to answer.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    public static ToolCommand Create()
    {
        var command = new ToolCommand(
            "check",
            "Checks the settings and the coins file, and whether another instance writes the same coins unguarded. Nothing else is asked of the network. Takes the settings that run takes.",
            "  0   run would start with them\n" + ToolCommands.UsageStatus + ToolCommands.ConfigurationStatus);
        Option<bool> json = ToolCommands.JsonOption("An object: ok, errors, warnings, and what is in effect.");
        command.Add(json);
        var flags = new SettingFlags(command, recursive: false);
        command.SetTool((parsed, output, error) =>
        {
            SettingsResult read = flags.Read(parsed);
            var errors = new List<string>(read.Errors);
            var warnings = new List<string>(read.Warnings.Select(Tell));
            (int Count, bool Everything, string[] Names) coins = (0, false, []);
            if (read.CoinsFile is { } file)
                coins = CheckCoins(file, read.Settings is { RestUrl: null }, errors, warnings);
            if (read.Settings is { } settings && errors.Count == 0)
                warnings.AddRange(Others(settings, coins.Names));
            if (parsed.GetValue(json))
                output.WriteLine(Json(read.Settings, coins, errors, warnings));
            else
            {
                foreach (string warning in warnings)
                    error.WriteLine("warning: " + warning);
                foreach (string wrong in errors)
                    error.WriteLine(wrong);
                if (errors.Count == 0)
                    output.WriteLine(Summary(read.Settings!, coins));
            }
            return errors.Count == 0 ? ExitStatus.Stopped : ExitStatus.Configuration;
        });
        return command;
    }

    private static IEnumerable<string> Others(Settings settings, string[] coins)
    {
        BridgeOptions bridge = settings.Bridge;
        if (settings.RedisEmbedded == EmbeddedUse.Always)
            return [];
        try
        {
            using var talk = new RedisTalk(bridge.Redis, s_limit, TimeProvider.System, CancellationToken.None);
            talk.Connect();
            return [.. (OtherWriter.Find(talk, bridge.Feed.Venue, bridge.InstanceId, bridge.Redis.Writing, coins, out _) ?? [])
                .Select(w => $"{TerminalText.Clean(w.Instance)} runs and writes {w.Coins} of these coins ({TerminalText.Clean(w.Coin)} for one): another one beside it needs REDIS_WRITE_MODE=guarded, on both")];
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or RedisRefusedException or RedisAccessException)
        {
            // Whether Redis can be used is not the question here.
            return [];
        }
    }

    private static (int Count, bool Everything, string[] Names) CheckCoins((string Path, string Source) file, bool restOff, List<string> errors, List<string> warnings)
    {
        // The same look, with the same verdict, that `run` starts with.
        var reading = new CoinsReading(file.Path, TimeProvider.System);
        var loop = new CoinsLoop(
            reading,
            new CoinsLoopParts(static _ => { }, restOff ? null : static _ => (ListVerdict.Failed, null), CoinsEvents.Watch, static (_, _) => { }),
            NullLogger.Instance,
            TimeProvider.System);
        if (loop.ReadFirst() is { } wrong)
        {
            errors.Add(SettingFlags.CoinsError(file.Path, file.Source, wrong));
            return (0, false, []);
        }
        reading.Look(again: true, out CoinsFile? coins);
        if (coins!.Error is { } changed)
        {
            errors.Add(SettingFlags.CoinsError(file.Path, file.Source, changed));
            return (0, false, []);
        }
        foreach ((string key, int line) in coins.UnknownKeys)
            warnings.Add($"{TerminalText.Clean(file.Path)} line {line}: the key \"{TerminalText.Clean(key)}\" means nothing here");
        bool everything = coins.Symbols.Any(s => s.Trim() == Watchlist.Everything);
        Resolution resolved = Watchlist.Resolve([.. coins.Symbols.Where(s => s.Trim() != Watchlist.Everything)], null);
        foreach (SymbolNote note in resolved.Notes)
            warnings.Add($"{TerminalText.Clean(note.Symbol)} {TerminalText.Clean(note.Reason)}{(note.Refused ? ": left out" : "")}");
        return (resolved.Watchlist.Instruments.Count, everything, [.. resolved.Watchlist.Instruments.Select(i => i.Coin)]);
    }

    public static string Tell(SettingWarning warning) =>
        warning.Overridden is { } other ? $"{TerminalText.Clean(warning.Name)} counts, and not what {other} says of the same [from {TerminalText.Clean(warning.Source)}]"
        : warning.Later ? $"{TerminalText.Clean(warning.Name)} has no effect in this version [from {TerminalText.Clean(warning.Source)}]"
        : $"{TerminalText.Clean(warning.Name)} is no setting{(warning.Nearest is null ? "" : $"; is {warning.Nearest} meant?")} [from {TerminalText.Clean(warning.Source)}]";

    private static string Market(Settings settings) => settings.Venue.ToString().ToLowerInvariant();

    private static string Summary(Settings settings, (int Count, bool Everything, string[] Names) coins)
    {
        string count = coins.Everything ? "every USDT pair" : coins.Count == 1 ? "1 coin" : $"{coins.Count} coins";
        RedisOptions redis = settings.Bridge.Redis;
        string configured = $"Redis {TerminalText.Clean(redis.Endpoint)} database {redis.Database}{(redis.Tls is null ? "" : ", TLS")}"
            + (redis.Username is null ? "" : $", user {TerminalText.Clean(redis.Username)}");
        // Who answers there is not asked here.
        string place = settings.RedisEmbedded switch
        {
            EmbeddedUse.Always => "a store inside the program",
            EmbeddedUse.Auto when !settings.RedisNamed => $"{configured}, or a store inside the program if nothing answers there",
            _ => configured,
        };
        return $"ok: {count}, {Market(settings)} from {settings.Bridge.Feed.StreamUrl.Host}, {place}";
    }

    private static string Json(Settings? settings, (int Count, bool Everything, string[] Names) coins, List<string> errors, List<string> warnings) => ToolCommands.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok", errors.Count == 0);
        if (settings is not null && errors.Count == 0)
        {
            if (coins.Everything)
                writer.WriteString("coins", Watchlist.Everything);
            else
                writer.WriteNumber("coins", coins.Count);
            writer.WriteString("market", Market(settings));
            writer.WriteStartObject("settings");
            foreach ((string name, string value) in settings.Shown)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }
        writer.Texts("errors", errors);
        writer.Texts("warnings", warnings);
        writer.WriteEndObject();
    });
}
