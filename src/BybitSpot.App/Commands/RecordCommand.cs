// `bybitspot record`: listens to the stream as `run` would, with the same settings and coins, and writes down what it says; Redis is not
// touched. The main thread waits here. What must stay true: whatever ends it, what came is written, and the last words are what it came to.
using System.CommandLine;
using BybitSpot.Rest;
using BybitSpot.Signals;

namespace BybitSpot.App;

internal static class RecordCommand
{
    private static readonly Reserve s_reserve = new(Descriptors.Left);

    /// <summary>Settings that say nothing to a recording: of Redis, of the page, and where run records to.</summary>
    private static readonly string[] s_otherFlags =
        [.. SettingsTable.All.Select(s => s.Name).Where(n => n is SettingsTable.RecordTo or "KEEP_REMOVED_COINS" or "INSTANCE_ID" || n.StartsWith("REDIS_", StringComparison.Ordinal) || n.StartsWith("HTTP_", StringComparison.Ordinal))];

    public static ToolCommand Create()
    {
        var command = new ToolCommand(
            "record",
            "Records what the stream says of the coins of the coins file, and what was asked of it, and writes nothing to Redis. Takes the settings of run that are about the exchange and the coins; with RECORD_TO run itself records.",
            "  0   ended as asked\n  1   the recording could not be written, or the exchange could not be reached as often as RECONNECT_MAX_ATTEMPTS allows\n" + ToolCommands.UsageStatus + ToolCommands.ConfigurationStatus);
        var file = new Argument<string>("FILE")
        {
            Description = "A JSON object a line; compressed if it ends in .gz or .zst; - is stdout. {time} in it is when a file begins (20260809T212641Z), {market} which market is in it. No file that is there is written to: where a name is taken, and where one file follows another, a number stands before the ending (prices.0002.jsonl.gz).",
        };
        file.Validators.Add(result =>
        {
            if (result.Tokens is [var name] && RecordName.Wrong(name.Value) is { } wrong)
                result.AddError($"{name.Value} {wrong}");
        });
        var seconds = new Option<double?>("--seconds") { Description = "Ends by itself after so long.", HelpName = "N" };
        seconds.Validators.Add(result =>
        {
            if (result.Tokens is [var text] && double.TryParse(text.Value, System.Globalization.CultureInfo.InvariantCulture, out double n) && n is not (> 0 and <= 1e7))
                result.AddError("--seconds is not a number above 0");
        });
        Option<bool> json = ToolCommands.JsonOption("The last words, on stderr, as an object: messages, requests, bytes, dropped, longest_silence_s, files.");
        command.Add(file);
        command.Add(seconds);
        command.Add(json);
        SettingFlags flags = SettingFlags.AllBut(command, s_otherFlags);
        command.SetTool((parsed, _, error) =>
        {
            if (OpenSsl.Missing() is { } missing)
                return ToolCommands.Fail(error, missing, ExitStatus.Configuration);
            SettingsResult read = flags.Read(parsed);
            if (read.Settings is not { } settings)
                return SettingFlags.Misconfigured(read, error);
            TimeSpan? limit = parsed.GetValue(seconds) is { } n ? TimeSpan.FromSeconds(n) : null;
            return new Recording(settings, new RecordName(parsed.GetValue(file)!), TimeProvider.System).Run(limit, parsed.GetValue(json), error);
        });
        return command;
    }

    private sealed class Recording(Settings settings, RecordName name, TimeProvider time)
    {
        private readonly ManualResetEvent _stop = new(false);
        private Bridge? _bridge;

        public int Run(TimeSpan? limit, bool json, TextWriter error)
        {
            LogStyle style = LogStyle.Of(settings.LogFormat, () => !System.Console.IsErrorRedirected, Environment.GetEnvironmentVariable, Environment.ProcessId);
            using var logs = new Logs(StandardStreams.Error, settings.LogLevel, style.AsText, settings.Secrets, time, style.Coloured);
            RestClient? rest = settings.RestUrl is null ? null : new RestClient(settings.RestUrl, settings.RestProxy, time) { Reserve = s_reserve };
            CoinsLoop coins = CoinsOf(rest, logs);
            if (coins.ReadFirst() is { } wrong)
                return Told(error, SettingFlags.CoinsError(settings.CoinsFile, settings.CoinsFileSource, wrong));
            var recorders = new Recorders(new RecordOptions(name) { SizeMax = settings.RecordLimits.SizeMax, Every = settings.RecordLimits.Every }, settings.Venue, time, logs);
            using var signals = new StopSignals(_ => _stop.Set(), coins.Reload, () => Volatile.Read(ref _bridge)?.LogSummary());
            BridgeOptions options = settings.Bridge with { Rest = rest, Reserve = s_reserve, WritesNowhere = true, Feed = recorders.Recorded(settings.Bridge.Feed) };
            using var bridge = new Bridge(options, logs, time);
            Volatile.Write(ref _bridge, bridge);
            recorders.Start(bridge.ReportDeath);
            if (!recorders.First.AwaitBegin())
                return End(recorders, logs, json, error, ExitStatus.Failed);
            coins.Start();
            bridge.Start();
            bool byItself = Wait(limit, recorders.First, bridge);
            coins.Stop();
            bridge.Stop();
            bool ended = recorders.Stop();
            return End(recorders, logs, json, error, byItself || !ended ? ExitStatus.Failed : ExitStatus.Stopped);
        }

        // Whether it ended though nobody asked.
        private bool Wait(TimeSpan? limit, Recorder recorder, Bridge bridge)
        {
            using var gaveUp = new ManualResetEvent(false);
            _ = bridge.Ended.ContinueWith(_ => gaveUp.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            int ended = WaitHandle.WaitAny([_stop, recorder.Ended, gaveUp], limit ?? Timeout.InfiniteTimeSpan);
            return ended is 1 or 2;
        }

        private static int End(Recorders recorders, Logs logs, bool json, TextWriter error, int status)
        {
            logs.Flush();
            RecordTotals totals = recorders.Totals();
            error.WriteLine(json ? totals.Json() : totals.Text());
            return totals.Failure is null ? status : ExitStatus.Failed;
        }

        private static int Told(TextWriter error, string wrong)
        {
            error.WriteLine(wrong);
            return ExitStatus.Configuration;
        }

        private CoinsLoop CoinsOf(RestClient? rest, Logs logs) => BridgeCoins.Loop(
            settings, new CoinsReading(settings.CoinsFile, time), () => _bridge!, rest, firstAlone: name.IsOutput, s_reserve, logs, time);
    }
}
