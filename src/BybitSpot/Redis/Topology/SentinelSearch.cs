// Asks the sentinels which server is the primary now. They are asked in turn, the one that answered last first; the first answer counts,
// for whoever goes there looks whether it is one (ROLE). Any thread, one at a time.
using System.Net.Sockets;

namespace BybitSpot.Redis;

internal sealed class SentinelSearch(RedisOptions options, TimeProvider time)
{
    /// <summary>For each sentinel: to connect, and to answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private int _first;

    /// <summary>What to connect with now: all that the settings say, and the primary that is named.</summary>
    /// <exception cref="RedisProtocolException">None names one, and why.</exception>
    public RedisOptions Find(Action? tick)
    {
        RedisOptions now = options.Now(tick);
        var reasons = new List<string>();
        for (int i = 0; i < now.Asked.Count; i++)
        {
            int at = (_first + i) % now.Asked.Count;
            RedisNode sentinel = now.Asked[at];
            try
            {
                using var talk = new RedisTalk(Of(now, sentinel), Limit, time, CancellationToken.None) { Tick = tick };
                talk.Connect();
                RedisNode primary = Ask(talk, now.SentinelMaster);
                _first = at;
                return now.At(primary) with { PrimaryOnly = true, OtherName = null };
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or RedisRefusedException)
            {
                reasons.Add($"{sentinel}: {(e is OperationCanceledException ? $"no answer within {Limit.TotalSeconds:0} s" : e.Message)}");
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
            {
                reasons.Add($"{sentinel}: {RedisLane.ReasonOf(e, now)}");
            }
            tick?.Invoke();
        }
        throw new RedisProtocolException($"no sentinel names the primary of \"{now.SentinelMaster}\" ({string.Join("; ", reasons)})");
    }

    /// <summary>How to talk to a sentinel.</summary>
    public static RedisOptions Of(RedisOptions now, RedisNode sentinel) => now.At(sentinel) with
    {
        Topology = RedisTopology.Single,
        Username = now.SentinelUsername,
        Password = now.SentinelPassword,
        Database = 0,
        OtherName = null,
        Anew = null,
    };

    /// <exception cref="IOException">It names none.</exception>
    public static RedisNode Ask(RedisTalk talk, string master)
    {
        talk.Ask("SENTINEL", "get-master-addr-by-name", master);
        string? head = talk.Reply();
        if (head is ['-', .. var refusal])
            throw new IOException(refusal.StartsWith("NOAUTH", StringComparison.Ordinal) ? "it wants a password: REDIS_SENTINEL_PASSWORD" : refusal);
        if (head is null or "*-1")
            throw new IOException("it knows no such primary: REDIS_SENTINEL_MASTER");
        if (head != "*2" || talk.Reply() is not { } host || talk.Reply() is not { } port || !RedisNode.TryParse($"{host}:{port}", 0, out RedisNode node))
            throw new IOException(RedisTalk.NoRedis);
        return node;
    }
}
