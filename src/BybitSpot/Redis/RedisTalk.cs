// A conversation with a Redis: a question, then its answers, each a text. For who waits for answers: `get`, `doctor`, the look-out for other
// writers, the mark of the embedded store; the lanes never wait and keep no answers. Whatever stands there, one server, sentinels that
// name one, or a cluster, is asked the same way. What must stay true: it connects as the lanes do; what answers there may be anything,
// slow, endless or no Redis at all, and the end of it is an exception soon.
using System.Globalization;
using System.Net.Sockets;
using BybitSpot.Net;

namespace BybitSpot.Redis;

/// <param name="limit">For connecting, and for each wait for bytes; twice that for all answers to one question.</param>
public sealed class RedisTalk(RedisOptions options, TimeSpan limit, TimeProvider time, CancellationToken cancel) : IDisposable
{
    public const string NoRedis = "what answers there is no Redis";

    /// <summary>More than all coins there are.</summary>
    private const int ListMax = 100_000;

    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    private TalkLink? _link;
    private ClusterTalk? _cluster;

    public bool Connected => _link is not null || _cluster is not null;

    /// <summary>Where it is connected to, for messages; with a cluster where that was asked for.</summary>
    public string Endpoint { get; private set; } = options.Endpoint;

    /// <summary>Called at least every 200 ms while something is waited for; an exception of it ends that.</summary>
    internal Action? Tick { get; init; }

    /// <summary>Connects, and logs in as the options say at this moment.</summary>
    /// <exception cref="RedisRefusedException">The login or the database is refused.</exception>
    /// <exception cref="RedisAccessException">A file that is needed for it cannot be had.</exception>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="IOException">What answers is no Redis, or there is no TLS with it; no sentinel names a server; it is no cluster.</exception>
    /// <exception cref="OperationCanceledException">It was ended, or took too long.</exception>
    public void Connect()
    {
        Dispose();
        if (options.Topology == RedisTopology.Cluster)
        {
            var cluster = new ClusterTalk(options.Now(OnTick), limit, time, OnTick);
            cluster.Connect();
            _cluster = cluster;
            return;
        }
        var link = new TalkLink(Find(), limit, time, OnTick);
        link.Connect();
        _link = link;
    }

    /// <summary>From now on the answers to one question are counted.</summary>
    public void Begin()
    {
        _link?.Begin();
        _cluster?.Begin();
    }

    /// <summary>A command to be sent. In a cluster it goes to the node that has its key: the second word, of a script the fourth.</summary>
    public void Say(params ReadOnlySpan<string> words)
    {
        if (_cluster is not null)
            _cluster.Say(words);
        else
            _link!.Say(Resp.Command(words));
    }

    public void Send()
    {
        if (_cluster is not null)
            _cluster.Send();
        else
            _link!.Send();
    }

    /// <summary>A text, null, or the line itself where it is a status, a number, an error or the head of a list.</summary>
    public string? Reply() => _cluster is not null ? _cluster.Reply() : _link!.Reply();

    /// <summary>The next reply, where it is a list of texts or nothing.</summary>
    /// <param name="refusal">The error that came instead.</param>
    /// <returns>Null if an error came.</returns>
    /// <exception cref="IOException">It is none, or longer than any of ours.</exception>
    public List<string?>? List(out string? refusal)
    {
        string? head = Reply();
        refusal = head is ['-', ..] ? head[1..] : null;
        if (refusal is not null)
            return null;
        if (head is not ['*', .. var size] || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > ListMax)
            throw new IOException(NoRedis);
        var parts = new List<string?>(count);
        for (int i = 0; i < count; i++)
            parts.Add(Reply());
        return parts;
    }

    /// <summary>Asks one question; the answer is read by <see cref="Reply"/> or <see cref="List"/>.</summary>
    public void Ask(params ReadOnlySpan<string> words)
    {
        Begin();
        Say(words);
        Send();
    }

    /// <summary>Ends a question that is waiting, from any thread, within <see cref="Race.Slice"/>.</summary>
    public void Abort() => _end.Cancel();

    public void Dispose()
    {
        _link?.Dispose();
        _link = null;
        _cluster?.Dispose();
        _cluster = null;
    }

    private RedisOptions Find()
    {
        if (options.Topology == RedisTopology.Single)
            return options.Now(OnTick);
        try
        {
            RedisOptions found = new SentinelSearch(options, time).Find(OnTick);
            Endpoint = found.Endpoint;
            return found;
        }
        catch (RedisProtocolException none)
        {
            throw TalkLink.Trouble(none);
        }
    }

    private void OnTick()
    {
        _end.Token.ThrowIfCancellationRequested();
        Tick?.Invoke();
    }
}

/// <summary>The server does not let us in.</summary>
/// <param name="command">AUTH or SELECT.</param>
/// <param name="reply">What it says to that.</param>
public sealed class RedisRefusedException(string command, string reply) : Exception($"{command} refused: {reply}")
{
    public string Command => command;

    public string Reply => reply;
}
