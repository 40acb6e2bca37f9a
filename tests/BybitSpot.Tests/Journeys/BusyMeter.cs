using System.Diagnostics;
using System.Net.Sockets;

namespace BybitSpot.Tests.Journeys;

/// <summary>
/// How late this machine makes others: a thread that sleeps for 5 ms and then asks Redis for a word, again and again. What such a
/// thread waits too long for, no program can be asked to do in time.
/// </summary>
internal sealed class BusyMeter : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    private readonly TcpClient _redis = new() { NoDelay = true, ReceiveTimeout = 5_000, SendTimeout = 5_000 };
    private readonly Thread _thread;
    private long _longestTicks;
    private volatile bool _stopping;

    public BusyMeter(RedisServer redis)
    {
        _redis.Connect(redis.Host, redis.Port);
        _thread = new Thread(Run) { IsBackground = true, Name = "busy" };
        _thread.Start();
    }

    /// <summary>The longest lateness since this was last asked.</summary>
    public TimeSpan TakeLongest() => TimeSpan.FromTicks(Interlocked.Exchange(ref _longestTicks, 0));

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _redis.Dispose();
    }

    private void Run()
    {
        byte[] reply = new byte["+PONG\r\n".Length];
        while (!_stopping)
        {
            long start = Stopwatch.GetTimestamp();
            Thread.Sleep(s_pause);
            try
            {
                _redis.GetStream().Write("PING\r\n"u8);
                _redis.GetStream().ReadExactly(reply);
            }
            catch (IOException)
            {
                // Later than the limit: as late as can be told.
                _stopping = true;
            }
            long late = (Stopwatch.GetElapsedTime(start) - s_pause).Ticks;
            if (late > Interlocked.Read(ref _longestTicks))
                Interlocked.Exchange(ref _longestTicks, late);
        }
    }
}
