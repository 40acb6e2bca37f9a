using System.Buffers.Binary;
using System.Text;
using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class FrameReaderTests
{
    private readonly FrameReader _reader = new();

    [Fact]
    public void A_text_frame_is_one_message()
    {
        Assert.Equal(["Text hello"], Read(Frame(1, "hello")));
        Assert.Equal(["Text "], Read(Frame(1, "")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    [InlineData(1 << 20)]
    public void A_message_of_any_length_up_to_1_MiB_comes_whole(int length)
    {
        byte[] payload = Content(length);
        Assert.Equal([(FrameKind.Text, Encoding.Latin1.GetString(payload))], ReadAll(Frame(1, payload)));
    }

    [Fact, Trait("Fault", "17")]
    public void A_message_longer_than_1_MiB_is_refused_from_its_header_on()
    {
        byte[] header = Frame(1, new byte[FrameReader.MessageBytesMax + 1])[..10];
        Broken(1009, header);
        Broken(1009, [0x81, 127, .. BigEndian(100_000_000)]);
        Broken(1009, [0x01, 127, .. BigEndian(long.MaxValue)]);
    }

    [Fact, Trait("Fault", "17")]
    public void Fragments_that_come_to_more_than_1_MiB_are_refused_from_the_header_of_the_first_too_many()
    {
        byte[] half = Content(1 << 19);
        Assert.Equal([(FrameKind.Text, Encoding.Latin1.GetString([.. half, .. half]))],
            ReadAll([.. Frame(1, half, final: false), .. Frame(0, half)]));
        _reader.Reset();
        Broken(1009, [.. Frame(1, half, final: false), .. Frame(0, half, final: false), .. Frame(0, "x")[..2]]);
    }

    [Fact, Trait("Fault", "19")]
    public void One_byte_fragments_with_pings_in_between_are_put_together()
    {
        byte[] stream =
        [
            .. Frame(1, "h", final: false), .. Frame(9, "1"), .. Frame(0, "e", final: false), .. Frame(0, "", final: false),
            .. Frame(10, "2"), .. Frame(0, "y"), .. Frame(1, "next"),
        ];
        Assert.Equal(["Ping 1", "Pong 2", "Text hey", "Text next"], Read(stream));
    }

    [Fact]
    public void A_message_after_a_fragmented_one_has_nothing_of_it() =>
        Assert.Equal(["Text abcdef", "Text xy"], Read([.. Frame(1, "abc", final: false), .. Frame(0, "def"), .. Frame(1, "x", final: false), .. Frame(0, "y")]));

    [Fact]
    public void A_close_frame_is_handed_on_with_its_code_and_reason()
    {
        Assert.Equal([(FrameKind.Close, "\u0003\u00F4bye")], ReadAll(Frame(8, [0x03, 0xF4, .. "bye"u8])));
        Assert.Equal([(FrameKind.Close, "")], ReadAll(Frame(8, "")));
    }

    [Fact]
    public void Control_frames_take_up_to_125_bytes()
    {
        Assert.Equal([(FrameKind.Ping, new string('p', 125))], ReadAll(Frame(9, new string('p', 125))));
        Broken(1002, Frame(9, new string('p', 126)));
        Broken(1002, [0x89, 126, 0, 5, 1, 2, 3, 4, 5]);
    }

    [Theory, Trait("Fault", "20")]
    [InlineData(0x40)]
    [InlineData(0x20)]
    [InlineData(0x10)]
    [InlineData(0x70)]
    public void Reserved_bits_break_the_protocol(byte bits)
    {
        foreach (byte first in (byte[])[0x81, 0x01, 0x89, 0x88])
            Broken(1002, [(byte)(first | bits), 1, (byte)'x']);
    }

    [Fact, Trait("Fault", "20")]
    public void A_binary_frame_breaks_the_protocol()
    {
        Broken(1003, Frame(2, "x"));
        Broken(1003, Frame(2, "x", final: false));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    public void An_unknown_opcode_breaks_the_protocol(byte opcode) => Broken(1002, Frame(opcode, "x"));

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(8)]
    public void A_masked_frame_breaks_the_protocol(byte opcode) => Broken(1002, [(byte)(0x80 | opcode), 0x81, 1, 2, 3, 4, 5]);

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void A_fragmented_control_frame_breaks_the_protocol(byte opcode) => Broken(1002, Frame(opcode, "x", final: false));

    [Fact]
    public void A_continuation_without_a_beginning_breaks_the_protocol()
    {
        Broken(1002, Frame(0, "x"));
        Broken(1002, Frame(0, "x", final: false));
        Broken(1002, [.. Frame(1, "whole"), .. Frame(0, "x")]);
        Broken(1002, [.. Frame(1, "a", final: false), .. Frame(0, "b"), .. Frame(0, "c")]);
    }

    [Fact]
    public void A_new_message_before_the_end_of_a_fragmented_one_breaks_the_protocol()
    {
        Broken(1002, [.. Frame(1, "a", final: false), .. Frame(1, "b")]);
        Broken(1002, [.. Frame(1, "a", final: false), .. Frame(1, "b", final: false)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    public void A_length_below_126_in_two_bytes_breaks_the_protocol(int length) =>
        Broken(1002, [0x81, 126, 0, (byte)length, .. new byte[length]]);

    [Theory]
    [InlineData(0)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void A_length_below_65536_in_eight_bytes_or_a_negative_one_breaks_the_protocol(long length) => Broken(1002, [0x81, 127, .. BigEndian(length)]);

    [Fact]
    public void A_new_connection_begins_without_anything_of_the_last()
    {
        Assert.Empty(ReadAll([.. Frame(1, "part of a message", final: false), .. Frame(0, "cut")[..3]]));
        _reader.Reset();
        Assert.Equal(["Text new"], Read(Frame(1, "new")));
        Broken(1002, Frame(3, ""));
        _reader.Reset();
        Assert.Null(_reader.Violation.Reason);
        Assert.Equal(["Text new"], Read(Frame(1, "new")));
    }

    [Fact]
    public void However_the_bytes_are_cut_into_reads_the_same_messages_come_out() =>
        Holds.ForSeeds(400, random =>
        {
            var stream = new List<byte>();
            var expected = new List<(FrameKind, string)>();
            int longMessages = 0;
            for (int messages = random.Next(1, 12); messages > 0; messages--)
            {
                int length = random.Next(20) switch
                {
                    0 when longMessages++ == 0 => random.Next(60_000, 200_000),
                    1 or 2 => random.Next(124, 130),
                    3 => random.Next(65_530, 65_540),
                    _ => random.Next(600),
                };
                AddMessage(stream, expected, Content(length), random);
            }
            _reader.Reset();
            int most = random.Next(4) switch { 0 => 1, 1 => 7, 2 => 1_000, _ => 1 << 20 };
            if (stream.Count > 100_000 && most < 1_000)
                most = 1_000;
            Assert.Equal(expected, ReadAll(stream.ToArray(), () => random.Next(1, most + 1)));
        });

    [Fact]
    public void Reading_messages_allocates_nothing()
    {
        byte[] stream = [.. Frame(1, Content(500)), .. Frame(9, "ping"), .. Frame(1, Content(300), final: false), .. Frame(0, Content(200))];
        static int Turn(FrameReader reader, byte[] stream)
        {
            int bytes = 0;
            stream.CopyTo(reader.Free);
            reader.Received(stream.Length);
            while (reader.Next(out ReadOnlySpan<byte> payload) != FrameKind.None)
                bytes += payload.Length;
            return bytes;
        }
        long bytes = 0;
        Allocations.None(() =>
        {
            for (int i = 0; i < 500; i++)
                bytes += Turn(_reader, stream);
        });
        Assert.True(bytes > 0 && bytes % (1_004 * 500) == 0, $"{bytes} bytes");
    }

    // One message, sometimes in fragments with control frames in between.
    private static void AddMessage(List<byte> stream, List<(FrameKind, string)> expected, byte[] payload, Random random)
    {
        int fragments = random.Next(3) == 0 ? random.Next(2, 6) : 1;
        int from = 0;
        for (int fragment = 1; fragment <= fragments; fragment++)
        {
            int to = fragment == fragments ? payload.Length : random.Next(from, payload.Length + 1);
            stream.AddRange(Frame(fragment == 1 ? (byte)1 : (byte)0, payload[from..to], fragment == fragments));
            from = to;
            if (random.Next(4) != 0 || fragment == fragments)
                continue;
            byte[] control = Content(random.Next(126));
            bool isPing = random.Next(2) == 0;
            stream.AddRange(Frame(isPing ? (byte)9 : (byte)10, control));
            expected.Add((isPing ? FrameKind.Ping : FrameKind.Pong, Encoding.Latin1.GetString(control)));
        }
        expected.Add((FrameKind.Text, Encoding.Latin1.GetString(payload)));
    }

    private void Broken(ushort closeCode, byte[] stream)
    {
        _reader.Reset();
        List<(FrameKind Kind, string)> read = ReadAll(stream);
        Assert.Equal(FrameKind.Broken, read[^1].Kind);
        Assert.Equal(closeCode, _reader.Violation.CloseCode);
        Assert.False(string.IsNullOrEmpty(_reader.Violation.Reason));
        // Broken stays broken: what comes after is never taken.
        Assert.Equal(FrameKind.Broken, _reader.Next(out _));
        _reader.Reset();
        // The verdict does not depend on how the bytes were cut.
        Assert.Equal(FrameKind.Broken, ReadAll(stream, () => 1)[^1].Kind);
        _reader.Reset();
    }

    private List<string> Read(byte[] stream) => [.. ReadAll(stream).Select(m => $"{m.Kind} {m.Payload}")];

    private List<(FrameKind Kind, string Payload)> ReadAll(byte[] stream, Func<int>? cut = null)
    {
        var read = new List<(FrameKind, string)>();
        int at = 0;
        while (true)
        {
            FrameKind kind = _reader.Next(out ReadOnlySpan<byte> payload);
            if (kind != FrameKind.None)
            {
                read.Add((kind, Encoding.Latin1.GetString(payload)));
                if (kind == FrameKind.Broken)
                    return read;
                continue;
            }
            if (at == stream.Length)
                return read;
            Span<byte> free = _reader.Free;
            Assert.False(free.IsEmpty, "no room for the next bytes");
            int bytes = Math.Min(Math.Min(cut?.Invoke() ?? int.MaxValue, free.Length), stream.Length - at);
            stream.AsSpan(at, bytes).CopyTo(free);
            _reader.Received(bytes);
            at += bytes;
        }
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        for (int i = 0; i < length; i++)
            content[i] = (byte)(i * 31 + i / 251);
        return content;
    }

    private static byte[] Frame(byte opcode, string text, bool final = true) => Frame(opcode, Encoding.UTF8.GetBytes(text), final);

    private static byte[] Frame(byte opcode, byte[] payload, bool final = true)
    {
        byte first = (byte)((final ? 0x80 : 0) | opcode);
        return payload.Length switch
        {
            < 126 => [first, (byte)payload.Length, .. payload],
            <= 65_535 => [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
            _ => [first, 127, .. BigEndian(payload.Length), .. payload],
        };
    }

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
