using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BybitSpot.Simulator;

/// <summary>What the simulate command was given.</summary>
public sealed record SimulationOptions
{
    /// <summary>0 takes any free port.</summary>
    public required int Port { get; init; }

    /// <summary>Where to listen; loopback unless told otherwise.</summary>
    public string BindAddress { get; init; } = "127.0.0.1";

    /// <summary>A recording to play; null: ten coins whose prices walk.</summary>
    public string? RecordingPath { get; init; }

    /// <summary>A saved instruments-info body, served as the list of symbols while a recording is played.</summary>
    public string? InstrumentsPath { get; init; }

    /// <summary>How many times faster than recorded (or than the walk's own pace); 0: as fast as the client reads.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Faults by the clock, see <see cref="Script"/>.</summary>
    public string? ScriptPath { get; init; }

    /// <summary>The walk's; the same seed gives the same prices in the same order.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Bad input; the message names file, line and reason where there are any.</summary>
public sealed class SimulationException(string message) : Exception(message);

// The simulate command: one exchange, moved either by the walk or by a recording, with a script's faults on top, until it is
// stopped. Everything given is checked before the port is opened.

/// <summary>The exchange as a program.</summary>
public static class Simulation
{
    /// <summary>Runs until stopped and returns 0; throws <see cref="SimulationException"/> for bad input.</summary>
    public static int Run(SimulationOptions options, TextWriter output, CancellationToken stop)
    {
        if (!double.IsFinite(options.Speed) || options.Speed < 0) throw new SimulationException($"speed {options.Speed}: must be 0 or more");
        if (options.Port is < 0 or > ushort.MaxValue) throw new SimulationException($"port {options.Port}: must be 0 to 65535");
        if (!IPAddress.TryParse(options.BindAddress, out var address)) throw new SimulationException($"bind address {options.BindAddress}: no IP address");
        if (options.InstrumentsPath is not null && options.RecordingPath is null) throw new SimulationException("instruments are for a recording: give one, too");

        var lines = TextWriter.Synchronized(output);
        var script = options.ScriptPath is { } scriptPath ? Script.Read(scriptPath) : null;
        var recording = options.RecordingPath is { } recordingPath ? RecordingFile.Scan(recordingPath) : null;
        if (recording?.Warning is { } warning) lines.WriteLine(warning);
        var instruments = options.InstrumentsPath is { } instrumentsPath ? InstrumentsFile.Read(instrumentsPath) : null;

        RecordedMarket? recorded = null;
        Func<Exchange, IVenue>? venue = recording is null ? null : exchange => recorded = new RecordedMarket(exchange, recording, instruments, options.Speed);
        using var exchange = Start(new ExchangeOptions { Port = options.Port, BindAddress = address }, venue);
        var walk = recording is null ? new Walk(exchange, options.Seed, options.Speed).List() : null;
        lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BYBIT_WS_URL={exchange.StreamUrl} BYBIT_REST_URL={exchange.RestUrl}"));
        lines.Flush();

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // At once, so that nobody goes on waiting for a client that doesn't read.
        using var closing = either.Token.Register(exchange.Dispose);
        var running = new List<Task>
        {
            walk is not null
                ? Task.Run(() => walk.RunAsync(either.Token), CancellationToken.None)
                : Task.Run(() => new Playback(exchange, recorded!, recording!, options.Speed, lines).RunAsync(either.Token), CancellationToken.None),
        };
        if (script is not null) running.Add(Task.Run(() => script.RunAsync(exchange, either.Token), CancellationToken.None));
        return UntilStopped(running, either);
    }

    private static Exchange Start(ExchangeOptions options, Func<Exchange, IVenue>? venue)
    {
        try
        {
            return Exchange.Start(options, venue);
        }
        catch (SocketException e)
        {
            throw new SimulationException($"{options.BindAddress}:{options.Port}: {e.Message}");
        }
    }

    /// <summary>A task that ends early (a played recording, a script that is through) ends nothing; one that fails ends all.</summary>
    private static int UntilStopped(List<Task> running, CancellationTokenSource stop)
    {
        running.Add(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token));
        try
        {
            while (running.Count > 0)
            {
                var ended = running[Task.WaitAny([.. running])];
                running.Remove(ended);
                if (ended.IsFaulted || stop.IsCancellationRequested) stop.Cancel();
                ended.GetAwaiter().GetResult();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            try
            {
                Task.WaitAll([.. running]);
            }
            catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OperationCanceledException))
            {
                // Stopped as asked.
            }
        }
        return 0;
    }
}
