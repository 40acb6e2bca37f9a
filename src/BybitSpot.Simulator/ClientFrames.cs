using System.Buffers.Binary;

namespace BybitSpot.Simulator;

internal enum ClientEvent
{
    /// <summary>More bytes are needed.</summary>
    None,
    Text,
    Binary,
    Ping,
    Pong,
    Close,

    /// <summary>The client broke RFC 6455: no mask, reserved bits, a bad opcode, a fragmented control frame. Closed with 1002.</summary>
    ProtocolError,

    /// <summary>Beyond <see cref="ClientFrames.MessageMaxBytes"/>. Closed with 1009.</summary>
    TooLarge,
}

// Cuts what a client sends into messages: unmasks, joins fragments, and is strict, since the client under test must be.
// Fed by the connection's reader alone. After an error it is not used again.
internal sealed class ClientFrames
{
    /// <summary>21,000 characters of args is the exchange's own bound; this leaves room for the frame around them.</summary>
    public const int MessageMaxBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[MessageMaxBytes + 14];
    private readonly byte[] _message = new byte[MessageMaxBytes];
    private int _start;
    private int _end;
    private int _messageBytes;
    private byte _messageCode;

    /// <summary>Where the next read goes; never empty, as a frame that wouldn't fit is refused by its header.</summary>
    public Memory<byte> Room
    {
        get
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            return _buffer.AsMemory(_end);
        }
    }

    public void Filled(int bytes) => _end += bytes;

    public ClientEvent Next(out ReadOnlySpan<byte> payload)
    {
        while (true)
        {
            payload = default;
            var have = _buffer.AsSpan(_start, _end - _start);
            if (have.Length < 2) return ClientEvent.None;
            var code = (byte)(have[0] & 0x0F);
            var fin = (have[0] & RawFrames.Fin) != 0;
            if ((have[0] & 0x70) != 0 || (have[1] & 0x80) == 0) return ClientEvent.ProtocolError;
            long length = have[1] & 0x7F;
            var header = length switch { 126 => 4, 127 => 10, _ => 2 };
            if (have.Length < header + 4) return ClientEvent.None;
            if (header == 4) length = BinaryPrimitives.ReadUInt16BigEndian(have[2..]);
            if (header == 10) length = BinaryPrimitives.ReadInt64BigEndian(have[2..]);
            if (length is < 0 or > MessageMaxBytes) return ClientEvent.TooLarge;
            if (have.Length < header + 4 + length) return ClientEvent.None;

            var key = have.Slice(header, 4);
            var body = have.Slice(header + 4, (int)length);
            for (var i = 0; i < body.Length; i++) body[i] ^= key[i & 3];
            _start += header + 4 + (int)length;

            if (code >= RawFrames.CloseCode)
            {
                payload = body;
                return !fin || length > 125 ? ClientEvent.ProtocolError : code switch
                {
                    RawFrames.CloseCode => ClientEvent.Close,
                    RawFrames.PingCode => ClientEvent.Ping,
                    RawFrames.PongCode => ClientEvent.Pong,
                    _ => ClientEvent.ProtocolError,
                };
            }
            var verdict = Join(code, fin, body, out payload);
            if (verdict != ClientEvent.None) return verdict;
        }
    }

    private ClientEvent Join(byte code, bool fin, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        var first = code is RawFrames.TextCode or RawFrames.BinaryCode;
        if (!first && code != RawFrames.ContinuationCode) return ClientEvent.ProtocolError;
        if (first != (_messageCode == 0)) return ClientEvent.ProtocolError;
        if (first) _messageCode = code;
        if (_messageBytes + body.Length > MessageMaxBytes) return ClientEvent.TooLarge;
        body.CopyTo(_message.AsSpan(_messageBytes));
        _messageBytes += body.Length;
        if (!fin) return ClientEvent.None;

        payload = _message.AsSpan(0, _messageBytes);
        var verdict = _messageCode == RawFrames.TextCode ? ClientEvent.Text : ClientEvent.Binary;
        _messageBytes = 0;
        _messageCode = 0;
        return verdict;
    }
}
