using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <summary>
/// The program's loggers. One line an event, to stderr, by a thread of its own (<see cref="LineQueue"/>); categories are
/// the rooms: feed, redis, coins, rest, app.
/// </summary>
internal sealed class Logs : ILoggerFactory
{
    private static readonly TimeSpan FlushLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>Most secrets that are hidden; the oldest are forgotten when they change for days.</summary>
    private const int SecretsMax = 32;

    private readonly LogLevel _lowest;
    private readonly bool _asText;
    private readonly bool _coloured;
    private readonly TimeProvider _time;
    private volatile string[] _secrets;
    private readonly LineQueue _queue;

    /// <param name="output">Where the lines go.</param>
    /// <param name="lowest">The least level that is logged.</param>
    /// <param name="asText">For people, instead of JSON.</param>
    /// <param name="secrets">Texts that never appear in a line, wherever they come from (an exception's message, say).</param>
    /// <param name="time">The clock.</param>
    /// <param name="coloured">Text with colours.</param>
    public Logs(Stream output, LogLevel lowest, bool asText, string[] secrets, TimeProvider time, bool coloured = false)
    {
        _secrets = secrets;
        _lowest = lowest;
        _asText = asText;
        _coloured = coloured;
        _time = time;
        _queue = new LineQueue(output, DescribeLost);
    }

    /// <summary>A text that never appears in a line from now on. Any thread.</summary>
    public void Hide(string secret)
    {
        lock (_queue)
            if (Array.IndexOf(_secrets, secret) < 0)
                _secrets = [.. _secrets.TakeLast(SecretsMax - 1), secret];
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the program writes its log lines itself");

    /// <summary>Waits for what was logged to be written, so long at most (half a second, unless told).</summary>
    public void Flush(TimeSpan? limit = null) => _queue.Flush(limit ?? FlushLimit, _time);

    public void Dispose()
    {
        Flush();
        _queue.Stop();
    }

    private byte[] DescribeLost(long lost)
    {
        string message = $"{lost} log lines were lost: stderr did not take them";
        KeyValuePair<string, object?>[] fields = [new("lines", lost)];
        return Line(LogLevel.Warning, "app", "log_lines_lost", fields, message, null);
    }

    private byte[] Line(LogLevel level, string category, string? name, object? state, string message, Exception? exception)
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return _asText
            ? LogEntry.Text(now, level, category, message, exception, _secrets, _coloured)
            : LogEntry.Json(now, level, category, name, state, message, exception, _secrets);
    }

    private sealed class Logger(Logs logs, string category) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel >= logs._lowest && logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Kept to these lines: it is compiled anew for every kind of event.
            if (IsEnabled(logLevel))
                Write(logLevel, eventId.Name, state, formatter(state, exception), exception);
        }

        private void Write(LogLevel level, string? name, object? state, string message, Exception? exception) =>
            logs._queue.Add(logs.Line(level, category, name, state, message, exception));
    }
}
