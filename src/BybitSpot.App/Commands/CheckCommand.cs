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
            IReadOnlyList<Checked> coins = [new Checked(read.Market, 0, false, [])];
            if (read.CoinsFile is { } file)
                coins = CheckCoins(file, read.Settings is { RestUrl: null }, read.Market, read.Settings?.Quotes ?? [], errors, warnings) ?? coins;
            if (read.Settings is { } settings && errors.Count == 0)
                warnings.AddRange(Others(settings, coins));
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

    /// <summary>What the file names of one market; the first is that of BYBIT_WS_URL.</summary>
    private sealed record Checked(MarketRules Market, int Count, bool Everything, string[] Names)
    {
        public string Text => Everything ? Market.EverythingText : Count == 1 ? "1 coin" : $"{Count} coins";
    }

    private static IEnumerable<string> Others(Settings settings, IReadOnlyList<Checked> coins)
    {
        BridgeOptions bridge = settings.Bridge;
        if (settings.RedisEmbedded == EmbeddedUse.Always)
            return [];
        try
        {
            using var talk = new RedisTalk(bridge.Redis, s_limit, TimeProvider.System, CancellationToken.None);
            talk.Connect();
            return [.. coins.SelectMany(c => OtherWriter.Find(talk, c.Market.Venue, bridge.InstanceId, bridge.Redis.Writing, c.Names, out _) ?? [])
                .Select(w => $"{TerminalText.Clean(w.Instance)} runs and writes {w.Coins} of these coins ({TerminalText.Clean(w.Coin)} for one): another one beside it needs REDIS_WRITE_MODE=guarded, on both")];
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or RedisRefusedException or RedisAccessException)
        {
            // Whether Redis can be used is not the question here.
            return [];
        }
    }

    /// <returns>Null if the file cannot be taken, which is told.</returns>
    private static List<Checked>? CheckCoins((string Path, string Source) file, bool restOff, MarketRules market, IReadOnlyList<string> quotes, List<string> errors, List<string> warnings)
    {
        // The same look, with the same verdict, that `run` starts with.
        var reading = new CoinsReading(file.Path, TimeProvider.System);
        var loop = new CoinsLoop(
            reading,
            new CoinsLoopParts(static (_, _) => { }, restOff ? null : static _ => static _ => (ListVerdict.Failed, null), CoinsEvents.Watch, static (_, _) => { })
            {
                Market = market,
                Others = venue => new MarketRules(venue, quotes) { IsFirst = false },
            },
            NullLogger.Instance,
            TimeProvider.System);
        if (loop.ReadFirst() is { } wrong)
        {
            errors.Add(SettingFlags.CoinsError(file.Path, file.Source, wrong));
            return null;
        }
        reading.Look(again: true, out CoinsFile? coins);
        if (coins!.Error is { } changed)
        {
            errors.Add(SettingFlags.CoinsError(file.Path, file.Source, changed));
            return null;
        }
        foreach ((string key, int line) in coins.UnknownKeys)
            warnings.Add($"{TerminalText.Clean(file.Path)} line {line}: the key \"{TerminalText.Clean(key)}\" means nothing here");
        var found = new List<Checked>();
        foreach (Venue venue in coins.Markets.Keys.Order().Where(v => v != market.Venue && coins.Markets[v].Count > 0).Prepend(market.Venue))
        {
            bool isFirst = venue == market.Venue;
            MarketRules rules = isFirst ? market : new MarketRules(venue, quotes);
            IReadOnlyList<string> symbols = coins.SymbolsOf(venue, market.Venue);
            Resolution resolved = Watchlist.Resolve([.. symbols.Where(s => s.Trim() != Watchlist.Everything)], null, rules);
            foreach (SymbolNote note in resolved.Notes)
                warnings.Add($"{(isFirst ? "" : venue.Name() + ": ")}{TerminalText.Clean(note.Symbol)} {TerminalText.Clean(note.Reason)}{(note.Refused ? ": left out" : "")}");
            found.Add(new Checked(rules, resolved.Watchlist.Instruments.Count, symbols.Any(s => s.Trim() == Watchlist.Everything), [.. resolved.Watchlist.Instruments.Select(i => i.Coin)]));
        }
        return found;
    }

    public static string Tell(SettingWarning warning) =>
        warning.Overridden is { } other ? $"{TerminalText.Clean(warning.Name)} counts, and not what {other} says of the same [from {TerminalText.Clean(warning.Source)}]"
        : $"{TerminalText.Clean(warning.Name)} is no setting{(warning.Nearest is null ? "" : $"; is {warning.Nearest} meant?")} [from {TerminalText.Clean(warning.Source)}]";

    private static string Summary(Settings settings, IReadOnlyList<Checked> coins)
    {
        string others = string.Concat(coins.Skip(1).Select(c => $", {c.Text}{(c.Everything && c.Market.Venue != Venue.Spot ? "" : $" of {c.Market.Venue.Name()}")}"));
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
        return $"ok: {coins[0].Text}, {settings.Venue.Name()}{others} from {settings.Bridge.Feed.StreamUrl.Host}, {place}";
    }

    private static string Json(Settings? settings, IReadOnlyList<Checked> coins, List<string> errors, List<string> warnings) => ToolCommands.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok", errors.Count == 0);
        if (settings is not null && errors.Count == 0)
        {
            Count("coins", coins[0]);
            writer.WriteString("market", settings.Venue.Name());
            writer.WriteStartObject("markets");
            foreach (Checked market in coins)
                Count(market.Market.Venue.Name(), market);
            writer.WriteEndObject();
            writer.WriteStartObject("settings");
            foreach ((string name, string value) in settings.Shown)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }
        writer.Texts("errors", errors);
        writer.Texts("warnings", warnings);
        writer.WriteEndObject();

        void Count(string name, Checked market)
        {
            if (market.Everything)
                writer.WriteString(name, Watchlist.Everything);
            else
                writer.WriteNumber(name, market.Count);
        }
    });
}
