using System.Globalization;

namespace BybitSpot.Simulator;

// Faults by the clock, from a text file, an action a line: "<seconds> <action> [arguments]", seconds since the start, "#"
// begins a comment. Read whole and checked before anything runs. Actions:
//   close [code] | fin | reset                      end every connection
//   silence on|off | noack on|off | nopong on|off | fragments on|off
//   refuse SYMBOL on|off | delay tickers|publicTrade MS | status CODE|off | garbage

/// <summary>A script of faults.</summary>
public sealed class Script
{
    private const int LinesMax = 10_000;
    private const double SecondsMax = 7 * 24 * 3600;
    private const int DelayMaxMs = 600_000;

    private readonly List<ScriptStep> _steps;

    private Script(List<ScriptStep> steps) => _steps = steps;

    /// <summary>In the order they will run.</summary>
    public IReadOnlyList<ScriptStep> Steps => _steps;

    /// <summary>Throws <see cref="SimulationException"/> with file, line and reason.</summary>
    public static Script Read(string path)
    {
        try
        {
            return Parse(path, File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{path}: {e.Message}");
        }
    }

    public static Script Parse(string name, IEnumerable<string> lines)
    {
        var steps = new List<ScriptStep>();
        var number = 0;
        foreach (var line in lines)
        {
            if (++number > LinesMax) throw new SimulationException($"{name}:{number}: more than {LinesMax} lines");
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            if (!double.TryParse(words[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > SecondsMax)
            {
                throw new SimulationException($"{name}:{number}: \"{words[0]}\" is no number of seconds");
            }
            if (words.Length == 1) throw new SimulationException($"{name}:{number}: an action is missing after the seconds");
            var action = Action(words[1], words[2..]) ?? throw new SimulationException($"{name}:{number}: {Expected(words[1])}");
            steps.Add(new ScriptStep(TimeSpan.FromSeconds(seconds), string.Join(' ', words[1..]), action));
        }
        return new Script([.. steps.OrderBy(step => step.At)]);
    }

    internal async Task RunAsync(Exchange exchange, CancellationToken stop)
    {
        foreach (var step in _steps)
        {
            var wait = step.At - exchange.Now;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, exchange.Clock, stop).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            step.Act(exchange);
        }
    }

    private static Action<Exchange>? Action(string action, string[] arguments) => (action, arguments) switch
    {
        ("close", []) => exchange => exchange.CloseAll(null),
        ("close", [var code]) when Number(code, 1000, 4999) is { } status => exchange => exchange.CloseAll((ushort)status),
        ("fin", []) => exchange => exchange.FinAll(),
        ("reset", []) => exchange => exchange.ResetAll(),
        ("garbage", []) => exchange => exchange.BroadcastBytes(RawFrames.Garbage()),
        ("silence", [var word]) when Switch(word) is { } on => exchange => exchange.Faults.Silent = on,
        ("fragments", [var word]) when Switch(word) is { } on => exchange => exchange.Faults.Fragments = on,
        ("noack", [var word]) when Switch(word) is { } on => exchange => exchange.Faults.NoAck = on,
        ("nopong", [var word]) when Switch(word) is { } on => exchange => exchange.Faults.NoPong = on,
        ("refuse", [var symbol, var word]) when Switch(word) is { } on => exchange => exchange.Faults.Refuse(symbol, on),
        ("delay", ["tickers", var ms]) when Number(ms, 0, DelayMaxMs) is { } delayMs => exchange => exchange.Faults.TickerDelayMs = delayMs,
        ("delay", ["publicTrade", var ms]) when Number(ms, 0, DelayMaxMs) is { } delayMs => exchange => exchange.Faults.TradeDelayMs = delayMs,
        ("status", ["off"]) => exchange => exchange.Faults.UpgradeStatus = null,
        ("status", [var code]) when Number(code, 200, 599) is { } status => exchange => exchange.Faults.UpgradeStatus = status,
        _ => null,
    };

    private static string Expected(string action) => action switch
    {
        "close" => "expected: close [code], the code from 1000 to 4999",
        "fin" or "reset" or "garbage" => $"expected: {action}, and nothing behind it",
        "silence" or "fragments" or "noack" or "nopong" => $"expected: {action} on|off",
        "refuse" => "expected: refuse SYMBOL on|off",
        "delay" => $"expected: delay tickers|publicTrade MS, at most {DelayMaxMs}",
        "status" => "expected: status CODE|off, the code from 200 to 599",
        _ => $"unknown action \"{action}\"",
    };

    private static int? Number(string word, int min, int max) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null;

    private static bool? Switch(string word) => word switch { "on" => true, "off" => false, _ => null };
}

/// <summary>One line of a script.</summary>
public sealed record ScriptStep(TimeSpan At, string Text, Action<Exchange> Act);
