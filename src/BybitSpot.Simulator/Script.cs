using System.Globalization;

namespace BybitSpot.Simulator;

// Faults and market events by the clock, from a text file, an action a line: "<seconds> <action> [arguments]", seconds since
// the start, "#" begins a comment. Read whole and checked before anything runs. ScriptActions knows the actions.

/// <summary>A script of faults and market events.</summary>
public sealed class Script
{
    private const int LinesMax = 10_000;
    private const double SecondsMax = 7 * 24 * 3600;

    private readonly List<ScriptStep> _steps;

    private Script(List<ScriptStep> steps) => _steps = steps;

    /// <summary>What `simulate --script-help` prints.</summary>
    public static string Help => ScriptActions.Help;

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
            var (act, movesMarket, wrong) = ScriptActions.Find(words[1], words[2..]);
            if (act is null) throw new SimulationException($"{name}:{number}: {wrong}");
            steps.Add(new ScriptStep(TimeSpan.FromSeconds(seconds), string.Join(' ', words[1..]), act) { Place = $"{name}:{number}", MovesMarket = movesMarket });
        }
        return new Script([.. steps.OrderBy(step => step.At)]);
    }

    /// <summary>What can't be done at its time (a trade of a symbol that isn't listed then) is told, and the script goes on.</summary>
    internal async Task RunAsync(Exchange exchange, TextWriter output, CancellationToken stop)
    {
        foreach (var step in _steps)
        {
            var wait = step.At - exchange.Now;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, exchange.Clock, stop).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            try
            {
                step.Act(exchange);
            }
            catch (ImpossibleNowException e)
            {
                await output.WriteLineAsync($"{step.Place}: {step.Text}: {e.Message}").ConfigureAwait(false);
            }
        }
    }
}

/// <summary>One line of a script.</summary>
public sealed record ScriptStep(TimeSpan At, string Text, Action<Exchange> Act)
{
    /// <summary>File and line.</summary>
    public string Place { get; init; } = "";

    /// <summary>It changes listings or prices, which a recording that is played doesn't let itself be told.</summary>
    public bool MovesMarket { get; init; }
}

/// <summary>A step that was right when it was read and can't be done at its time.</summary>
internal sealed class ImpossibleNowException(string message) : Exception(message);
