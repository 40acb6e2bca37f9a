using System.Text;
using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class UpgradeTests
{
    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket", 101, "Switching Protocols")]
    [InlineData("HTTP/1.1 403 Forbidden", 403, "Forbidden")]
    [InlineData("HTTP/1.0 503 Service Temporarily Unavailable\r\nX: y", 503, "Service Temporarily Unavailable")]
    [InlineData("HTTP/1.1 429 ", 429, "")]
    [InlineData("HTTP/1.1 200", 200, "")]
    [InlineData("HTTP/1.1", 0, "")]
    [InlineData("HTTP/1.1 20 OK", 0, "OK")]
    [InlineData("HTTP/1.1 2000 OK", 0, "OK")]
    [InlineData("HTTP/1.1 abc no", 0, "no")]
    [InlineData("", 0, "")]
    public void The_status_of_an_answer_is_read(string head, int status, string phrase) => Assert.Equal((status, phrase), Upgrade.StatusOf(head));

    [Fact]
    public void A_long_phrase_is_cut_for_the_log() => Assert.Equal((500, new string('x', 60)), Upgrade.StatusOf("HTTP/1.1 500 " + new string('x', 9_000)));

    [Fact]
    public void An_answers_head_ends_at_the_empty_line_and_the_rest_is_the_first_frames()
    {
        (string head, ReadOnlyMemory<byte> early) = Upgrade.ReadHead(new MemoryStream([.. "HTTP/1.1 101 OK\r\nA: b\r\n\r\n"u8, 0x81, 0x00]));
        Assert.Equal("HTTP/1.1 101 OK\r\nA: b", head);
        Assert.Equal([0x81, 0x00], early.ToArray());
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade", true)]
    [InlineData("Upgrade: WebSocket\r\nConnection: keep-alive, upgrade", true)]
    [InlineData("Connection: keep-alive\r\nUpgrade: websocket\r\nConnection: Upgrade", true)]
    [InlineData("Connection: Upgrade\r\nConnection: keep-alive\r\nUpgrade: h2c\r\nUpgrade: websocket", true)]
    [InlineData("Connection: keep-alive\r\nUpgrade: websocket\r\nConnection: close", false)]
    [InlineData("Connection: no-upgrade\r\nUpgrade: websocket", false)]
    [InlineData("Connection: Upgrade\r\nUpgrade: websockets", false)]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: other", false)]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate", false)]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol:", false)]
    public void Fields_that_come_twice_are_one_list(string fields, bool upgrades)
    {
        // The pair of key and answer that RFC 6455 shows in 1.3.
        string head = $"HTTP/1.1 101 Switching Protocols\r\n{fields}\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        Exception? trouble = Record.Exception(() => Upgrade.Check(head, "dGhlIHNhbXBsZSBub25jZQ=="));
        Assert.True(upgrades ? trouble is null : trouble is DialException, trouble?.ToString());
    }

    [Theory, Trait("Fault", "31")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "closed")]
    [InlineData("", "closed")]
    public void What_is_no_answer_is_told_by_what_it_is(string answer, string said)
    {
        DialException e = Assert.Throws<DialException>(() => Upgrade.ReadHead(new MemoryStream(Encoding.ASCII.GetBytes(answer))));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_without_end_are_refused_at_the_limit()
    {
        byte[] endless = Encoding.ASCII.GetBytes("HTTP/1.1 101 OK\r\nX: " + new string('x', Upgrade.HeaderBytesMax));
        DialException e = Assert.Throws<DialException>(() => Upgrade.ReadHead(new MemoryStream(endless)));
        Assert.Contains("longer than", e.Message, StringComparison.Ordinal);
    }
}
