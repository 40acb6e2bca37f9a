using System.Text;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

public sealed class ReplyReaderTests
{
    [Fact]
    public void Every_kind_of_reply_is_cut_off_in_order() =>
        Assert.Equal(["Status OK", "Integer 3", "Error OOM command not allowed", "Bulk hello", "Nil", "Bulk ", "Bulk a\r\n+b", "Status "],
            ReadAll("+OK\r\n:3\r\n-OOM command not allowed\r\n$5\r\nhello\r\n$-1\r\n$0\r\n\r\n$5\r\na\r\n+b\r\n+\r\n"));

    [Fact]
    public void A_reply_that_is_not_whole_is_waited_for()
    {
        foreach (string whole in (string[])["+OK\r\n", ":123\r\n", "-ERR x\r\n", "$3\r\nabc\r\n", "$-1\r\n", "$12\r\nhello\r\nworld\r\n"])
            for (int length = 0; length < whole.Length; length++)
                Assert.Empty(ReadAll(whole[..length]));
    }

    [Fact]
    public void However_the_bytes_are_cut_into_reads_the_same_replies_come_out() =>
        Holds.ForSeeds(500, random =>
        {
            var stream = new StringBuilder();
            var expected = new List<string>();
            for (int replies = random.Next(1, 200); replies > 0; replies--)
            {
                string text = new(random.GetItems("abc 0189.:$+-*".ToCharArray(), random.Next(10) == 0 ? random.Next(8_000) : random.Next(30)));
                switch (random.Next(5))
                {
                    case 0:
                        stream.Append('+').Append(text).Append("\r\n");
                        expected.Add("Status " + text);
                        break;
                    case 1:
                        stream.Append('-').Append(text).Append("\r\n");
                        expected.Add("Error " + text);
                        break;
                    case 2:
                        stream.Append(':').Append(replies).Append("\r\n");
                        expected.Add("Integer " + replies);
                        break;
                    case 3:
                        stream.Append('$').Append(text.Length + 4).Append("\r\n").Append(text).Append("\r\n\r\n").Append("\r\n");
                        expected.Add("Bulk " + text + "\r\n\r\n");
                        break;
                    default:
                        stream.Append("$-1\r\n");
                        expected.Add("Nil");
                        break;
                }
            }
            int most = random.Next(3) switch { 0 => 3, 1 => 100, _ => 100_000 };
            Assert.Equal(expected, ReadAll(stream.ToString(), () => random.Next(1, most + 1)));
        });

    [Theory, Trait("Fault", "48")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("220 smtp.example.com ESMTP\r\n")]
    [InlineData("\u0015\u0003\u0001")]
    [InlineData("\0")]
    [InlineData("\r\n")]
    [InlineData("*1\r\n$2\r\nOK\r\n")]
    [InlineData("$abc\r\n")]
    [InlineData("$\r\n")]
    [InlineData("$5x\r\nhello\r\n")]
    [InlineData("$1.5\r\n")]
    [InlineData("$99999999999\r\n")]
    public void What_is_not_Redis_is_told_clearly(string bytes)
    {
        foreach (int most in (int[])[1, 1_000])
        {
            RedisProtocolException e = Assert.Throws<RedisProtocolException>(() => ReadAll(bytes, () => most));
            Assert.Contains("does not speak Redis' protocol", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact, Trait("Fault", "77")]
    public void What_is_told_of_it_is_short_and_printable()
    {
        RedisProtocolException e = Assert.Throws<RedisProtocolException>(() => ReadAll("\u001B[2J\r\n<b>" + new string('x', 500)));
        Assert.Contains("(it said \".[2J..<b>" + new string('x', 31) + "\")", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reply_of_the_longest_length_is_taken_and_a_longer_one_refused()
    {
        string longest = new('x', ReplyReader.ReplyLengthMax);
        Assert.Equal(["Bulk " + longest, "Status OK"], ReadAll($"${longest.Length}\r\n{longest}\r\n+OK\r\n"));
        Assert.Throws<RedisProtocolException>(() => ReadAll($"${longest.Length + 1}\r\n"));
        Assert.Throws<RedisProtocolException>(() => ReadAll("+" + longest + "x"));
        Assert.Throws<RedisProtocolException>(() => ReadAll("$" + longest + "x"));
    }

    [Fact]
    public void Reading_replies_allocates_nothing()
    {
        var reader = new ReplyReader();
        byte[] replies = ":0\r\n:3\r\n$2\r\nab\r\n$-1\r\n"u8.ToArray();
        static int Turn(ReplyReader reader, byte[] replies)
        {
            int count = 0;
            replies.CopyTo(reader.Free);
            reader.Received(replies.Length);
            while (reader.Next(out _) != ReplyKind.None)
                count++;
            return count;
        }
        int count = 0;
        Allocations.None(() =>
        {
            for (int i = 0; i < 500; i++)
                count += Turn(reader, replies);
        });
        Assert.True(count > 0 && count % (4 * 500) == 0, $"{count} replies");
    }

    private static List<string> ReadAll(string bytes, Func<int>? cut = null)
    {
        var reader = new ReplyReader();
        byte[] stream = Encoding.Latin1.GetBytes(bytes);
        var read = new List<string>();
        int at = 0;
        while (true)
        {
            ReplyKind kind = reader.Next(out ReadOnlySpan<byte> text);
            if (kind != ReplyKind.None)
            {
                read.Add(kind == ReplyKind.Nil ? "Nil" : $"{kind} {Encoding.Latin1.GetString(text)}");
                continue;
            }
            if (at == stream.Length)
                return read;
            Span<byte> free = reader.Free;
            Assert.False(free.IsEmpty, "no room for the next bytes");
            int count = Math.Min(Math.Min(cut?.Invoke() ?? int.MaxValue, free.Length), stream.Length - at);
            stream.AsSpan(at, count).CopyTo(free);
            reader.Received(count);
            at += count;
        }
    }
}
