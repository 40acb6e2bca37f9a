// `bybitspot get`: prices as they stand in Redis now, or in the store of a running program. Reads only; never asks the exchange.
// Status 1 when a coin has no price, so that a script can wait for one.
using System.CommandLine;
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
        var coins = new ListedCoins("COIN") { Description = "Coins or symbols, such as BTC or BTCUSDT; without any, all that a running bybitspot watches, else those of the coins file.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> json = ToolCommands.JsonOption("A list of objects (with --watch: an object a line): coin, ltp (the exact text), timestamp, original_symbol, age_ms, state (fresh, quiet, stale, unwatched), stale (whether it cannot be believed); null where there is none.");
        var watch = new Option<bool>("--watch", "-w") { Description = "Again each second until it is stopped (q or Ctrl-C): redrawn on a terminal, where arrow keys scroll, else a line for each change." };
        coins.RefuseFlags();
        command.Add(coins);
        command.Add(json);
        command.Add(watch);
        var flags = new SettingFlags(command, recursive: false, [SettingsTable.StreamUrl, .. WhereToLook.RedisFlags, SettingsTable.CoinsFile]);
        command.SetTool((parsed, output, error) =>
        {
            SettingsResult read = flags.Read(parsed);
            if (read.Settings is not { } settings)
                return SettingFlags.Misconfigured(read, error);
            if (Named(parsed.GetValue(coins) ?? [], error, out List<string> named) is { } wrong)
                return wrong;
            ShownCoins wanted = ShownCoins.Of(named, settings, TimeProvider.System);
            Func<List<StoreMark>> search = () => StoreMark.Search(settings.Venue, TimeProvider.System);
            PricePlace place = PricePlace.Of(settings, search);
            if (place.Redis is not { } redis)
                return ToolCommands.Fail(error, place.Note!);
            if (place.Note is { } elsewhere)
                error.WriteLine($"bybitspot: {elsewhere}");
            error.Flush();
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
        {
            int[] widths = PriceTable.Widths(prices, now);
            bool colour = PriceWatch.Colour(PriceWatch.OnTerminal);
            output.WriteLine(PriceTable.Head(widths, colour));
            foreach (StoredPrice price in prices)
                output.WriteLine(PriceTable.Row(price, widths, now, colour));
        }
        return prices.Exists(p => p.Price is null) ? ExitStatus.Failed : ExitStatus.Stopped;
    }

    /// <summary>The coins that were named, each once.</summary>
    /// <returns>A status when there is an error, which has been told.</returns>
    private static int? Named(string[] names, TextWriter error, out List<string> named)
    {
        named = [];
        foreach (string name in names)
        {
            if (CoinOf(name) is not { } coin)
                return ToolCommands.Fail(error, $"{TerminalText.Clean(name)} is not the name of a coin: letters and digits, such as BTC ({AsTyped.Program} get --help shows the usage)", ExitStatus.Usage);
            if (!named.Contains(coin))
                named.Add(coin);
        }
        return null;
    }

    /// <summary>The coin that a name stands for; null when it cannot be one.</summary>
    public static string? CoinOf(string name)
    {
        string symbol = SymbolText.Plain(name);
        if (symbol.Length is 0 or > Instrument.SymbolLengthMax || !symbol.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-'))
            return null;
        return Instrument.FromForm(symbol)?.Coin ?? symbol;
    }
}
