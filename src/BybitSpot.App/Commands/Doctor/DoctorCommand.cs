// `bybitspot doctor`: tries each step of what `run` would do, as configured, and tells each as it goes: what is well, what is wrong and what to
// do. Writes no price; its one key in Redis is its own, and goes again.
using System.CommandLine;
using System.Runtime.InteropServices;
using BybitSpot.Market;

namespace BybitSpot.App;

internal static class DoctorCommand
{
    public static ToolCommand Create()
    {
        var command = new ToolCommand(
            "doctor",
            "Tries each step of what run would do, from the settings to Redis' round trip, and says of each whether it is well and what to do if not. Writes no price.",
            "  0   nothing is wrong, but for warnings\n  1   something is wrong\n" + ToolCommands.UsageStatus + ToolCommands.ConfigurationStatus);
        Option<bool> json = ToolCommands.JsonOption("An object a line: step, health (ok, warning, wrong, skipped), text, advice (or null).");
        command.Add(json);
        var flags = new SettingFlags(command, recursive: false);
        command.SetTool((parsed, output, error) =>
        {
            SettingsResult read = flags.Read(parsed);
            if (read.Settings is not { } settings)
                return SettingFlags.Misconfigured(read, error);
            using var stop = new CancellationTokenSource();
            PosixSignalRegistration[] signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, End))];
            try
            {
                return Examine(settings, read, parsed.GetValue(json), output, error, stop.Token);
            }
            finally
            {
                foreach (PosixSignalRegistration signal in signals)
                    signal.Dispose();
            }

            void End(PosixSignalContext context)
            {
                // Once to take back what stands in Redis, twice at once.
                context.Cancel = !stop.IsCancellationRequested;
                stop.Cancel();
            }
        });
        return command;
    }

    private static int Examine(Settings settings, SettingsResult read, bool json, TextWriter output, TextWriter error, CancellationToken stop)
    {
        int? width = PriceWatch.OnTerminal ? System.Console.WindowWidth is > 0 and var columns ? columns : 80 : null;
        var lines = new DoctorLines(output, json, PriceWatch.Colour(PriceWatch.OnTerminal), width);
        try
        {
            foreach (Finding found in Steps(settings, read, stop))
            {
                lines.Tell(found);
                output.Flush();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ToolCommands.Fail(error, "stopped before the end");
        }
        lines.End();
        return lines.Wrong > 0 ? ExitStatus.Failed : ExitStatus.Stopped;
    }

    private static IEnumerable<Finding> Steps(Settings settings, SettingsResult read, CancellationToken stop)
    {
        yield return new Finding("settings", Health.Ok, settings.Changed.Count == 0 ? "the defaults" : string.Join(", ", settings.Changed.Select(c => $"{c.Key.ToUpperInvariant()}={TerminalText.Clean(c.Value)}")));
        foreach (SettingWarning warning in read.Warnings)
            yield return new Finding("settings", Health.Warning, CheckCommand.Tell(warning), "put it right, or take it out");
        Finding coins = Coins(settings, out string[] named, out Instrument[] watched);
        yield return coins;
        foreach (Finding found in new ExchangeSteps(settings, watched.FirstOrDefault()?.Symbol, named, TimeProvider.System, stop).Take())
            yield return found;
        foreach (Finding found in new RedisSteps(settings, [.. watched.Select(w => w.Coin)], TimeProvider.System, stop).Take())
            yield return found;
    }

    private static Finding Coins(Settings settings, out string[] named, out Instrument[] watched)
    {
        const string Step = "coins file";
        (named, watched) = ([], []);
        string name = TerminalText.Clean(settings.CoinsFile);
        new CoinsReading(settings.CoinsFile, TimeProvider.System).Look(again: true, out CoinsFile? file);
        if (file?.Error is { } wrong)
            return new Finding(Step, Health.Wrong, $"{name} line {wrong.Line}: {TerminalText.Clean(wrong.Reason)}", $"put it right, or name another in {SettingsTable.CoinsFile}");
        named = [.. file!.Symbols.Select(s => s.Trim())];
        bool everything = named.Contains(Watchlist.Everything);
        Resolution resolved = Watchlist.Resolve([.. named.Where(s => s != Watchlist.Everything)], null, settings.Market);
        watched = everything && resolved.Watchlist.Instruments.Count == 0 ? [settings.Market.BestKnown] : [.. resolved.Watchlist.Instruments];
        SymbolNote[] refused = [.. resolved.Notes.Where(n => n.Refused)];
        if (refused.Length > 0)
            return new Finding(Step, Health.Warning, $"{name}: {TerminalText.Clean(refused[0].Symbol)} {TerminalText.Clean(refused[0].Reason)}{(refused.Length > 1 ? $"; and {refused.Length - 1} more" : "")}", "left out; put it right");
        return everything ? new Finding(Step, Health.Ok, $"{name} names {settings.Market.EverythingText}")
            : watched.Length == 0 ? new Finding(Step, Health.Warning, $"{name} names no coin", "nothing is watched until it names some")
            : new Finding(Step, Health.Ok, $"{name} names {watched.Length} coin{(watched.Length == 1 ? "" : "s")}");
    }
}
