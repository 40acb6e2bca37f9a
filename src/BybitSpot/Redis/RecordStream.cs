// Below TLS: Redis' socket, as a stream that never waits once the greeting is over. It hands received bytes up one TLS record at a
// time, and only whole ones, so that who reads above it knows beforehand whether a read would wait; what the socket does not take
// at once it keeps. Under the sink's lock, or on the thread that connects. What must stay true:
//   - while connecting every wait has the one deadline, and whoever waits wakes at least every Race.Slice;
//   - afterwards a read without a whole record is an exception, not a wait;
//   - what is owed to the socket is a few records at most: nobody writes more before it is out;
//   - nothing is allocated for a record, and no async method is called on the socket.
using System.Net.Sockets;
using BybitSpot.Net;

namespace BybitSpot.Redis;

internal sealed class RecordStream(Socket socket, TimeProvider time, long deadline, Action? tick) : SpanStream
{
    /// <summary>A record's head: its kind, a version, its length (RFC 8446, section 5.1).</summary>
    private const int HeadBytes = 5;

    /// <summary>Longest record of TLS 1.2, head and all; one of 1.3 is shorter.</summary>
    private const int RecordBytesMax = HeadBytes + 16 * 1024 + 2048;

    private readonly byte[] _came = new byte[2 * RecordBytesMax];
    private int _cameStart, _cameEnd;

    // Of the record that is being handed up.
    private int _left;

    private byte[] _owed = new byte[2 * RecordBytesMax];
    private int _owedStart, _owedEnd;

    private Action? _tick = tick;
    private bool _waits = true;

    /// <summary>What came instead of TLS, if something did: its first characters.</summary>
    public string? NoTls { get; private set; }

    /// <summary>The other side has closed the connection; what came before that may still be read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether a read would be answered.</summary>
    public bool HasRecord => _left > 0 || (RecordBytes is > 0 and var bytes && _cameEnd - _cameStart >= bytes);

    public bool Owes => _owedEnd > _owedStart;

    /// <summary>Connected: from now on nothing waits.</summary>
    public void WaitNoMore() => (_waits, _tick) = (false, null);

    /// <summary>Takes in what has come, without waiting.</summary>
    public void Fill()
    {
        if (_cameStart > 0)
        {
            _came.AsSpan(_cameStart, _cameEnd - _cameStart).CopyTo(_came);
            _cameEnd -= _cameStart;
            _cameStart = 0;
        }
        if (_cameEnd == _came.Length || HasEnded)
            return;
        int received = socket.Receive(_came.AsSpan(_cameEnd), SocketFlags.None, out SocketError error);
        if (received > 0)
            _cameEnd += received;
        else if (error == SocketError.Success)
            HasEnded = true;
        else if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
            throw RedisConnection.Broken(error);
    }

    /// <summary>Sends what is owed, as far as the socket takes it at once.</summary>
    /// <returns>Whether all is out.</returns>
    public bool SendOwed()
    {
        while (_owedStart < _owedEnd)
        {
            int sent = socket.Send(_owed.AsSpan(_owedStart, _owedEnd - _owedStart), SocketFlags.None, out SocketError error);
            if (error is SocketError.WouldBlock or SocketError.Interrupted)
                return false;
            if (error != SocketError.Success)
                throw RedisConnection.Broken(error);
            _owedStart += sent;
        }
        _owedStart = _owedEnd = 0;
        return true;
    }

    public override int Read(Span<byte> buffer)
    {
        while (!HasRecord)
        {
            if (HasEnded)
                return 0;
            if (!_waits)
                throw new NoRecordException();
            Fill();
            if (!HasRecord && !HasEnded)
                Wait(SelectMode.SelectRead);
        }
        if (_left == 0)
            _left = RecordBytes;
        int count = Math.Min(_left, buffer.Length);
        _came.AsSpan(_cameStart, count).CopyTo(buffer);
        _cameStart += count;
        _left -= count;
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_owed.Length - _owedEnd < buffer.Length)
            Array.Resize(ref _owed, _owedEnd + buffer.Length);
        buffer.CopyTo(_owed.AsSpan(_owedEnd));
        _owedEnd += buffer.Length;
        while (!SendOwed() && _waits)
            Wait(SelectMode.SelectWrite);
    }

    // How long the record is that begins at the start of what came, head and all; 0 while that is not known.
    private int RecordBytes
    {
        get
        {
            ReadOnlySpan<byte> came = _came.AsSpan(_cameStart, _cameEnd - _cameStart);
            if (came.IsEmpty)
                return 0;
            // 20 to 24 are the kinds of records, and every version's first number is 3.
            bool isTls = came[0] is >= 20 and <= 24 && (came.Length < 2 || came[1] == 3);
            if (isTls && came.Length < HeadBytes)
                return 0;
            int bytes = isTls ? HeadBytes + (came[3] << 8 | came[4]) : 0;
            if (isTls && bytes <= RecordBytesMax)
                return bytes;
            NoTls ??= ReplyReader.Printable(came);
            throw new IOException("no TLS");
        }
    }

    private void Wait(SelectMode mode)
    {
        TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero)
            throw new TimeoutException();
        // In whole milliseconds: less would not be waited for at all.
        socket.Poll(TimeSpan.FromMilliseconds(Math.Ceiling((left < Race.Slice ? left : Race.Slice).TotalMilliseconds)), mode);
        _tick?.Invoke();
    }
}

/// <summary>No whole record is there. TLS takes it as any trouble of the stream below it, and reads on the next time.</summary>
internal sealed class NoRecordException() : IOException("no whole record is there");
