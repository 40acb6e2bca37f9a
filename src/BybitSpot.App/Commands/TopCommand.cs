// `bybitspot top`: all coins of a running program, live, full screen. What it reads is found once, at the start: the program's own HTTP,
// else Redis, by the rule of `get`. What must stay true: what cannot be shown is one line that says what to do, and the terminal is untouched.
using System.CommandLine;
using System.Runtime.CompilerServices;

namespace BybitSpot.App;

internal static class TopCommand
{
    public static ToolCommand Create()
    {
        var command = new ToolCommand(
            "top",
            "Shows all coins of a running bybitspot, live, full screen: from its HTTP_URL, else from Redis. ? tells the keys, q ends it.",
            "  0   ended as asked\n  1   nothing to show, or no terminal to show it on\n" + ToolCommands.UsageStatus + ToolCommands.ConfigurationStatus);
        Option<string?> url = HealthCommand.UrlOption();
        command.Add(url);
        var flags = new SettingFlags(command, recursive: false, [SettingsTable.HttpUrl, SettingsTable.StreamUrl, .. WhereToLook.RedisFlags, SettingsTable.CoinsFile]);
        command.SetTool((parsed, output, error) =>
        {
            SettingsResult read = flags.Read(parsed);
            if (read.Settings is not { } settings)
                return SettingFlags.Misconfigured(read, error);
            if (!PriceWatch.OnTerminal)
                return ToolCommands.Fail(error, $"top needs a terminal that can be drawn on: elsewhere {AsTyped.Program} get shows prices as they stand, and get --watch a line for each change");
            if (Source(parsed.GetValue(url), settings, out string trouble) is not { } source)
                return ToolCommands.Fail(error, trouble);
            return Show(source);
        });
        return command;
    }

    /// <summary>Where to read; null: nowhere, and why.</summary>
    private static IBoardSource? Source(string? named, Settings settings, out string trouble)
    {
        Uri? url = named is not null ? new Uri(named) : settings.HttpUrl is { Port: > 0 } address ? address.FromHere : null;
        trouble = "HTTP_URL is empty or names no port";
        if (url is not null)
        {
            var http = new BoardOverHttp(url, TimeProvider.System);
            if (http.Look().Trouble is not { } why)
                return http;
            http.Dispose();
            trouble = $"no bybitspot answers at {http.Name} ({why})";
            if (named is not null)
                return null;
        }
        return FromRedis(settings, ref trouble);
    }

    private static BoardFromRedis? FromRedis(Settings settings, ref string trouble)
    {
        PricePlace place = PricePlace.Of(settings, () => StoreMark.Search(settings.Venue, TimeProvider.System));
        string start = $"; {AsTyped.Program} --demo shows made-up prices";
        if (place.Redis is not { } redis)
        {
            trouble = $"{trouble}, and {place.Note}{start}";
            return null;
        }
        ShownCoins wanted = ShownCoins.Of([], settings, TimeProvider.System);
        var source = new BoardFromRedis(redis, settings.Venue, wanted, TimeProvider.System);
        string? why = source.Look().Trouble ?? wanted.Trouble?.Reason ?? (source.Prices.Count == 0 ? $"the Redis at {TerminalText.Clean(redis.Endpoint)} holds nothing of a running bybitspot" : null);
        if (why is null)
            return source;
        source.Dispose();
        trouble = $"{trouble}, and {why}{start}";
        return null;
    }

    // What draws is looked for only when something is to be drawn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Show(IBoardSource source)
    {
        using var view = new TopView(source, TopSort.Coin, TimeProvider.System) { AnswersSignals = true };
        view.Run();
        return ExitStatus.Stopped;
    }
}
