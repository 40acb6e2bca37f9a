using Microsoft.Extensions.Logging;
using Xunit;

namespace BybitSpot.Tests.App;

/// <summary>Keeps what was logged.</summary>
internal sealed class KeptLog : ILogger
{
    private readonly List<(LogLevel Level, string Event, string Message)> _entries = [];

    public IReadOnlyList<(LogLevel Level, string Event, string Message)> Entries
    {
        get
        {
            lock (_entries)
                return [.. _entries];
        }
    }

    public IReadOnlyList<string> MessagesOf(string name) => [.. Entries.Where(e => e.Event == name).Select(e => e.Message)];

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries)
            _entries.Add((logLevel, eventId.Name ?? "", formatter(state, exception)));
    }
}

/// <summary>A clock that a test moves.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(GetTimestamp());

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}

/// <summary>An output that can block or fail.</summary>
internal sealed class FickleStream : Stream
{
    private readonly MemoryStream _kept = new();

    public ManualResetEventSlim Open { get; } = new(true);

    /// <summary>The errno of each write, while not 0.</summary>
    public volatile int FailsWith;

    public int Writes;

    public string Text
    {
        get
        {
            lock (_kept)
                return System.Text.Encoding.UTF8.GetString(_kept.ToArray());
        }
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get; set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Open.Wait();
        Interlocked.Increment(ref Writes);
        if (FailsWith != 0)
            throw new IOException("fails", FailsWith);
        lock (_kept)
            _kept.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a condition, 10 s at most.</summary>
    public static void Holds(Func<bool> condition, string what)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        using var never = new ManualResetEventSlim(false);
        while (!condition())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < Limit, $"not within {Limit.TotalSeconds} s: {what}");
            never.Wait(5, TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bybitspot-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        System.IO.File.WriteAllText(File(name), content);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
