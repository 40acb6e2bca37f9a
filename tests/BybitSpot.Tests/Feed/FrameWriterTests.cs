using System.Text;
using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class FrameWriterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    public void A_text_is_sent_masked_final_and_whole(int length)
    {
        string text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + i % 90)));
        byte[] frame = FrameWriter.Text(text);
        Assert.Equal(0x81, frame[0]);
        Assert.Equal(text, Encoding.ASCII.GetString(Unmask(frame)));
    }

    [Fact]
    public void A_pong_carries_the_pings_bytes_back()
    {
        byte[] frame = FrameWriter.Pong([1, 2, 3, 255]);
        Assert.Equal(0x8A, frame[0]);
        Assert.Equal([1, 2, 3, 255], Unmask(frame));
    }

    [Fact]
    public void A_close_carries_its_code()
    {
        byte[] frame = FrameWriter.Close(1009);
        Assert.Equal(0x88, frame[0]);
        Assert.Equal([0x03, 0xF1], Unmask(frame));
    }

    [Fact]
    public void Text_beyond_ASCII_is_sent_as_UTF8() => Assert.Equal("Zürich €", Encoding.UTF8.GetString(Unmask(FrameWriter.Text("Zürich €"))));

    [Fact]
    public void The_mask_is_another_for_each_frame()
    {
        var masks = new HashSet<uint>();
        for (int i = 0; i < 50; i++)
            masks.Add(BitConverter.ToUInt32(FrameWriter.Text("x"), 2));
        Assert.True(masks.Count > 45, $"{masks.Count} masks in 50 frames");
    }

    [Fact]
    public void What_does_not_fit_into_64_KiB_is_a_bug() => Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.Text(new string('x', 65_536)));

    private static byte[] Unmask(byte[] frame)
    {
        Assert.True((frame[1] & 0x80) != 0, "not masked");
        int length = frame[1] & 0x7F, header = 2;
        if (length == 126)
        {
            length = frame[2] << 8 | frame[3];
            header = 4;
            Assert.True(length >= 126, "not the shortest form");
        }
        Assert.Equal(header + 4 + length, frame.Length);
        return [.. frame[(header + 4)..].Select((b, i) => (byte)(b ^ frame[header + i % 4]))];
    }
}
