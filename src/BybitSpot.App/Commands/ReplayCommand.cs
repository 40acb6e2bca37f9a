// `bybitspot replay`: a recording's prices, as the program would have taken them, to stdout or into a Redis that somebody named. What must
// stay true: without --redis no store is reached, and with it none that nobody named: a price of last year looks like any other there.
using System.CommandLine;
using System.Globalization;
using BybitSpot.Latest;
using BybitSpot.Market;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal static class ReplayCommand
{
    /// <summary>For Redis to be there, and for it to take the last prices.</summary>
    private static readonly TimeSpan s_redisWithin = TimeSpan.FromSeconds(5);

    /// <summary>The settings that say which Redis; the store inside a program is none to play into.</summary>
    private static readonly string[] s_redisFlags = [SettingsTable.StreamUrl, .. WhereToLook.RedisFlags.Where(f => f != SettingsTable.RedisEmbedded), SettingsTable.RedisWriteMode, SettingsTable.RedisHashFields];

    public static ToolCommand Create()
    {
        var command = new ToolCommand(
            "replay",
            "Plays recordings through the program's own decoder and order rule: a line on stdout for each price that is taken, or, with --redis, into Redis. The same recording gives the same lines each time. Files are played in order of time.",
            "  0   played, or ended as asked\n  1   a file could not be read, or Redis does not take the prices\n" + ToolCommands.UsageStatus + ToolCommands.ConfigurationStatus);
        var files = new Argument<string[]>("FILE") { Description = "What record has written, or anybody in that form; gzip, zstd or neither; - is stdin.", Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result =>
        {
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
                if (token.Value.Length > 1 && token.Value.StartsWith('-'))
                    result.AddError($"Unrecognized option '{token.Value}'");
        });
        var speed = new Option<double>("--speed") { Description = "How many times faster than it was recorded, 1 for as fast; 0: as fast as it goes.", HelpName = "X" };
        var from = new Option<string?>("--from") { Description = "Leaves out what came before: a time (2026-08-09T21:26:41Z), or seconds from the recording's start.", HelpName = "WHEN" };
        var to = new Option<string?>("--to") { Description = "Leaves out what came then and later.", HelpName = "WHEN" };
        var coins = new Option<string?>("--coins") { Description = "These coins alone, as A,B. [default: all that are recorded]", HelpName = "COINS" };
        var redis = new Option<bool>("--redis") { Description = "Into the Redis that REDIS_HOST, REDIS_URL or a flag names, under the same keys as live prices. One has to be named." };
        Option<bool> json = ToolCommands.JsonOption("The last words, on stderr, as an object.");
        speed.Validators.Add(result => Check(result, text => double.TryParse(text, CultureInfo.InvariantCulture, out double x) && !(x >= 0 && double.IsFinite(x)), "is not a number of 0 or more"));
        foreach (Option<string?> when in (Option<string?>[])[from, to])
            when.Validators.Add(result => Check(result, text => !ReplayMoment.TryParse(text, out _), ReplayMoment.Wrong));
        coins.Validators.Add(result => Check(result, text => text.Split(',').Any(name => GetCommand.CoinOf(name, MarketRules.Linear) is null), "is not a list of coins, as BTC,ETH"));
        command.Add(files);
        foreach (Option option in (Option[])[speed, from, to, coins, redis, json])
            command.Add(option);
        var flags = new SettingFlags(command, recursive: false, s_redisFlags);
        command.SetTool((parsed, _, error) =>
        {
            if (!parsed.GetValue(redis) && parsed.Tokens.FirstOrDefault(t => t.Value.StartsWith("--redis-", StringComparison.Ordinal)) is { } lost)
                return ToolCommands.Fail(error, $"{lost.Value} means nothing without --redis", ExitStatus.Usage);
            Settings? settings = null;
            if (parsed.GetValue(redis))
            {
                SettingsResult read = flags.Read(parsed);
                settings = read.Settings;
                if (settings is null)
                    return SettingFlags.Misconfigured(read, error);
                if (!settings.RedisNamed)
                    return ToolCommands.Fail(error, "--redis needs a Redis that is named, by REDIS_HOST, REDIS_URL or --redis-host: prices that are played must not get into one by accident", ExitStatus.Configuration);
            }
            try
            {
                ReplayPlan plan = Plan(parsed.GetValue(files)!, Moment(parsed.GetValue(from)), Moment(parsed.GetValue(to))) with
                {
                    Speed = parsed.GetValue(speed),
                    Market = settings?.Market ?? MarketRules.Spot,
                    Details = settings is { Bridge.Redis.Writing.Extended: true },
                    Coins = parsed.GetValue(coins)?.Split(',').Select(n => GetCommand.CoinOf(n, MarketRules.Linear)!).ToHashSet(StringComparer.Ordinal),
                };
                return Play(plan, settings, parsed.GetValue(json), error);
            }
            catch (RecordingException unreadable)
            {
                return ToolCommands.Fail(error, TerminalText.Clean(unreadable.Message));
            }
        });
        return command;
    }

    private static void Check(System.CommandLine.Parsing.OptionResult result, Func<string, bool> isWrong, string wrong)
    {
        if (result.Tokens is [var token] && isWrong(token.Value))
            result.AddError($"{result.Option.Name} {wrong}");
    }

    private static ReplayMoment? Moment(string? text) => text is not null && ReplayMoment.TryParse(text, out ReplayMoment moment) ? moment : null;

    private static ReplayPlan Plan(string[] files, ReplayMoment? from, ReplayMoment? to)
    {
        (string Path, long? FirstUs)[] ordered = ReplayRun.InOrder(files);
        long? start = ordered.FirstOrDefault(f => f.FirstUs is not null).FirstUs;
        if (start is null && (from is { FromStart: true } || to is { FromStart: true }) && files.Contains(RecordName.Output))
            throw new RecordingException("where stdin begins is not known before it is read: say a time, not seconds from the start");
        return new ReplayPlan([.. ordered.Select(f => f.Path)]) { FromUs = from?.Of(start ?? 0) ?? 0, ToUs = to?.Of(start ?? 0) ?? long.MaxValue };
    }

    private static int Play(ReplayPlan plan, Settings? settings, bool json, TextWriter error)
    {
        TimeProvider time = TimeProvider.System;
        var table = new LatestTable();
        ReplayBar? bar = !System.Console.IsErrorRedirected && (settings is not null || System.Console.IsOutputRedirected) ? new ReplayBar(plan.Files, error, time) : null;
        var run = new ReplayRun(plan, table, time) { Progress = bar is null ? null : bar.Show };
        using var signals = new StopSignals(_ => run.Stop(), static () => { }, static () => { });
        int status = settings is null ? ToLines(run, table) : IntoRedis(run, table, settings, error);
        bar?.Clear();
        error.WriteLine(json ? run.Totals.Json() : run.Totals.Text());
        return status;
    }

    private static int ToLines(ReplayRun run, LatestTable table)
    {
        try
        {
            run.Play(new ReplayLines(table, StandardStreams.Output));
        }
        catch (IOException closed) when (StandardStreams.IsClosed(closed))
        {
            // Whoever read it has seen enough.
        }
        return ExitStatus.Stopped;
    }

    private static int IntoRedis(ReplayRun run, LatestTable table, Settings settings, TextWriter error)
    {
        TimeProvider time = TimeProvider.System;
        LogStyle style = LogStyle.Of(settings.LogFormat, () => !System.Console.IsErrorRedirected, Environment.GetEnvironmentVariable, Environment.ProcessId);
        using var logs = new Logs(StandardStreams.Error, LogLevel.Warning, style.AsText, settings.Secrets, time, style.Coloured);
        settings.RedisAccess.SecretRead = logs.Hide;
        string? death = null;
        var writer = new PriceWriter(table, settings.Venue, settings.Bridge.Redis, time, logs.CreateLogger("redis"), (thread, fault) => Volatile.Write(ref death, $"the thread {thread} died: {fault.Message}"));
        writer.Start();
        using var pause = new ManualResetEvent(false);
        for (long start = time.GetTimestamp(); writer.Trouble is not null && time.GetElapsedTime(start) < s_redisWithin;)
            pause.WaitOne(10);
        if (writer.Trouble is { } trouble)
            return ToolCommands.Fail(error, $"Redis at {TerminalText.Clean(settings.Bridge.Redis.Endpoint)} cannot be used: {TerminalText.Clean(trouble)}");
        run.Play(new ReplayIntoRedis(writer));
        string? last = writer.Trouble;
        writer.Stop(s_redisWithin);
        run.Totals.Written = writer.Written;
        if ((last ?? Volatile.Read(ref death) ?? (writer.Refused > 0 ? $"{writer.Refused} writes were refused" : null)) is not { } lacking)
            return ExitStatus.Stopped;
        return ToolCommands.Fail(error, $"Redis does not hold all of it: {TerminalText.Clean(lacking)}");
    }
}
