// Plays a recording's frames in order, through the engine's decoder and order rule into a table, and hands on each price that is taken. One
// thread. What must stay true: the clock decides the pace and nothing else, so what comes out is the same each time, to the byte.
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.App;

/// <param name="Files">In order of time.</param>
internal sealed record ReplayPlan(IReadOnlyList<string> Files)
{
    /// <summary>What the coins of symbols are called.</summary>
    public MarketRules Market { get; init; } = MarketRules.Spot;

    /// <summary>How many times faster than it was recorded; 0: as fast as it goes.</summary>
    public double Speed { get; init; }

    /// <summary>In microseconds since 1970, the first of the window and the first behind it.</summary>
    public long FromUs { get; init; }

    public long ToUs { get; init; } = long.MaxValue;

    /// <summary>Null: all.</summary>
    public IReadOnlySet<string>? Coins { get; init; }

    /// <summary>Whether what messages tell beside prices is wanted as well.</summary>
    public bool Details { get; init; }
}

/// <summary>Where the prices go that a replay takes.</summary>
internal interface IReplayOutput
{
    /// <summary>A coin has a new price.</summary>
    void Priced(int slot);

    /// <summary>Nothing will come for a moment.</summary>
    void Pause();
}

internal sealed class ReplayRun(ReplayPlan plan, LatestTable table, TimeProvider time)
{
    /// <summary>How often it is told how far it has come, in frames.</summary>
    private const int TellEvery = 512;

    private readonly FrameReplay _replay = new(table, plan.Market, plan.Coins is { } coins ? coins.Contains : null, plan.Details, time);
    private readonly ManualResetEvent _stop = new(false);
    private ReplayTotals? _totals;
    private long _start, _firstUs = -1;

    public ReplayTotals Totals => _totals ??= new ReplayTotals(_replay.Counts);

    /// <summary>Told now and then: which file is played, how much of it is read, in bytes, and how many messages came.</summary>
    public Action<int, long, long>? Progress { get; init; }

    /// <summary>Any thread.</summary>
    public void Stop() => _stop.Set();

    /// <summary>Files in order of their first frames; those without any come first.</summary>
    /// <exception cref="RecordingException">One cannot be read.</exception>
    public static (string Path, long? FirstUs)[] InOrder(IEnumerable<string> files) =>
        [.. files.Select(f => (f, f == RecordName.Output ? null : RecordedFile.FirstAtUs(f))).OrderBy(f => f.Item2 ?? 0)];

    /// <exception cref="RecordingException">A file cannot be read.</exception>
    public void Play(IReplayOutput output)
    {
        _start = time.GetTimestamp();
        for (int i = 0; i < plan.Files.Count && !_stop.WaitOne(0); i++)
        {
            using RecordedFile file = RecordedFile.Open(plan.Files[i], plan.FromUs);
            Play(i, file, output);
            Totals.Damaged += file.Damaged;
        }
        output.Pause();
        Totals.Elapsed = time.GetElapsedTime(_start);
        Totals.Coins = table.Count;
    }

    private void Play(int number, RecordedFile file, IReplayOutput output)
    {
        int untold = 0;
        while (file.Next(out RecordedFrame frame))
        {
            if (frame.AtUs < plan.FromUs || frame.AtUs >= plan.ToUs)
                continue;
            if (!IsDue(frame.AtUs, output))
                return;
            ReadOnlySpan<byte> message = file.Message[..frame.Length];
            if (!frame.Incoming)
            {
                Totals.Requests++;
                _replay.Asked(frame.Line, message);
                continue;
            }
            Totals.Came(frame.AtUs);
            if (_replay.Take(frame.Line, message, frame.AtUs / 1_000) is var slot and >= 0)
                output.Priced(slot);
            if (++untold < TellEvery)
                continue;
            untold = 0;
            Progress?.Invoke(number, file.Read, Totals.Messages);
            if (_stop.WaitOne(0))
                return;
        }
    }

    // False: it was stopped.
    private bool IsDue(long atUs, IReplayOutput output)
    {
        if (plan.Speed == 0)
            return true;
        if (_firstUs < 0)
            _firstUs = atUs;
        var due = TimeSpan.FromMicroseconds((atUs - _firstUs) / plan.Speed);
        while (due - time.GetElapsedTime(_start) is var left && left > TimeSpan.Zero)
        {
            output.Pause();
            // In whole milliseconds, upwards; a day at most, which a wait takes.
            if (_stop.WaitOne((int)Math.Ceiling(Math.Min(left.TotalMilliseconds, 86_400_000))))
                return false;
        }
        return true;
    }
}
