using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

public sealed class ReplyPolicyTests
{
    [Theory]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("READONLY You can't write against a read only replica. script: 54dc, on @user_script:1.")]
    [InlineData("ERR Error running script (call to f_54dc): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.")]
    [InlineData("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")]
    [InlineData("MOVED 3999 127.0.0.1:6381")]
    [InlineData("CLUSTERDOWN Hash slot not served")]
    [InlineData("CLUSTERDOWN The cluster is down")]
    [InlineData("READONLY")]
    [Trait("Fault", "87")]
    public void Another_server_is_to_be_written_to(string error) => Assert.Equal(ReplyVerdict.WrongServer, ReplyPolicy.Judge(error, isCluster: false));

    [Theory]
    [InlineData("ASK 3999 127.0.0.1:6381")]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot")]
    [InlineData("CROSSSLOT Keys in request don't hash to the same slot")]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.")]
    [InlineData("NOREPLICAS Not enough good replicas to write.")]
    [InlineData("UNBLOCKED instance state changed (master -> replica?)")]
    [InlineData("ERR the value READONLY is not what it seems")]
    [InlineData("ERR Error running script (call to f_54dc): @user_script:1: Script attempted to access nonexistent global variable 'x'")]
    [InlineData("READONLYX is no word of Redis'")]
    [InlineData("")]
    public void Everything_else_is_tried_again_there(string error) => Assert.Equal(ReplyVerdict.TryAgain, ReplyPolicy.Judge(error, isCluster: false));

    [Theory]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", nameof(ReplyVerdict.ThisKey))]
    [InlineData("ERR Error running script (call to f_54dc): @user_script:1: -WRONGTYPE Operation against a key holding the wrong kind of value", nameof(ReplyVerdict.ThisKey))]
    [InlineData("NOAUTH Authentication required.", nameof(ReplyVerdict.NewConnection))]
    [InlineData("WRONGPASS invalid username-password pair or user is disabled.", nameof(ReplyVerdict.NewConnection))]
    [InlineData("MOVED 3999 127.0.0.1:6381", nameof(ReplyVerdict.Moved))]
    [InlineData("ERR Error running script (call to f_54dc): @user_script:1: @user_script: 1: -MOVED 3999 127.0.0.1:6381", nameof(ReplyVerdict.Moved))]
    [InlineData("ASK 3999 127.0.0.1:6381", nameof(ReplyVerdict.Ask))]
    [InlineData("CLUSTERDOWN Hash slot not served", nameof(ReplyVerdict.TryAgain))]
    [InlineData("READONLY You can't write against a read only replica.", nameof(ReplyVerdict.WrongServer))]
    [InlineData("NOSCRIPT No matching script. Please use EVAL.", nameof(ReplyVerdict.NoScript))]
    [InlineData("NOPERM this user has no permissions to run the 'hset' command", nameof(ReplyVerdict.Forbidden))]
    [InlineData("ERR unknown command 'HSET'", nameof(ReplyVerdict.Forbidden))]
    [InlineData("ERR Unknown Redis command called from script script: 54dc, on @user_script:1.", nameof(ReplyVerdict.Forbidden))]
    public void Each_error_that_asks_for_something_else_has_its_own_verdict(string error, string verdict) =>
        Assert.Equal(verdict, ReplyPolicy.Judge(error, isCluster: true).ToString());

    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", false, true)]
    [InlineData("ASK 3999 127.0.0.1:6381", false, true)]
    [InlineData("MOVED 3999 127.0.0.1:6381", true, false)]
    [InlineData("READONLY You can't write against a read only replica.", false, false)]
    public void Who_takes_a_node_for_a_server_of_its_own_is_told_the_setting(string error, bool isCluster, bool told) =>
        Assert.Equal(told, ReplyPolicy.Hint(error, isCluster)?.Contains("REDIS_CLUSTER=true", StringComparison.Ordinal) ?? false);

    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", "127.0.0.1", 6381)]
    [InlineData("MOVED 3999 n1.example:6381", "n1.example", 6381)]
    [InlineData("ASK 3999 ::1:6381", "::1", 6381)]
    [InlineData("ASK 3999 [::1]:6381", "::1", 6381)]
    [InlineData("MOVED 3999 :6381", "", 6381)]
    [InlineData("ERR Error running script (call to f_54dc): @user_script:1: @user_script: 1: -MOVED 3999 127.0.0.1:6381", "127.0.0.1", 6381)]
    [Trait("Fault", "45")]
    public void A_node_that_has_the_key_is_taken_out_of_the_error(string error, string host, int port)
    {
        Assert.True(ReplyPolicy.TryNode(error, out RedisNode node));
        Assert.Equal((host, port), (node.Host, node.Port));
    }

    [Theory]
    [InlineData("MOVED")]
    [InlineData("MOVED 3999")]
    [InlineData("MOVED 3999 127.0.0.1")]
    [InlineData("MOVED 3999 127.0.0.1:0")]
    [InlineData("MOVED 3999 127.0.0.1:99999")]
    [InlineData("MOVED 3999 127.0.0.1:-1")]
    [InlineData("MOVED 3999 127.0.0.1:x")]
    public void An_error_that_names_no_node_leads_nowhere(string error) => Assert.False(ReplyPolicy.TryNode(error, out _));
}
