// Reads a small file that a user names: whole, if it is an ordinary file and no larger than is allowed, else not at all. Any
// thread. What must stay true: no more is read than may be kept; on Linux (LinuxFile) nothing waits for somebody at the other end
// of whatever stands at the path, nor happens to it by being opened. Elsewhere the framework opens it, and what is no file can
// hold the thread up as a disk can, which PatientReader sees to.
using Microsoft.Win32.SafeHandles;

namespace BybitSpot.App;

/// <summary>What came of reading.</summary>
/// <param name="Buffer">Holds the content, and may be longer; it is the reader's, until the next time.</param>
/// <param name="Trouble">Why there is no content, in words that follow the file's name; null if there is.</param>
/// <param name="IsMissing">There is nothing at the path.</param>
/// <param name="IsUnlinked">The file has no name in any folder any more, though the path still shows it: another one took its name, behind a mount.</param>
internal readonly record struct FileContent(byte[] Buffer, int Length, string? Trouble = null, bool IsMissing = false, bool IsUnlinked = false)
{
    public ReadOnlySpan<byte> Span => Buffer.AsSpan(0, Length);

    public static FileContent Not(string trouble, bool isMissing = false) => new([], 0, trouble, isMissing);

    public static FileContent Missing => Not("does not exist", isMissing: true);

    public static FileContent Unreadable => Not("cannot be read");
}

internal static class OrdinaryFile
{
    /// <param name="buffer">Used again and again, and replaced by a larger one where that is needed.</param>
    public static FileContent Read(string path, int bytesMax, ref byte[] buffer) =>
        OperatingSystem.IsLinux() ? LinuxFile.Read(path, bytesMax, ref buffer) : ReadPlainly(path, bytesMax, ref buffer);

    /// <summary>By the framework alone.</summary>
    public static FileContent ReadPlainly(string path, int bytesMax, ref byte[] buffer)
    {
        try
        {
            if (Directory.Exists(path))
                return FileContent.Not("is a directory");
            // Whoever saves it meanwhile, in place or by a rename, is not kept from it.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!file.CanSeek)
                return FileContent.Not("is no ordinary file");
            return file.Length > bytesMax ? TooLarge(bytesMax) : Content(file.SafeFileHandle, bytesMax, ref buffer);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileContent.Missing;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return FileContent.Unreadable;
        }
    }

    /// <summary>All that is in an open file, or that it is too large.</summary>
    public static FileContent Content(SafeFileHandle handle, int bytesMax, ref byte[] buffer)
    {
        int length = 0;
        try
        {
            while (true)
            {
                // One byte more than is allowed is enough to know; a size that was told may be none (/proc).
                if (length == buffer.Length)
                    Array.Resize(ref buffer, (int)Math.Min(Math.Max(buffer.Length * 2L, 4096), bytesMax + 1L));
                int count = RandomAccess.Read(handle, buffer.AsSpan(length), length);
                length += count;
                if (length > bytesMax)
                    return TooLarge(bytesMax);
                if (count == 0)
                    return new FileContent(buffer, length);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return FileContent.Unreadable;
        }
    }

    public static FileContent TooLarge(int bytesMax) => FileContent.Not($"is larger than {bytesMax} bytes");
}
