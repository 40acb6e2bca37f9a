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

    /// <summary>"spot", "linear" or "inverse"; or "all" at one address, as the real exchange has them.</summary>
    public string Market { get; init; } = "spot";

    /// <summary>A recording to play; null: the exchange's symbols, with prices that walk.</summary>
    public string? RecordingPath { get; init; }

    /// <summary>A saved instruments-info body, served as the list of symbols while a recording is played.</summary>
    public string? InstrumentsPath { get; init; }

    /// <summary>How many times faster than recorded (or than the walk's own pace); 0: as fast as the client reads.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Faults by the clock, see <see cref="Script"/>.</summary>
    public string? ScriptPath { get; init; }

    /// <summary>The walk's; the same seed gives the same prices in the same order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>So many symbols walk, the best known first; null: all. The others are listed and stand still.</summary>
    public int? Symbols { get; init; }

    /// <summary>Instead: the coins (or symbols) that walk, all of them lively, separated by commas.</summary>
    public string? Coins { get; init; }

    /// <summary>Messages a second of the walk, trade frames and tickers of all symbols together; null: each coin's own pace.</summary>
    public int? Rate { get; init; }
}

/// <summary>Bad input; the message names file, line and reason where there are any.</summary>
public sealed class SimulationException(string message) : Exception(message);

// The simulate command: one exchange, moved either by the walk or by a recording, with a script's faults on top, until it is
// stopped. Everything given is checked before the port is opened.

/// <summary>The exchange as a program.</summary>
public static class Simulation
{
    private const int RateMax = 100_000;

    /// <summary>Runs until stopped and returns 0; throws <see cref="SimulationException"/> for bad input.</summary>
    public static int Run(SimulationOptions options, TextWriter output, CancellationToken stop)
    {
        if (!double.IsFinite(options.Speed) || options.Speed < 0) throw new SimulationException($"speed {options.Speed}: must be 0 or more");
        if (options.Market is not ("spot" or "linear" or "inverse" or "all")) throw new SimulationException($"market {options.Market}: must be spot, linear, inverse or all");
        string[] others = options.Market == "all" ? ["linear", "inverse"] : [];
        if (others.Length > 0 && options.RecordingPath is not null) throw new SimulationException("market all: a recording is of one market");
        // What else is said is of spot then, but for the pace.
        if (others.Length > 0) options = options with { Market = "spot" };
        if (options.Port is < 0 or > ushort.MaxValue) throw new SimulationException($"port {options.Port}: must be 0 to 65535");
        if (!IPAddress.TryParse(options.BindAddress, out var address)) throw new SimulationException($"bind address {options.BindAddress}: no IP address");
        if (options.InstrumentsPath is not null && options.RecordingPath is null) throw new SimulationException("instruments are for a recording: give one, too");

        var plan = options.RecordingPath is null ? Plan(options) : NoPlan(options);

        var lines = TextWriter.Synchronized(output);
        var script = options.ScriptPath is { } scriptPath ? Script.Read(scriptPath) : null;
        if (plan is null && script?.Steps.FirstOrDefault(step => step.MovesMarket) is { } market)
        {
            throw new SimulationException($"{market.Place}: {market.Text}: a recording that is played can't be told that");
        }
        var recording = options.RecordingPath is { } recordingPath ? RecordingFile.Scan(recordingPath) : null;
        if (recording?.Warning is { } warning) lines.WriteLine(warning);
        var instruments = options.InstrumentsPath is { } instrumentsPath ? InstrumentsFile.Read(instrumentsPath) : null;

        RecordedMarket? recorded = null;
        Func<Exchange, IVenue>? venue = recording is null ? null : exchange => recorded = new RecordedMarket(exchange, recording, instruments, options.Speed);
        using var exchange = Start(new ExchangeOptions { Port = options.Port, BindAddress = address, Market = options.Market }, venue);
        // Listed before anybody is told the address.
        if (plan is not null) exchange.ListAll();
        var walk = plan is not null ? new Walk(exchange, plan, options.Seed, options.Speed) : null;
        var beside = others.Select(market => Beside(exchange, market, options, address)).ToArray();
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
        running.AddRange(beside.Select(other => Task.Run(() => other.RunAsync(either.Token), CancellationToken.None)));
        if (script is not null) running.Add(Task.Run(() => script.RunAsync(exchange, lines, either.Token), CancellationToken.None));
        return UntilStopped(running, either);
    }

    /// <summary>Another market at the same address, all of whose symbols walk.</summary>
    private static Walk Beside(Exchange exchange, string market, SimulationOptions options, IPAddress address)
    {
        var other = Start(new ExchangeOptions { BindAddress = address, Market = market }, null);
        other.ListAll();
        exchange.Join(other);
        return new Walk(other, WalkPlan.Of(Listed.Of(market).Count, options.Rate, market), options.Seed, options.Speed);
    }

    private static WalkPlan Plan(SimulationOptions options)
    {
        if (options.Rate is < 1 or > RateMax) throw new SimulationException($"rate {options.Rate}: must be 1 to {RateMax} messages a second");
        if (options.Symbols is { } symbols && (symbols < 1 || symbols > Listed.Of(options.Market).Count)) throw new SimulationException($"symbols {symbols}: must be 1 to {Listed.Of(options.Market).Count}");
        if (options.Coins is not { } coins) return WalkPlan.Of(options.Symbols ?? Listed.Of(options.Market).Count, options.Rate, options.Market);
        if (options.Symbols is not null) throw new SimulationException("symbols and coins both say what walks: give one");
        var named = new List<string>();
        foreach (var coin in coins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            named.Add(Listed.OfCoin(options.Market, coin.ToUpperInvariant())?.Symbol ?? throw new SimulationException($"coins: {coin} is not listed"));
        }
        if (named.Count == 0) throw new SimulationException("coins: none is named");
        return new WalkPlan([.. named.Distinct()], [], options.Rate);
    }

    private static WalkPlan? NoPlan(SimulationOptions options) => options is { Symbols: null, Coins: null, Rate: null }
        ? null : throw new SimulationException("symbols, coins and rate are of made-up prices: none goes with a recording");

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
