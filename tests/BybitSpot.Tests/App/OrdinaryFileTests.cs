using System.Net.Sockets;
using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using Xunit;

namespace BybitSpot.Tests.App;

[Trait("Fault", "96")]
public sealed class OrdinaryFileTests : IDisposable
{
    private const int BytesMax = 10_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pipe", "is a pipe (FIFO); only an ordinary file is read")]
    [InlineData("link to a pipe", "is a pipe (FIFO); only an ordinary file is read")]
    [InlineData("socket", "is a socket; only an ordinary file is read")]
    [InlineData("/dev/zero", "is a device; only an ordinary file is read")]
    [InlineData("/dev/null", "is a device; only an ordinary file is read")]
    [InlineData("/dev/ptmx", "is a device; only an ordinary file is read")]
    [InlineData("directory", "is a directory")]
    [InlineData("1 GB", "is larger than 10000 bytes")]
    [InlineData("one byte too many", "is larger than 10000 bytes")]
    [InlineData("/proc/kcore", "is larger than 10000 bytes")]
    [InlineData("link to itself", "cannot be read")]
    [InlineData("nothing", "does not exist")]
    [InlineData("/dev/null/x", "does not exist")]
    public void What_is_no_ordinary_file_of_its_size_is_refused_at_once(string what, string trouble)
    {
        Assert.SkipWhen(what == "/proc/kcore" && !File.Exists(what), "not here");
        FileContent read = ReadInTime(Made(what));
        Assert.Equal(trouble, read.Trouble);
        Assert.Equal(what is "nothing" or "/dev/null/x", read.IsMissing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(BytesMax)]
    public void An_ordinary_file_comes_whole(int length)
    {
        byte[] content = new byte[length];
        Random.Shared.NextBytes(content);
        File.WriteAllBytes(_folder.File("file"), content);
        byte[] buffer = [];
        for (int i = 0; i < 2; i++)
        {
            FileContent read = OrdinaryFile.Read(_folder.File("file"), BytesMax, ref buffer);
            Assert.Null(read.Trouble);
            Assert.Equal(content, read.Span.ToArray());
            Assert.False(read.IsUnlinked);
        }
    }

    // Elsewhere than on Linux, where the framework alone looks at it.
    [Theory]
    [InlineData("directory", "is a directory")]
    [InlineData("1 GB", "is larger than 10000 bytes")]
    [InlineData("one byte too many", "is larger than 10000 bytes")]
    [InlineData("/dev/zero", "is larger than 10000 bytes")]
    [InlineData("link to itself", "cannot be read")]
    [InlineData("nothing", "does not exist")]
    public void By_the_framework_alone_what_is_no_file_of_its_size_is_refused_too(string what, string trouble)
    {
        byte[] buffer = [];
        FileContent read = OrdinaryFile.ReadPlainly(Made(what), BytesMax, ref buffer);
        Assert.Equal(trouble, read.Trouble);
        Assert.Equal(what is "nothing", read.IsMissing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(BytesMax)]
    public void By_the_framework_alone_an_ordinary_file_comes_whole_and_may_be_replaced_meanwhile(int length)
    {
        byte[] content = new byte[length];
        Random.Shared.NextBytes(content);
        File.WriteAllBytes(_folder.File("file"), content);
        byte[] buffer = [];
        using FileStream writer = new(_folder.File("file"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        FileContent read = OrdinaryFile.ReadPlainly(_folder.File("file"), BytesMax, ref buffer);
        Assert.Null(read.Trouble);
        Assert.Equal(content, read.Span.ToArray());
    }

    // Files of the kernel's are ordinary ones by their type, tell no size, and may have no end or wait for news.
    [Theory]
    [InlineData("/proc/self/status")]
    [InlineData("/proc/kmsg")]
    [InlineData("/proc/self/mem")]
    [InlineData("/proc/self/pagemap")]
    [InlineData("/sys/kernel/debug/tracing/trace_pipe")]
    public void A_file_of_the_kernels_is_read_or_refused_but_never_waited_for(string path)
    {
        Assert.SkipUnless(File.Exists(path), "not here");
        FileContent read = ReadInTime(path);
        Assert.InRange(read.Length, 0, BytesMax);
    }

    [Fact]
    public void A_file_that_becomes_a_pipe_and_a_file_again_never_holds_anybody_up()
    {
        string path = _folder.File("file");
        File.WriteAllText(path, "{}");
        using var end = new CancellationTokenSource();
        Thread swapper = Start(() =>
        {
            while (!end.IsCancellationRequested)
            {
                MakePipe(_folder.File("next"));
                File.Move(_folder.File("next"), path, overwrite: true);
                _folder.Write("next", "{}");
                File.Move(_folder.File("next"), path, overwrite: true);
            }
        });
        byte[] buffer = [];
        Thread reader = Start(() =>
        {
            for (int i = 0; i < 20_000; i++)
                OrdinaryFile.Read(path, BytesMax, ref buffer);
        });
        bool ended = reader.Join(TimeSpan.FromSeconds(60));
        end.Cancel();
        Assert.True(ended, "it hangs");
        Assert.True(swapper.Join(TimeSpan.FromSeconds(30)));
    }

    private FileContent ReadInTime(string path)
    {
        FileContent? read = null;
        byte[] buffer = [];
        Thread reader = Start(() => read = OrdinaryFile.Read(path, BytesMax, ref buffer));
        Assert.True(reader.Join(TimeSpan.FromSeconds(20)), "it hangs");
        return read!.Value;
    }

    private string Made(string what)
    {
        string path = _folder.File("file");
        switch (what)
        {
            case "pipe":
                MakePipe(path);
                break;
            case "link to a pipe":
                MakePipe(_folder.File("pipe"));
                File.CreateSymbolicLink(path, "pipe");
                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                    socket.Bind(new UnixDomainSocketEndPoint(path));
                // The framework takes it away with the object.
                if (!File.Exists(path))
                    Assert.Equal(0, Script.Run("python3", ["-c", $"import socket; socket.socket(socket.AF_UNIX).bind('{path}')"]).Status);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "1 GB":
                using (FileStream file = File.Create(path))
                    file.SetLength(1L << 30);
                break;
            case "one byte too many":
                File.WriteAllBytes(path, new byte[BytesMax + 1]);
                break;
            case "link to itself":
                File.CreateSymbolicLink(path, "file");
                break;
            case ['/', ..]:
                return what;
        }
        return path;
    }

    private static void MakePipe(string path) => Assert.Equal(0, Script.Run("mkfifo", [path]).Status);

    private static Thread Start(ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
