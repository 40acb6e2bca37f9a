using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace BybitSpot.Tests.Journeys;

/// <summary>The built program as a user starts it: a process with its environment, its two outputs, its signals.</summary>
internal sealed class Bot : IDisposable
{
    /// <summary>The value of a variable that is to be left out: not even empty.</summary>
    public const string Unset = "\0";

    private readonly ConcurrentQueue<string> _prices = new();
    private readonly ConcurrentQueue<LogLine> _logs = new();
    private readonly ConcurrentQueue<string> _errorText = new();

    private int _disposed;

    private Bot(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>Lines of stdout so far.</summary>
    public IReadOnlyCollection<string> Prices => _prices;

    /// <summary>Events on stderr so far.</summary>
    public IReadOnlyCollection<LogLine> Logs => _logs;

    /// <summary>Everything on stderr so far, for messages of failed tests.</summary>
    public string ErrorText => string.Join('\n', _errorText);

    /// <param name="environment">Beside what a plain shell has; nothing of the tests' own environment that is a setting gets through.</param>
    /// <param name="readPrices">False leaves stdout unread.</param>
    /// <param name="launcher">A command that becomes the program, without a fork in between: signals go to the process that is started.</param>
    public static Bot Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingFolder, bool readPrices = true, params IReadOnlyList<string> launcher)
    {
        string[] command = [.. launcher, Repository.Program, .. arguments];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingFolder };
        foreach (string argument in command[1..])
            start.ArgumentList.Add(argument);
        foreach (string name in start.Environment.Keys.ToArray())
            if (name.StartsWith("BYBIT") || name.StartsWith("REDIS") || name.StartsWith("RECONNECT") || name.StartsWith("LOG_") || name.StartsWith("HTTP_") || name.EndsWith("PROXY", StringComparison.OrdinalIgnoreCase))
                start.Environment.Remove(name);
        // Many run at the same time: they would fight for the default's port.
        start.Environment["HTTP_URL"] = "";
        foreach ((string name, string value) in environment)
            if (value == Unset)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        var bot = new Bot(Process.Start(start)!);
        bot.Process.ErrorDataReceived += (_, line) => bot.TakeError(line.Data);
        bot.Process.BeginErrorReadLine();
        if (readPrices)
        {
            bot.Process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is not null)
                    bot._prices.Enqueue(line.Data);
            };
            bot.Process.BeginOutputReadLine();
        }
        return bot;
    }

    public void Signal(int signal) => Signals.Send(Process.Id, signal);

    /// <summary>Waits for an event that fits.</summary>
    public LogLine Log(string name, Func<LogLine, bool>? fits = null, TimeSpan? limit = null)
    {
        LogLine? found = null;
        Until.True($"log event {name}", () => (found = _logs.FirstOrDefault(l => l.Event == name && (fits is null || fits(l)))) is not null, limit, () => ErrorText);
        return found!;
    }

    public int CountLogs(string name) => _logs.Count(l => l.Event == name);

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>Its exit status.</returns>
    public int Exit(TimeSpan? limit = null)
    {
        if (!Process.WaitForExit(limit ?? Until.Limit))
            Assert.Fail($"the program did not end within {(limit ?? Until.Limit).TotalSeconds:0.0} s\n{ErrorText}");
        // Once more without a limit of its own, which waits for the rest of both outputs.
        Process.WaitForExit();
        return Process.ExitCode;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (!Process.HasExited)
        {
            Process.Kill();
            Process.WaitForExit(5_000);
        }
        Process.Dispose();
    }

    private void TakeError(string? line)
    {
        if (line is null)
            return;
        _errorText.Enqueue(line);
        if (line.StartsWith('{'))
            _logs.Enqueue(new LogLine(JsonDocument.Parse(line).RootElement));
    }
}

/// <summary>One event of the log.</summary>
internal sealed record LogLine(JsonElement Json)
{
    public string Event => Text("event");

    public string Text(string field) => Json.TryGetProperty(field, out JsonElement value) ? value.ToString() : "";

    public DateTimeOffset Time => DateTimeOffset.Parse(Text("timestamp"), System.Globalization.CultureInfo.InvariantCulture);

    public long Number(string field) => Json.GetProperty(field).GetInt64();
}
