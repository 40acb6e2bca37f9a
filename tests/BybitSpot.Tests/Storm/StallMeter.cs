namespace BybitSpot.Tests.Storm;

/// <summary>Finds out when this machine stood still: a thread that sleeps briefly again and again, and was woken late. Such time is excused.</summary>
internal sealed class StallMeter : IDisposable
{
    /// <summary>Sooner than this is no stall.</summary>
    private static readonly TimeSpan s_stall = TimeSpan.FromMilliseconds(60);

    private readonly Account _account;
    private readonly Thread _thread;
    private long _stalledTicks;
    private volatile bool _stopping;

    public StallMeter(Account account)
    {
        _account = account;
        _thread = new Thread(Run) { IsBackground = true, Name = "stalls" };
        _thread.Start();
    }

    /// <summary>All stalls so far.</summary>
    public TimeSpan Stalled => TimeSpan.FromTicks(Interlocked.Read(ref _stalledTicks));

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_stopping)
        {
            TimeSpan before = _account.Now;
            Thread.Sleep(10);
            TimeSpan after = _account.Now;
            if (after - before < s_stall)
                continue;
            _account.Add(new Excused(before, after, "this machine stood still"));
            Interlocked.Add(ref _stalledTicks, (after - before).Ticks);
        }
    }
}
