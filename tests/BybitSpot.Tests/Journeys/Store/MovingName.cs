using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>A name that the program finds in a hosts file of its own, and that a test moves to other addresses of loopback.</summary>
internal sealed class MovingName : IDisposable
{
    public const string Name = "redis.store.test";

    private readonly string _folder = Repository.NewScratchFolder();

    public MovingName(string address)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a hosts file of the program's own needs root");
        MoveTo(address);
    }

    /// <summary>Starts the program where this file stands for /etc/hosts.</summary>
    public string[] Launcher => ["unshare", "--mount", "sh", "-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\"", HostsFile];

    private string HostsFile => Path.Combine(_folder, "hosts");

    // Written over, not replaced: a new file would not be seen.
    public void MoveTo(string address) => File.WriteAllText(HostsFile, $"127.0.0.1 localhost\n{address} {Name}\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
