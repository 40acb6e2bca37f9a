using System.Text;
using System.Text.Json;
using BybitSpot.App;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Recorded;

public sealed class FrameTextTests
{
    private const long AtUs = 1_786_310_819_526_044;

    [Fact]
    public void A_message_is_a_line_as_recordings_have_it()
    {
        Assert.Equal(
            "{\"dir\":\"in\",\"recv_ts\":1786310819.526044,\"raw\":\"{\\\"topic\\\":\\\"tickers.BTCUSDT\\\"}\"}\n",
            Line("{\"topic\":\"tickers.BTCUSDT\"}"u8));
        Assert.Equal("{\"dir\":\"out\",\"recv_ts\":5.000001,\"raw\":\"\"}\n", Line(""u8, incoming: false, atUs: 5_000_001));
        Assert.EndsWith(",\"raw\":\"a\",\"line\":2}\n", Line("a"u8, number: 2), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_bytes_a_message_has_they_come_back_and_its_line_is_one_JSON_object()
    {
        Holds.ForAll(ArbMap.Default.GeneratorFor<byte[]>(), 500, bytes =>
        {
            string line = Line(bytes);
            Assert.Equal(line.Length - 1, line.IndexOf('\n'));
            JsonElement object_ = JsonDocument.Parse(line).RootElement;
            Assert.Equal(Encoding.UTF8.GetString(bytes), object_.GetProperty("raw").GetString());
            (RecordedFrame frame, byte[] message) = Parse(line)!.Value;
            Assert.Equal((true, AtUs, 1), (frame.Incoming, frame.AtUs, frame.Line));
            Assert.Equal(bytes, message);
        });
    }

    [Fact]
    public void Wherever_in_a_long_message_something_is_escaped_it_comes_back() => Holds.ForSeeds(1_000, random =>
    {
        char[] some = random.Next(2) == 0 ? ['"', '\\', 'a', 'é'] : ['"', '\\', 'a', 'b', 'c', 'd', '\u0001', '\n'];
        string text = new(random.GetItems(some, random.Next(200)));
        string line = Line(Encoding.UTF8.GetBytes(text));
        Assert.Equal(text, JsonDocument.Parse(line).RootElement.GetProperty("raw").GetString());
        Assert.Equal(text, Encoding.UTF8.GetString(Parse(line)!.Value.Message));
    });

    [Theory]
    [InlineData("größe цена 価格 🚀")]
    [InlineData("\"\\\u0000\u001f\t\r\n/")]
    public void A_text_comes_back_as_it_was(string text) => Assert.Equal(text, Encoding.UTF8.GetString(Parse(Line(Encoding.UTF8.GetBytes(text)))!.Value.Message));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1}")]
    [InlineData("{\"dir\":\"in\",\"raw\":\"\"}")]
    [InlineData("{\"dir\":\"up\",\"recv_ts\":1,\"raw\":\"\"}")]
    [InlineData("{\"recv_ts\":1,\"raw\":\"\"}")]
    [InlineData("{\"dir\":1,\"recv_ts\":1,\"raw\":\"\"}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":\"1\",\"raw\":\"\"}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":-1,\"raw\":\"\"}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1e300,\"raw\":\"\"}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1,\"raw\":{}}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1,\"raw\":\"\\ud800\"}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1,\"raw\":\"\",\"line\":64}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1,\"raw\":\"\",\"bytes\":\"*\"}")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1,\"raw\":\"\"}x")]
    public void A_damaged_line_is_none(string line) => Assert.Null(Parse(line));

    [Fact]
    public void Keys_may_stand_in_any_order_and_others_beside_them() =>
        Assert.Equal("a", Encoding.UTF8.GetString(Parse("{\"x\":{\"raw\":1},\"raw\":\"a\",\"conn\":[1],\"recv_ts\":1.5,\"dir\":\"out\"}")!.Value.Message));

    [Fact]
    public void Writing_a_line_allocates_nothing()
    {
        byte[] into = new byte[4096];
        Allocations.None(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                int used = 0;
                FrameText.Add(ref into, ref used, 1, true, AtUs + i, "{\"topic\":\"tickers.BTCUSDT\",\"ts\":1786310819126}"u8);
            }
        });
    }

    internal static string Line(ReadOnlySpan<byte> message, bool incoming = true, long atUs = AtUs, int number = 1)
    {
        byte[] into = [];
        int used = 0;
        FrameText.Add(ref into, ref used, number, incoming, atUs, message);
        return Encoding.UTF8.GetString(into, 0, used);
    }

    private static (RecordedFrame Frame, byte[] Message)? Parse(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line), message = new byte[bytes.Length];
        return RecordedFrame.TryParse(bytes, message, out RecordedFrame frame) ? (frame, message[..frame.Length]) : null;
    }
}
