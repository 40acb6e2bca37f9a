// Listens to the sentinels, on a thread of its own, so that the lane learns at once when another server has become the primary, though the old
// one may still answer as if nothing had happened. Every few seconds it asks as well, for what was said while nobody listened. What it
// hears is a hint: the lane asks again itself, and looks who answers.
using System.Net.Sockets;

namespace BybitSpot.Redis;

internal sealed class SentinelWatch(RedisOptions options, RedisLane lane, TimeProvider time)
{
    /// <summary>Without a word for so long another sentinel is asked.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private const string Channel = "+switch-master";

    private readonly ManualResetEventSlim _stop = new();

    public void Run()
    {
        for (int turn = 0; !_stop.IsSet; turn++)
        {
            try
            {
                RedisOptions now = options.Now(ThrowIfStopping);
                ListenTo(now, now.Asked[turn % now.Asked.Count]);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or RedisRefusedException or SocketException or RedisAccessException)
            {
                // The lane tells what is wrong with them when it needs one.
                _stop.Wait(s_pause);
            }
        }
    }

    public void Stop() => _stop.Set();

    // Until it says nothing for long, or goes.
    private void ListenTo(RedisOptions now, RedisNode sentinel)
    {
        using var talk = new RedisTalk(SentinelSearch.Of(now, sentinel), Limit, time, CancellationToken.None) { Tick = ThrowIfStopping };
        talk.Connect();
        Compare(SentinelSearch.Ask(talk, now.SentinelMaster), now.SentinelMaster);
        talk.Ask("SUBSCRIBE", Channel);
        while (true)
        {
            // *3 message +switch-master "mymaster 10.0.0.1 6379 10.0.0.2 6379"
            if (talk.Reply() is not "*3")
                throw new IOException(RedisTalk.NoRedis);
            (string? kind, _, string? said) = (talk.Reply(), talk.Reply(), talk.Reply());
            if (kind == "message" && said?.Split(' ') is [var name, _, _, var host, var port] && name == now.SentinelMaster && RedisNode.TryParse($"{host}:{port}", 0, out RedisNode primary))
                Compare(primary, name);
            talk.Begin();
        }
    }

    private void Compare(RedisNode primary, string master)
    {
        if (lane.ConnectedTo is { } present && present != primary)
            lane.Move($"the sentinels name {primary} as the primary of \"{master}\" now");
    }

    private void ThrowIfStopping()
    {
        if (_stop.IsSet)
            throw new OperationCanceledException();
    }
}
