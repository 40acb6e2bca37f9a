// A conversation with a cluster: each question goes to the node that has its key, and the answers come in the order of the questions.
// A node that names another is followed, once for each question. One thread.
using System.Globalization;
using System.Net.Sockets;

namespace BybitSpot.Redis;

internal sealed class ClusterTalk(RedisOptions options, TimeSpan limit, TimeProvider time, Action tick) : IDisposable
{
    /// <summary>Most nodes that one question is sent on to.</summary>
    private const int RedirectsMax = 5;

    private readonly Dictionary<RedisNode, TalkLink> _links = [];
    private readonly Queue<(TalkLink Link, byte[] Command)> _asked = [];
    private ClusterMap? _map;
    private RedisNode _first;

    // Some key was not where the map has it.
    private bool _isOld;

    // Whose answer is being read, and how many of its parts are still to come; and the one that was made for this answer alone.
    private TalkLink? _answers, _elsewhere;
    private int _left;

    /// <summary>Asks for the map, of one node after the other.</summary>
    public void Connect()
    {
        Exception? trouble = null;
        foreach (RedisNode node in _map is null ? options.Asked : [.. _map.Nodes, .. options.Asked])
        {
            try
            {
                TalkLink link = LinkTo(node);
                link.Begin();
                link.Say(Resp.Command("CLUSTER", "SLOTS"));
                link.Send();
                _map = ClusterMap.Read(link.Reply, node);
                _first = node;
                _isOld = false;
                return;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                trouble = e;
                Drop(node);
            }
        }
        throw trouble ?? new IOException("no node of the cluster is named");
    }

    public void Begin()
    {
        if (_isOld)
            Connect();
        foreach (TalkLink link in _links.Values)
            link.Begin();
    }

    public void Say(ReadOnlySpan<string> words)
    {
        RedisNode? node = KeyOf(words) is { } key ? _map!.NodeOf(KeySlot.Of(key)) : _first;
        // Whose slot is nobody's is told so by whoever is asked.
        TalkLink link = LinkTo(node ?? _first);
        byte[] command = Resp.Command(words);
        link.Say(command);
        _asked.Enqueue((link, command));
    }

    public void Send()
    {
        foreach (TalkLink link in _asked.Select(a => a.Link).Distinct())
            link.Send();
    }

    /// <summary>See <see cref="RedisTalk.Reply"/>.</summary>
    public string? Reply()
    {
        if (_left == 0)
        {
            _elsewhere?.Dispose();
            _elsewhere = null;
            (_answers, byte[] command) = _asked.Dequeue();
            _left = 1;
            string? first = _answers.Reply();
            for (int i = 0; i < RedirectsMax && first is ['-', 'M' or 'A', ..] && Follow(first[1..], command); i++)
                first = _answers.Reply();
            return Count(first);
        }
        return Count(_answers!.Reply());
    }

    public void Dispose()
    {
        _elsewhere?.Dispose();
        foreach (TalkLink link in _links.Values)
            link.Dispose();
        _links.Clear();
    }

    // By a connection of its own, for those that there are have other answers to give before.
    private bool Follow(string error, byte[] command)
    {
        ReplyVerdict verdict = ReplyPolicy.Judge(error, isCluster: true);
        if (verdict is not (ReplyVerdict.Moved or ReplyVerdict.Ask) || !ReplyPolicy.TryNode(error, out RedisNode node) || node.Host.Length == 0)
            return false;
        _elsewhere?.Dispose();
        _elsewhere = new TalkLink(options.At(node), limit, time, tick);
        _elsewhere.Connect();
        if (verdict == ReplyVerdict.Ask)
        {
            _elsewhere.Say(Resp.Command("ASKING"));
            _elsewhere.Send();
            _elsewhere.Reply();
        }
        _elsewhere.Say(command);
        _elsewhere.Send();
        _answers = _elsewhere;
        _isOld = true;
        return true;
    }

    private string? Count(string? word)
    {
        _left--;
        if (_answers!.IsList && word is ['*', .. var size] && int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            _left += count;
        return word;
    }

    private static string? KeyOf(ReadOnlySpan<string> words) => words[0] switch
    {
        "EVAL" or "EVALSHA" when words.Length > 3 => words[3],
        "EVAL" or "EVALSHA" or "PING" or "INFO" or "CLUSTER" or "CONFIG" or "ACL" or "ROLE" or "TIME" or "CLIENT" or "COMMAND" or "SCRIPT" or "HELLO" or "DBSIZE" or "LATENCY" or "MEMORY" => null,
        _ => words.Length > 1 ? words[1] : null,
    };

    private TalkLink LinkTo(RedisNode node)
    {
        if (_links.TryGetValue(node, out TalkLink? link))
            return link;
        link = new TalkLink(options.At(node), limit, time, tick);
        link.Connect();
        _links.Add(node, link);
        return link;
    }

    private void Drop(RedisNode node)
    {
        if (_links.Remove(node, out TalkLink? link))
            link.Dispose();
    }
}
