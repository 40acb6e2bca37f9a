// What an error reply means, whatever the command was: price, seed, deletion, a question for a time, status. (An error while a
// connection is being made always ends that try.) Pure.
// The first word of the text decides; Redis before version 7 wraps what a script met, and the word then stands inside.
//
//   first word                                   what it says                                      what to do
//   WRONGTYPE                                    somebody keeps something else under that key      that coin alone: try again, never delete
//   MOVED, ASK                                   another node of a cluster has that key, or is     that coin alone: to that node, where lanes
//                                                getting it                                        follow; else a server like READONLY's
//   READONLY, MASTERDOWN, CLUSTERDOWN            this is not (any more) the server to write to     resolve the name, connect anew: MoveLimit
//   NOAUTH, WRONGPASS                            a password is wanted that was not when we came    connect anew, the password is given then
//   NOSCRIPT                                     the server has forgotten a script                 that command again, the script with it
//   NOPERM, unknown command                      a command that we need is forbidden or missing    try again there, name the command
//   OOM, MISCONF, LOADING, BUSY, NOREPLICAS,     the right server, in trouble or not willing       try again there
//   TRYAGAIN, CROSSSLOT, others
//
// TRYAGAIN passes: the slot is on its way, and says MOVED when it has arrived. LOADING and NOREPLICAS are said by a server
// that will be right again by itself.
namespace BybitSpot.Redis;

internal enum ReplyVerdict
{
    /// <summary>One key's trouble: the coin is tried again, Redis is well.</summary>
    ThisKey,

    /// <summary>Redis' trouble: tried again on the same connection.</summary>
    TryAgain,

    /// <summary>Only a new connection to the same server helps.</summary>
    NewConnection,

    /// <summary>Another server is to be written to, which the name may lead to by now.</summary>
    WrongServer,

    /// <summary>Another node of the cluster has the key.</summary>
    Moved,

    /// <summary>Another node of the cluster is getting the key, and takes it if asked for that.</summary>
    Ask,

    /// <summary>The server has forgotten the script.</summary>
    NoScript,

    /// <summary>The command is forbidden, or the server does not know it.</summary>
    Forbidden,
}

internal static class ReplyPolicy
{
    private const string ScriptFailed = "ERR Error running script";

    /// <param name="error">The reply's text, without the minus before it.</param>
    /// <param name="isCluster">Whether all primaries of a cluster are written to; else one server is, whatever it is.</param>
    public static ReplyVerdict Judge(string error, bool isCluster) => CodeOf(error) switch
    {
        "WRONGTYPE" => ReplyVerdict.ThisKey,
        "MOVED" when isCluster => ReplyVerdict.Moved,
        "ASK" when isCluster => ReplyVerdict.Ask,
        // Another of its nodes would say the same.
        "CLUSTERDOWN" when isCluster => ReplyVerdict.TryAgain,
        "READONLY" or "MASTERDOWN" or "MOVED" or "CLUSTERDOWN" => ReplyVerdict.WrongServer,
        "NOAUTH" or "WRONGPASS" => ReplyVerdict.NewConnection,
        "NOSCRIPT" => ReplyVerdict.NoScript,
        "NOPERM" => ReplyVerdict.Forbidden,
        "ERR" when error.Contains("unknown command", StringComparison.OrdinalIgnoreCase) || error.Contains("Unknown Redis command", StringComparison.OrdinalIgnoreCase) => ReplyVerdict.Forbidden,
        _ => ReplyVerdict.TryAgain,
    };

    /// <summary>What to do about an error that says that a node of a cluster was taken for a server of its own; null: it says something else.</summary>
    public static string? Hint(string error, bool isCluster) => !isCluster && CodeOf(error) is ("MOVED" or "ASK") ? "it is a node of a cluster: REDIS_CLUSTER=true" : null;

    /// <summary>Where a key went that is not here (any more): <c>MOVED 3999 10.0.0.2:6381</c>. The host is empty where it is the one that answers.</summary>
    public static bool TryNode(string error, out RedisNode node)
    {
        node = default;
        string inner = Inner(error).ToString();
        return inner.Split(' ') is [_, _, var place, ..] && RedisNode.TryParse(place, 0, out node);
    }

    /// <summary>The error itself, without what Redis before version 7 puts around one that a script met.</summary>
    public static ReadOnlySpan<char> Inner(string error)
    {
        ReadOnlySpan<char> text = error;
        return text.StartsWith(ScriptFailed, StringComparison.Ordinal) && text.IndexOf(": -") is var inside and >= 0 ? text[(inside + 3)..] : text;
    }

    // ERR Error running script (call to f_54dc…): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.
    private static ReadOnlySpan<char> CodeOf(string error)
    {
        ReadOnlySpan<char> text = Inner(error);
        int end = text.IndexOf(' ');
        return end < 0 ? text : text[..end];
    }
}
