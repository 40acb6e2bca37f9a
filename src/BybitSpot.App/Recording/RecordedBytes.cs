// The bytes of a recording as they were before compression: a file, from its start or from a minute of its index, or the standard input.
// What it is, its first bytes say, not its name. What must stay true: a compressed file that was cut off anywhere gives what can be had
// of it and then ends; so does one that is damaged, and that is not the same: IsDamaged.
using System.IO.Compression;
using ZstdSharp;

namespace BybitSpot.App;

internal sealed class RecordedBytes : IDisposable
{
    private readonly Stream _file;
    private readonly Stream _plain;

    private RecordedBytes(Stream file, Stream plain) => (_file, _plain) = (file, plain);

    public bool IsCompressed => _plain is GZipStream or DecompressionStream;

    /// <summary>Of the file itself; 0 where that is not known.</summary>
    public long Length => _file.CanSeek ? _file.Length : 0;

    /// <summary>It cannot be read farther, though the file goes on.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>How much of the file itself has been read.</summary>
    public long Read { get; private set; }

    /// <exception cref="IOException">It cannot be opened, nor <see cref="UnauthorizedAccessException"/>.</exception>
    public static RecordedBytes Open(string path, long offset)
    {
        bool isInput = path == RecordName.Output;
        Stream file = isInput ? System.Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        try
        {
            if (offset > 0)
                file.Position = offset;
            var head = new byte[4];
            int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            Stream whole = new HeadedStream(head.AsSpan(0, length).ToArray(), file);
            Stream plain = length >= 2 && head is [0x1F, 0x8B, ..] ? new GZipStream(whole, CompressionMode.Decompress)
                : head is [0x28, 0xB5, 0x2F, 0xFD] ? new DecompressionStream(whole)
                : whole;
            return new RecordedBytes(file, plain);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>0 at the end.</summary>
    public int Take(Span<byte> into)
    {
        int read = 0;
        try
        {
            read = _plain.Read(into);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ZstdException)
        {
            // Cut off, or damaged, if the file goes on.
        }
        if (!_file.CanSeek)
            return read;
        Read = _file.Position;
        if (read == 0)
            IsDamaged = Read < _file.Length;
        return read;
    }

    public void Dispose()
    {
        _plain.Dispose();
        _file.Dispose();
    }

    /// <summary>Some bytes that were read already, and the rest.</summary>
    private sealed class HeadedStream(byte[] head, Stream rest) : Stream
    {
        private int _taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, head.Length - _taken);
            if (count == 0)
                return rest.Read(buffer);
            head.AsSpan(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
