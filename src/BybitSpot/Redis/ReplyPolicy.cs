// What an error reply means, whatever the command was: price, seed, deletion, a question for a time, status. (An error while a
// connection is being made always ends that try.) Pure.
// The first word of the text decides; Redis before version 7 wraps what a script met, and the word then stands inside.
//
//   first word                                   what it says                                      what to do
//   WRONGTYPE                                    somebody keeps something else under that key      that coin alone: try again, never delete
//   READONLY, MASTERDOWN, MOVED, CLUSTERDOWN     this is not (any more) the server to write to     resolve the name, connect anew: MoveLimit
//   NOAUTH                                       a password is wanted that was not when we came    connect anew, the password is given then
//   OOM, MISCONF, LOADING, BUSY, NOREPLICAS,     the right server, in trouble or not willing       try again there
//   NOPERM, ASK, TRYAGAIN, CROSSSLOT, others
//
// ASK and TRYAGAIN pass: the slot is on its way, and says MOVED when it has arrived. LOADING and NOREPLICAS are said by a server
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
}

internal static class ReplyPolicy
{
    private const string ScriptFailed = "ERR Error running script";

    /// <param name="error">The reply's text, without the minus before it.</param>
    public static ReplyVerdict Judge(string error) => CodeOf(error) switch
    {
        "WRONGTYPE" => ReplyVerdict.ThisKey,
        "READONLY" or "MASTERDOWN" or "MOVED" or "CLUSTERDOWN" => ReplyVerdict.WrongServer,
        "NOAUTH" => ReplyVerdict.NewConnection,
        _ => ReplyVerdict.TryAgain,
    };

    // ERR Error running script (call to f_54dc…): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.
    private static ReadOnlySpan<char> CodeOf(string error)
    {
        ReadOnlySpan<char> text = error;
        if (text.StartsWith(ScriptFailed, StringComparison.Ordinal) && text.IndexOf(": -") is var inside and >= 0)
            text = text[(inside + 3)..];
        int end = text.IndexOf(' ');
        return end < 0 ? text : text[..end];
    }
}
