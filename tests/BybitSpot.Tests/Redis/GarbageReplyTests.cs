using System.Text;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

public sealed class GarbageReplyTests
{
    [Theory, Trait("Fault", "48")]
    [InlineData("$3\r\nabcXY")]
    [InlineData(":abc\r\n")]
    [InlineData("$-7\r\n")]
    public void Garbage_is_not_taken_for_a_reply(string bytes) => Assert.Throws<RedisProtocolException>(() => Read(bytes));

    [Fact]
    public void A_line_longer_than_the_longest_reply_is_refused_however_it_is_cut() =>
        Assert.Throws<RedisProtocolException>(() => Read("+" + new string('x', ReplyReader.ReplyLengthMax + 1) + "\r\n"));

    private static ReplyKind Read(string bytes)
    {
        var reader = new ReplyReader();
        byte[] stream = Encoding.Latin1.GetBytes(bytes);
        stream.CopyTo(reader.Free);
        reader.Received(stream.Length);
        return reader.Next(out _);
    }
}
