// `bybitspot get`: prices as they stand in Redis now, or in the store of a running program. Reads only; never asks the exchange.
// Status 1 when a coin has no price, so that a script can wait for one.
using System.CommandLine;
using System.Runtime.CompilerServices;
using BybitSpot.Market;

namespace BybitSpot.App;

internal static class GetCommand
{
    public static ToolCommand Create()
    {
        var command = new ToolCommand(
            "get",
            "Shows prices as they stand now, in Redis or in the store of a running bybitspot.",
            "  0   every coin has a price\n  1   a coin has none, or Redis cannot be reached\n" + ToolCommands.UsageStatus + ToolCommands.ConfigurationStatus);
        var coins = new ListedCoins("COIN") { Description = "Coins or symbols, such as BTC or BTCUSDT; of another market linear:BTC; without any, all that a running bybitspot watches, else those of the coins file.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> json = ToolCommands.JsonOption("A list of objects (with --watch: an object a line): coin, ltp (the exact text), timestamp, original_symbol, age_ms, state (fresh, quiet, stale, unwatched), stale (whether it cannot be believed); null where there is none; and what else its hash has, such as seq and bid.");
        var watch = new Option<bool>("--watch", "-w") { Description = "Until it is stopped (q or Ctrl-C): full screen on a terminal, as top shows it, else a line for each change." };
        coins.RefuseFlags();
        command.Add(coins);
        command.Add(json);
        command.Add(watch);
        var flags = new SettingFlags(command, recursive: false, [SettingsTable.StreamUrl, SettingsTable.Quotes, .. WhereToLook.RedisFlags, SettingsTable.CoinsFile]);
        command.SetTool((parsed, output, error) =>
        {
            SettingsResult read = flags.Read(parsed);
            if (read.Settings is not { } settings)
                return SettingFlags.Misconfigured(read, error);
            if (Named(parsed.GetValue(coins) ?? [], settings.Market, error, out List<string> named) is { } wrong)
                return wrong;
            ShownCoins wanted = ShownCoins.Of(named, settings, TimeProvider.System);
            Func<List<StoreMark>> search = () => StoreMark.Search(settings.Venue, TimeProvider.System);
            PricePlace place = PricePlace.Of(settings, search);
            if (place.Redis is not { } redis)
                return ToolCommands.Fail(error, place.Note!);
            if (place.Note is { } elsewhere)
                error.WriteLine($"bybitspot: {elsewhere}");
            error.Flush();
            if (parsed.GetValue(watch) && !parsed.GetValue(json) && PriceWatch.OnTerminal)
                return View(redis, settings.Venue, wanted, output, error);
            if (parsed.GetValue(watch))
                return new PriceWatch(redis, settings.Venue, wanted, parsed.GetValue(json), TimeProvider.System).Run(error);
            int status = Once(redis, settings.Venue, wanted, parsed.GetValue(json), output, error, out bool nothing);
            if (nothing && place.Note is null && PricePlace.Elsewhere(settings, search) is { } hint)
                error.WriteLine($"bybitspot: {hint}");
            return status;
        });
        return command;
    }

    /// <param name="nothing">Whether not one of the coins is there.</param>
    private static int Once(RedisOptions redis, Venue venue, ShownCoins wanted, bool json, TextWriter output, TextWriter error, out bool nothing)
    {
        nothing = false;
        List<StoredPrice> prices;
        try
        {
            using var reader = new PriceReader(redis, venue, TimeProvider.System, CancellationToken.None);
            prices = reader.Read(wanted.Now(reader));
            if (wanted.Trouble is var (reason, status))
                return ToolCommands.Fail(error, reason, status);
            if (!wanted.AreNamed && ShardsShown.Of(reader.Statuses("heartbeat", "shard").Where(i => i.Fields[0] is not null).Select(i => i.Fields[1])) is { } shards)
                error.WriteLine($"bybitspot: only a part of the coins is watched: of those that share them out {shards} runs");
        }
        catch (PriceReaderException failure)
        {
            return ToolCommands.Fail(error, failure.Message);
        }
        nothing = prices.Count > 0 && prices.TrueForAll(p => p.Price is null);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (json)
            output.WriteLine(ToolCommands.Json(writer =>
            {
                writer.WriteStartArray();
                foreach (StoredPrice price in prices)
                    PriceTable.WriteJson(writer, price, now);
                writer.WriteEndArray();
            }));
        else
            WriteTable(prices, now, output);
        return prices.Exists(p => p.Price is null) ? ExitStatus.Failed : ExitStatus.Stopped;
    }

    private static void WriteTable(IReadOnlyList<StoredPrice> prices, DateTimeOffset now, TextWriter output)
    {
        int[] widths = PriceTable.Widths(prices, now);
        bool colour = PriceWatch.Colour(PriceWatch.OnTerminal);
        output.WriteLine(PriceTable.Head(widths, colour));
        foreach (StoredPrice price in prices)
            output.WriteLine(PriceTable.Row(price, widths, now, colour));
    }

    // Full screen, and the last table stays behind. What draws is looked for only when something is to be drawn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int View(RedisOptions redis, Venue venue, ShownCoins wanted, TextWriter output, TextWriter error)
    {
        var source = new BoardFromRedis(redis, venue, wanted, TimeProvider.System);
        // The first answer decides: nobody wants to watch an address that was wrong from the start.
        if (source.Look().Trouble is { } trouble)
            return ToolCommands.Fail(error, trouble);
        if (wanted.Trouble is var (reason, status))
            return ToolCommands.Fail(error, reason, status);
        using (var view = new TopView(source, TopSort.Given, TimeProvider.System) { AnswersSignals = true })
            view.Run();
        WriteTable(source.Prices, TimeProvider.System.GetUtcNow(), output);
        return ExitStatus.Stopped;
    }

    /// <summary>The coins that were named, each once.</summary>
    /// <returns>A status when there is an error, which has been told.</returns>
    private static int? Named(string[] names, MarketRules market, TextWriter error, out List<string> named)
    {
        named = [];
        foreach (string name in names)
        {
            if (NameOf(name, market) is not { } coin)
                return ToolCommands.Fail(error, $"{TerminalText.Clean(name)} is not the name of a coin: letters and digits, such as BTC, or a symbol such as {market.BestKnown.Symbol} ({AsTyped.Program} get --help shows the usage)", ExitStatus.Usage);
            if (!named.Contains(coin))
                named.Add(coin);
        }
        return null;
    }

    /// <summary>The same, and of another market than the settings' with its name in front: <c>linear:BTC</c>.</summary>
    private static string? NameOf(string name, MarketRules market)
    {
        (Venue venue, string coin) = PriceReader.Split(name.Trim().ToLowerInvariant(), market.Venue);
        if (venue == market.Venue)
            return CoinOf(coin, market);
        return CoinOf(coin, new MarketRules(venue)) is { } other ? $"{venue.Name()}:{other}" : null;
    }

    /// <summary>The coin that a name stands for; null when it cannot be one.</summary>
    public static string? CoinOf(string name, MarketRules market)
    {
        string symbol = SymbolText.Of(name, market);
        return !Instrument.IsSymbol(symbol) ? null : market.FromForm(symbol)?.Coin ?? symbol;
    }
}
