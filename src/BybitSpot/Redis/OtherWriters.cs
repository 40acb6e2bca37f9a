// Looks whether another instance writes our coins without anything that keeps an older price from landing last. On a thread of its own,
// with a connection of its own, every few seconds. What must stay true: it reads only; whatever Redis answers, prices go on; one that was
// killed is named for some seconds more, so only one that is found twice running counts.
using System.Net.Sockets;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Redis;

/// <param name="watched">What we watch now, by market.</param>
/// <param name="isWell">Whether prices can be written now: while they cannot, Redis is not asked anything besides.</param>
internal sealed class OtherWriters(string instance, RedisOptions options, Func<IReadOnlyList<(Venue Venue, string[] Coins)>> watched, Func<bool> isWell, TimeProvider time, ILogger log)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(3);

    private readonly ManualResetEventSlim _stop = new();
    private readonly LogLimit _lines = new();
    private readonly long _start = time.GetTimestamp();
    private RedisTalk? _talk;
    private HashSet<string> _before = [];
    private volatile int _count;
    private bool _toldUnknown;

    /// <summary>How many there were when it was looked last. Any thread.</summary>
    public int Count => _count;

    public void Stop() => _stop.Set();

    /// <summary>The thread.</summary>
    public void Run()
    {
        while (!_stop.Wait(Every))
        {
            try
            {
                if (isWell())
                    Look();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or RedisRefusedException or RedisAccessException)
            {
                // Whoever writes has met the same, and told it.
                _talk?.Dispose();
                _talk = null;
            }
        }
        _talk?.Dispose();
    }

    private void Look()
    {
        if (_talk is null)
        {
            var talk = new RedisTalk(options, s_limit, time, CancellationToken.None) { Tick = ThrowIfStopping };
            talk.Connect();
            _talk = talk;
        }
        var seen = new List<OtherWriter>();
        foreach ((Venue venue, string[] coins) in watched())
        {
            if (OtherWriter.Find(_talk, venue, instance, options.Writing, coins, out string? refusal) is not { } ofMarket)
            {
                if (!_toldUnknown)
                    log.RedisWritersUnknown(refusal ?? "");
                _toldUnknown = true;
                return;
            }
            // One that shares coins of several markets is one.
            seen.AddRange(ofMarket.Where(w => !seen.Exists(s => s.Instance == w.Instance)));
        }
        OtherWriter[] found = [.. seen.Where(w => _before.Contains(w.Instance))];
        _before = [.. seen.Select(w => w.Instance)];
        _count = found.Length;
        TimeSpan now = time.GetElapsedTime(_start);
        if (found.Length > 0)
        {
            string names = string.Join(", ", found.Select(w => w.Instance));
            if (_lines.Trouble(names, now))
                log.RedisSecondWriter(names, found.Max(w => w.Coins), found[0].Coin);
        }
        else if (_lines.IsInTrouble && _lines.Well(now))
            log.RedisSecondWriterGone();
    }

    private void ThrowIfStopping()
    {
        if (_stop.IsSet)
            throw new OperationCanceledException();
    }
}
