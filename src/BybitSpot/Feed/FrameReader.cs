// WebSocket frames (RFC 6455, the client's side) cut out of the stream of bytes, fragments put together. Owned by one line's
// thread. Whole messages are handed out in place, nothing allocated. What must stay true: a message is bounded at 1 MiB and
// refused from its header on, before its bytes are taken; what breaks the protocol ends the connection (masks, reserved
// bits, binary frames, fragments out of place); what merely breaks a message's content is the decoder's business.
using System.Buffers.Binary;

namespace BybitSpot.Feed;

internal enum FrameKind : byte
{
    /// <summary>No whole message yet: more bytes are needed.</summary>
    None,
    Text,
    Ping,
    Pong,
    Close,

    /// <summary>The protocol is broken; see <see cref="FrameReader.Violation"/>.</summary>
    Broken,
}

internal sealed class FrameReader
{
    /// <summary>Longest message, in bytes. The longest documented, 1,024 trades, has about 130 KB.</summary>
    public const int MessageBytesMax = 1 << 20;

    private const int HeaderBytesMax = 10;
    private const int BufferBytesFirst = 128 * 1024;

    private byte[] _buffer = new byte[BufferBytesFirst];
    private int _start, _end, _needed;
    private byte[] _assembly = [];
    private int _assembled;
    private bool _inMessage;

    /// <summary>What broke the protocol, and the close code that says so.</summary>
    public (string? Reason, ushort CloseCode) Violation { get; private set; }

    /// <summary>For a new connection: nothing of the last one is left.</summary>
    public void Reset()
    {
        _start = _end = _needed = _assembled = 0;
        _inMessage = false;
        Violation = default;
    }

    /// <summary>Room for the next bytes; never empty, and enough for the frame that has begun.</summary>
    public Span<byte> Free
    {
        get
        {
            if (_start == _end)
                _start = _end = 0;
            else if (_start > 0 && (_buffer.Length - _end < _buffer.Length / 4 || _start + _needed > _buffer.Length))
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            if (_needed > _buffer.Length)
                Array.Resize(ref _buffer, _needed);
            return _buffer.AsSpan(_end);
        }
    }

    /// <summary>So many bytes were put into <see cref="Free"/>.</summary>
    public void Received(int bytes) => _end += bytes;

    /// <summary>The next whole message or control frame.</summary>
    /// <param name="payload">Its bytes, until the next call of anything here.</param>
    public FrameKind Next(out ReadOnlySpan<byte> payload)
    {
        while (true)
        {
            payload = default;
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            _needed = HeaderBytesMax;
            if (rest.Length < 2)
                return FrameKind.None;
            int header = 2;
            long length = rest[1] & 0x7F;
            if (length == 126)
            {
                header = 4;
                if (rest.Length < header)
                    return FrameKind.None;
                length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            }
            else if (length == 127)
            {
                header = 10;
                if (rest.Length < header)
                    return FrameKind.None;
                length = BinaryPrimitives.ReadInt64BigEndian(rest[2..]);
            }
            bool final = (rest[0] & 0x80) != 0;
            int opcode = rest[0] & 0x0F;
            // Nearly all are whole text messages of less than 64 KiB; the others are looked at rule by rule.
            bool isPlain = rest[0] == 0x81 && !_inMessage && rest[1] <= 126 && (header == 2 || length > 125);
            if (!isPlain && IsBroken(rest[0], rest[1], opcode, final, header, length))
                return FrameKind.Broken;
            int whole = header + (int)length;
            if (rest.Length < whole)
            {
                _needed = whole;
                return FrameKind.None;
            }
            payload = rest[header..whole];
            _start += whole;
            if (opcode >= 8)
                return opcode == 8 ? FrameKind.Close : opcode == 9 ? FrameKind.Ping : FrameKind.Pong;
            if (final && !_inMessage)
                return FrameKind.Text;
            Assemble(payload);
            _inMessage = !final;
            if (!final)
                continue;
            payload = _assembly.AsSpan(0, _assembled);
            _assembled = 0;
            return FrameKind.Text;
        }
    }

    private bool IsBroken(byte first, byte second, int opcode, bool final, int header, long length)
    {
        bool isControl = opcode >= 8;
        Violation = 0 switch
        {
            _ when (first & 0x70) != 0 => ("reserved bits are set, and no extension was agreed on", 1002),
            _ when (second & 0x80) != 0 => ("a frame from the server is masked", 1002),
            _ when opcode is not (0 or 1 or 2 or 8 or 9 or 10) => ($"unknown opcode {opcode}", 1002),
            _ when isControl && (!final || length > 125) => ("a control frame is fragmented or longer than 125 bytes", 1002),
            _ when opcode == 2 => ("a binary frame, where only text is agreed on", 1003),
            _ when !isControl && opcode == 0 != _inMessage => ("a fragment out of place", 1002),
            _ when length < 0 || (header == 4 && length < 126) || (header == 10 && length <= ushort.MaxValue) =>
                ("a frame's length is not written in its shortest form", 1002),
            _ when !isControl && _assembled + length > MessageBytesMax => ($"a message of more than {MessageBytesMax} bytes", 1009),
            _ => (null, (ushort)0),
        };
        return Violation.Reason is not null;
    }

    private void Assemble(ReadOnlySpan<byte> fragment)
    {
        if (_assembly.Length < _assembled + fragment.Length)
            Array.Resize(ref _assembly, Math.Min(MessageBytesMax, Math.Max(4096, 2 * (_assembled + fragment.Length))));
        fragment.CopyTo(_assembly.AsSpan(_assembled));
        _assembled += fragment.Length;
    }
}
