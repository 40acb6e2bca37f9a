namespace BybitSpot.App;

/// <summary>
/// stdout or stderr, unbuffered. A failed write throws an <see cref="IOException"/> whose HResult is the errno, so that a
/// closed pipe can be told from a full disk.
/// </summary>
internal sealed class DescriptorStream(int descriptor) : Stream
{
    public static DescriptorStream Output => new(1);
    public static DescriptorStream Error => new(2);

    /// <summary>Says something on stderr before there is a log; if stderr takes nothing, the exit status has to do.</summary>
    public static void Tell(string text)
    {
        try
        {
            Error.Write(System.Text.Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (IOException)
        {
            // There is nobody left to tell.
        }
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int error = Native.WriteAll(descriptor, buffer);
        if (error != 0)
            throw new IOException($"write to descriptor {descriptor} failed (errno {error})", error);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
