// Writes the latest prices to stdout, one line for each coin that changed since the last look. Owns its reader of the table
// and one thread. What must stay true: a drain is one write; nothing is allocated for a tick; a stdout that nobody reads
// holds up this thread alone; a closed one ends the sink and nothing else.
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App.Terminal;

internal sealed class ConsoleSink
{
    /// <summary>How long it lets changes gather while busy: 1,000 ticks a second cost 25 drains. The first after a pause goes out at once.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(40);

    /// <summary>How long stopping waits for the last drain.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan IdleLook = TimeSpan.FromSeconds(10);

    private readonly LatestTable _latest;
    private readonly Stream _output;
    private readonly ILogger _log;
    private readonly DirtySet _dirty;
    private readonly ManualResetEvent _stop = new(false);
    private byte[] _lines = new byte[16 * 1024];
    private Thread? _thread;
    private bool _failing;

    public ConsoleSink(LatestTable latest, Stream output, ILogger log)
    {
        _latest = latest;
        _output = output;
        _log = log;
        _dirty = latest.CreateReader();
    }

    /// <summary>Done once, before the first price is written; by the console's thread.</summary>
    public Action? BeforeFirst { get; set; }

    /// <summary>Drains so far.</summary>
    public long Drains { get; private set; }

    public void Start(Action<string, Exception> died) => _thread = OwnThread.Start("console", Run, died);

    /// <summary>One last drain, then the end; a stdout that takes nothing is left behind.</summary>
    public void Stop()
    {
        _stop.Set();
        _dirty.Wake();
        _thread?.Join(StopLimit);
    }

    private void Run()
    {
        while (true)
        {
            bool stopping = _stop.WaitOne(0);
            if (!Drain() || stopping)
                break;
            if (!_stop.WaitOne(Gather) && !_dirty.Any)
                _dirty.Wait(IdleLook);
        }
        _latest.RemoveReader(_dirty);
    }

    /// <summary>False when stdout is closed.</summary>
    internal bool Drain()
    {
        int coins = _latest.Count;
        int length = 0;
        // A coin that changes meanwhile can come twice; the bound is what keeps a flood from making the drain endless.
        for (int taken = 0; taken < coins && _dirty.TryTake(out int slot); taken++)
        {
            if (_latest.Read(slot, out Tick tick) != SlotState.Priced)
                continue;
            if (_lines.Length - length < PriceLine.BytesMax)
                Array.Resize(ref _lines, _lines.Length * 2);
            length += PriceLine.Write(_lines.AsSpan(length), _latest.InstrumentOf(slot).Name, in tick);
        }
        if (length == 0)
            return true;
        if (BeforeFirst is { } first)
        {
            BeforeFirst = null;
            first();
        }
        Drains++;
        return Write(_lines.AsSpan(0, length));
    }

    private bool Write(ReadOnlySpan<byte> lines)
    {
        try
        {
            _output.Write(lines);
            _failing = false;
            return true;
        }
        catch (IOException failure) when (StandardStreams.IsClosed(failure))
        {
            _log.ConsoleClosed();
            return false;
        }
        catch (IOException failure)
        {
            // A full disk, say: these lines are lost, newer ones will follow.
            if (!_failing)
                _log.ConsoleFailed(failure.Message);
            _failing = true;
            return true;
        }
    }
}
