// `bybitspot get --watch` where there is no terminal to draw on, or with --json: asks Redis once a second until it is stopped, and writes
// a line for each price that changed. The main thread; signals come on others. What must stay true: a Redis that goes away meanwhile is
// told and waited for.
using System.Runtime.InteropServices;
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class PriceWatch(RedisOptions redis, Venue venue, ShownCoins coins, bool json, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Stream _output = StandardStreams.Output;
    private readonly ManualResetEvent _stop = new(false);
    private readonly CancellationTokenSource _cancel = new();
    private readonly Dictionary<string, StoredPrice> _shown = new(StringComparer.Ordinal);
    private PriceReader? _reader;
    private List<StoredPrice> _prices = [];
    private string? _trouble;
    private int[]? _widths;
    private bool _headShown;
    private int _stops;

    public static bool OnTerminal => !System.Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static bool Colour(bool terminal) => LogStyle.Colours(terminal, Environment.GetEnvironmentVariable);

    public int Run(TextWriter error)
    {
        using var reader = new PriceReader(redis, venue, time, _cancel.Token);
        _reader = reader;
        PosixSignalRegistration[] signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, Stop))];
        try
        {
            // The first answer decides: nobody wants to watch an address that was wrong from the start.
            _prices = reader.Read(coins.Now(reader));
            if (coins.Trouble is var (reason, status))
                return ToolCommands.Fail(error, reason, status);
            Show();
            while (!_stop.WaitOne(Every))
            {
                Ask(reader, error);
                Show();
            }
            return ExitStatus.Stopped;
        }
        catch (PriceReaderException trouble)
        {
            return ToolCommands.Fail(error, trouble.Message);
        }
        catch (OperationCanceledException)
        {
            return ExitStatus.Stopped;
        }
        catch (IOException closed) when (StandardStreams.IsClosed(closed))
        {
            // Whoever read it has seen enough.
            return ExitStatus.Stopped;
        }
        finally
        {
            foreach (PosixSignalRegistration signal in signals)
                signal.Dispose();
        }
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _stops) > 1)
            ProcessEnd.Now(ExitStatus.Interrupted);
        _stop.Set();
        _cancel.Cancel();
        _reader?.Abort();
    }

    private void Ask(PriceReader reader, TextWriter error)
    {
        try
        {
            _prices = reader.Read(coins.Now(reader));
            _trouble = null;
        }
        catch (PriceReaderException trouble)
        {
            if (_trouble is null)
            {
                ToolCommands.Fail(error, trouble.Message);
                error.Flush();
            }
            _trouble = trouble.Message;
        }
    }

    private void Show()
    {
        DateTimeOffset now = time.GetUtcNow();
        _widths = PriceTable.Widths(_prices, now, _widths);
        var text = new StringBuilder();
        if (!json && !_headShown)
            text.Append(PriceTable.Head(_widths, colour: false)).Append('\n');
        _headShown = true;
        foreach (StoredPrice price in _prices)
        {
            if (_shown.TryGetValue(price.Coin, out StoredPrice? before) && price.Shows(before, withMore: json))
                continue;
            _shown[price.Coin] = price;
            text.Append(json ? ToolCommands.Json(writer => PriceTable.WriteJson(writer, price, now)) : PriceTable.Row(price, _widths, now, colour: false)).Append('\n');
        }
        _output.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
