// One file of a recording while it is written, compressed or not, and the index beside it: FILE.index has a line for each minute, the
// time of its first message and the byte at which it begins ("1786310819.526044 12345"). A compressed file has a member of its own (gzip) or
// a frame (zstd) for each minute, so that reading can begin there. One thread. What must stay true: what was flushed can be read, however the program
// ends; the index is written behind what it points to, and a recording without one is whole.
using System.Globalization;
using System.IO.Compression;
using System.Text;
using ZstdSharp;

namespace BybitSpot.App;

internal sealed class RecordFile : IDisposable
{
    /// <summary>What is added to a recording's name for its index.</summary>
    public const string IndexEnding = ".index";

    // The quickest that the tool offers by a number.
    private const int ZstdLevel = 1;

    private readonly CountedStream _file;
    private readonly RecordForm _form;
    private FileStream? _index;
    private Stream? _member;
    private bool _unflushed;

    private RecordFile(string path, Stream file, FileStream? index, RecordForm form)
    {
        Path = path;
        _file = new CountedStream(file);
        _index = index;
        _form = form;
    }

    /// <summary>As it is called, for people.</summary>
    public string Path { get; }

    /// <summary>Written so far; of a compressed file what has left the compressor.</summary>
    public long Bytes => _file.Bytes;

    /// <summary>Makes a new file; null: there is one of this name.</summary>
    /// <exception cref="IOException">It cannot be made, nor <see cref="UnauthorizedAccessException"/>.</exception>
    public static RecordFile? TryCreate(string path, RecordForm form)
    {
        if (File.Exists(path) || Directory.Exists(path))
            return null;
        FileStream file;
        try
        {
            file = New(path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was quicker.
            return null;
        }
        FileStream? index = null;
        try
        {
            index = new FileStream(path + IndexEnding, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is read from its start, then.
        }
        return new RecordFile(path, file, index, form);
    }

    /// <summary>Writes to what is open already, without an index.</summary>
    public static RecordFile To(Stream output, string name) => new(name, output, null, RecordForm.Plain);

    /// <summary>A minute begins with the next line.</summary>
    /// <param name="atUs">When its first message came, in microseconds since 1970.</param>
    public void BeginMinute(long atUs)
    {
        EndMember();
        if (_index is null)
            return;
        try
        {
            _index.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{atUs / 1_000_000}.{atUs % 1_000_000:D6} {Bytes}\n")));
        }
        catch (IOException)
        {
            // A full disk tells itself at the next line that matters.
            DropIndex();
        }
    }

    /// <summary>Whole lines.</summary>
    public void Write(ReadOnlySpan<byte> lines)
    {
        if (_form == RecordForm.Plain)
        {
            _file.Write(lines);
            return;
        }
        _member ??= _form == RecordForm.Gzip ? new GZipStream(_file, CompressionLevel.Fastest, leaveOpen: true) : new CompressionStream(_file, ZstdLevel, leaveOpen: true);
        _member.Write(lines);
        _unflushed = true;
    }

    /// <summary>All that was written is the system's from now on, and can be read.</summary>
    public void Flush()
    {
        // A flush leaves some bytes in the file, whether or not there was something to flush.
        if (_unflushed)
            _member?.Flush();
        _unflushed = false;
    }

    /// <summary>Ends it whole; a disk that takes no more is an <see cref="IOException"/>, and all is closed.</summary>
    public void Dispose()
    {
        try
        {
            EndMember();
        }
        finally
        {
            _file.Dispose();
            DropIndex();
        }
    }

    private static FileStream New(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void EndMember()
    {
        Stream? member = _member;
        _member = null;
        member?.Dispose();
    }

    private void DropIndex()
    {
        _index?.Dispose();
        _index = null;
    }

    private sealed class CountedStream(Stream inner) : WriteOnlyStream
    {
        public long Bytes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            Bytes += buffer.Length;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
