// `bybitspot coins`: shows and edits the coins file. A running bot takes the change over by itself. Saying what already is so is no
// error: a script may say it twice.
using System.CommandLine;
using BybitSpot.Market;

namespace BybitSpot.App;

internal static class CoinsCommand
{
    private const string Statuses =
        "  0   done, or already so\n  1   the file cannot be written, or no coin would be left\n" + ToolCommands.UsageStatus
        + "  78  wrong configuration, or the file as it is cannot be read: nothing is changed";

    public static ToolCommand Create()
    {
        var command = new ToolCommand("coins", "Shows the coins file, or edits it; a running bot follows. Without a command: list.", Statuses);
        var flags = new SettingFlags(command, recursive: true, SettingsTable.CoinsFile, SettingsTable.StreamUrl, SettingsTable.Quotes);
        Option<bool> json = ToolCommands.JsonOption("list: the symbols as a list; add and remove: an object with file, changed and unchanged.");
        json.Recursive = true;
        command.Add(json);
        command.SetTool((parsed, output, error) => List(parsed, output, error));

        var list = new ToolCommand("list", "Shows the symbols of the coins file, one a line.", "  0   shown\n" + ToolCommands.UsageStatus + "  78  wrong configuration, or the file cannot be read");
        list.SetTool((parsed, output, error) => List(parsed, output, error));
        command.Add(list);

        var added = new Argument<string[]>("SYMBOL") { Description = "Symbols of the market, such as BTCUSDT; BTC and BTC/USDT are taken as that.", Arity = ArgumentArity.OneOrMore };
        var add = new ToolCommand("add", "Adds symbols at the end of the list; everything else in the file stays as it is.", Statuses) { added };
        add.SetTool((parsed, output, error) => Edit(parsed, parsed.GetValue(added)!, adds: true, output, error));
        added.RefuseFlags();
        command.Add(add);

        var removed = new ListedCoins("SYMBOL") { Description = "Symbols or coins, such as BTCUSDT or BTC.", Arity = ArgumentArity.OneOrMore };
        var remove = new ToolCommand("remove", "Takes symbols off the list; everything else in the file stays as it is.", Statuses) { removed };
        remove.SetTool((parsed, output, error) => Edit(parsed, parsed.GetValue(removed)!, adds: false, output, error));
        removed.RefuseFlags();
        command.Add(remove);
        return command;

        int List(ParseResult parsed, TextWriter output, TextWriter error)
        {
            SettingsResult read = flags.Read(parsed);
            if (read.CoinsFile is not { } file)
                return SettingFlags.Misconfigured(read, error);
            new CoinsReading(file.Path, TimeProvider.System).Look(again: true, out CoinsFile? coins);
            if (coins!.Error is { } wrong)
                return Unreadable(file, wrong, error);
            string[] symbols = [.. Named(coins, read.Market.Venue)];
            if (parsed.GetValue(json))
                output.WriteLine(ToolCommands.Json(writer =>
                {
                    writer.WriteStartArray();
                    foreach (string symbol in symbols)
                        writer.WriteStringValue(symbol);
                    writer.WriteEndArray();
                }));
            else
                foreach (string symbol in symbols)
                    output.WriteLine(TerminalText.Clean(symbol));
            return ExitStatus.Stopped;
        }

        int Edit(ParseResult parsed, string[] names, bool adds, TextWriter output, TextWriter error)
        {
            SettingsResult read = flags.Read(parsed);
            if (read.CoinsFile is not { } file)
                return SettingFlags.Misconfigured(read, error);
            string[] symbols = [.. names.Select(n => SymbolText.Of(n, read.Market)).Distinct()];
            var editor = new CoinsEditor(file.Path, TimeProvider.System);
            CoinsEdit edit = editor.Apply(content => adds ? CoinsText.Add(content, symbols, read.Market) : CoinsText.Remove(content, symbols, read.Market));
            string shown = TerminalText.Clean(file.Path);
            if (edit.Usage is { } usage)
                return ToolCommands.Fail(error, usage, ExitStatus.Usage);
            if (edit.Error is { } wrong)
                return Unreadable(file, wrong, error);
            if (edit.Refusal is { } refusal)
                return ToolCommands.Fail(error, $"{shown} was not changed: {TerminalText.Clean(refusal)}");
            if (parsed.GetValue(json))
                output.WriteLine(ToolCommands.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", file.Path);
                    writer.Texts("changed", edit.Changed);
                    writer.Texts("unchanged", edit.Unchanged);
                    writer.WriteEndObject();
                }));
            else
            {
                if (adds)
                    TellTaken(names, read.Market, output);
                if (edit.Changed.Count > 0)
                    output.WriteLine($"{(adds ? "added" : "removed")} {string.Join(", ", edit.Changed)} {(adds ? "to" : "from")} {shown}");
                foreach (string symbol in edit.Unchanged)
                    output.WriteLine($"{TerminalText.Clean(symbol)} is {(adds ? "already" : "not")} in {shown}");
            }
            return ExitStatus.Stopped;
        }
    }

    /// <summary>All symbols, those of other markets than the first with the market before them.</summary>
    private static IEnumerable<string> Named(CoinsFile coins, Venue first) =>
        [.. coins.SymbolsOf(first, first), .. coins.Markets.Keys.Where(v => v != first).Order().SelectMany(v => coins.SymbolsOf(v, first).Select(s => $"{v.Name()}:{s}"))];

    /// <summary>Says what was taken as another symbol than was written; capitals alone are not worth a line.</summary>
    private static void TellTaken(string[] names, MarketRules market, TextWriter output)
    {
        foreach (string name in names.Distinct())
            if (SymbolText.Of(name, market) is var symbol && symbol != name.Trim().ToUpperInvariant())
                output.WriteLine($"{TerminalText.Clean(name.Trim())} is taken as {symbol}");
    }

    private static int Unreadable((string Path, string Source) file, CoinsError wrong, TextWriter error)
    {
        error.WriteLine(SettingFlags.CoinsError(file.Path, file.Source, wrong));
        return ExitStatus.Configuration;
    }
}
