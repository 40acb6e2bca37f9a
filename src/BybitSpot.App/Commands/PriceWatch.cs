// `bybitspot get --watch`: asks Redis once a second until it is stopped. The main thread; signals and keys come on others. On a
// terminal it draws on the alternate screen (PriceScreen says what), and leaves the last table behind; else it writes a line for
// each price that changed. What must stay true: the cursor is there again however it is stopped; a Redis that goes away meanwhile
// is told and waited for.
using System.Runtime.InteropServices;
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class PriceWatch(RedisOptions redis, Venue venue, ShownCoins coins, bool json, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private const string Enter = "\e[?1049h\e[?25l", Leave = "\e[?25h\e[?1049l", Top = "\e[H", ToLineEnd = "\e[K", ToScreenEnd = "\e[J";

    private readonly bool _draws = OnTerminal && !json;
    private readonly bool _colour = Colour(OnTerminal);
    private readonly Stream _output = StandardStreams.Output;
    private readonly ManualResetEvent _stop = new(false);
    private readonly AutoResetEvent _scrolled = new(false);
    private readonly PriceScreen _screen = new();
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
            Write(_draws ? Enter : "");
            TakeKeys();
            Show();
            WaitHandle[] wakers = [_stop, _scrolled];
            while (WaitHandle.WaitAny(wakers, Every) is not 0 and var woken)
            {
                if (woken == WaitHandle.WaitTimeout)
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
            Close();
            foreach (PosixSignalRegistration signal in signals)
                signal.Dispose();
        }
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _stops) > 1)
            ProcessEnd.Now(ExitStatus.Interrupted);
        End();
    }

    private void End()
    {
        _stop.Set();
        _cancel.Cancel();
        _reader?.Abort();
    }

    // A thread waits for keys as long as the program lives: nothing can end that wait.
    private void TakeKeys()
    {
        if (!_draws || System.Console.IsInputRedirected)
            return;
        Signals.OwnThread.Start(
            "keys",
            () =>
            {
                while (_screen.Press(System.Console.ReadKey(intercept: true)))
                    _scrolled.Set();
                End();
            },
            // A terminal that is gone gives no more keys.
            static (_, _) => { });
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
            if (!_draws && _trouble is null)
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
        if (_draws)
            Draw(text, now);
        else
            Append(text, now);
        Write(text.ToString());
    }

    private void Draw(StringBuilder text, DateTimeOffset now)
    {
        // A terminal that does not know its size says 0.
        int width = System.Console.WindowWidth is > 0 and var columns ? columns : 80;
        int rows = System.Console.WindowHeight is > 0 and var lines ? lines : 24;
        text.Append(Top);
        foreach (string line in _screen.Draw(_prices, _widths!, now, width, rows, _colour, _trouble))
            text.Append(line).Append(ToLineEnd).Append('\n');
        text.Length--;
        text.Append(ToScreenEnd);
    }

    private void Append(StringBuilder text, DateTimeOffset now)
    {
        if (!json && !_headShown)
            text.Append(PriceTable.Head(_widths!, colour: false)).Append('\n');
        _headShown = true;
        foreach (StoredPrice price in _prices)
        {
            if (_shown.TryGetValue(price.Coin, out StoredPrice? before) && before == price)
                continue;
            _shown[price.Coin] = price;
            text.Append(json ? ToolCommands.Json(writer => PriceTable.WriteJson(writer, price, now)) : PriceTable.Row(price, _widths!, now, colour: false)).Append('\n');
        }
    }

    private void Close()
    {
        if (!_draws || _widths is null)
            return;
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            Write(Leave + PriceTable.Head(_widths, _colour) + "\n" + string.Concat(_prices.Select(p => PriceTable.Row(p, _widths, now, _colour) + "\n")));
        }
        catch (IOException)
        {
            // The terminal is gone, and with it its cursor.
        }
    }

    private void Write(string text) => _output.Write(Encoding.UTF8.GetBytes(text));
}
