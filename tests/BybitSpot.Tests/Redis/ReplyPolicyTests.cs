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
    public void Another_server_is_to_be_written_to(string error) => Assert.Equal(ReplyVerdict.WrongServer, ReplyPolicy.Judge(error));

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
    [InlineData("NOPERM this user has no permissions to run the 'hset' command")]
    [InlineData("ERR unknown command 'HSET'")]
    [InlineData("ERR the value READONLY is not what it seems")]
    [InlineData("ERR Error running script (call to f_54dc): @user_script:1: Script attempted to access nonexistent global variable 'x'")]
    [InlineData("READONLYX is no word of Redis'")]
    [InlineData("")]
    public void Everything_else_is_tried_again_there(string error) => Assert.Equal(ReplyVerdict.TryAgain, ReplyPolicy.Judge(error));

    [Theory]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", nameof(ReplyVerdict.ThisKey))]
    [InlineData("ERR Error running script (call to f_54dc): @user_script:1: -WRONGTYPE Operation against a key holding the wrong kind of value", nameof(ReplyVerdict.ThisKey))]
    [InlineData("NOAUTH Authentication required.", nameof(ReplyVerdict.NewConnection))]
    public void A_key_of_another_kind_is_its_coins_alone_and_a_password_needs_a_new_connection(string error, string verdict) =>
        Assert.Equal(verdict, ReplyPolicy.Judge(error).ToString());
}
