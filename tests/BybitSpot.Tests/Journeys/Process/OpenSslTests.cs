using BybitSpot.Tests.Deploy;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>A machine without OpenSSL, as a small image may be.</summary>
public sealed class OpenSslTests
{
    /// <summary>In a mount namespace, something that is no library stands in each one's place.</summary>
    private const string Without = "for f in $(find /lib /usr/lib /usr/local/lib -name 'libssl.so*' 2>/dev/null); do mount --bind /dev/null $f || exit 99; done; exec \"$0\" \"$@\"";

    [Theory]
    [InlineData("run")]
    [InlineData("--demo")]
    [InlineData("simulate --port 65000")]
    public void Without_OpenSSL_one_line_says_what_to_install_and_nothing_is_aborted(string command)
    {
        (int status, string output, string errors) = RunWithout(command);
        Assert.Equal((78, ""), (status, output));
        Assert.Equal("bybitspot: OpenSSL is missing, and connections need it: install it (Debian, Ubuntu: libssl3; Fedora: openssl-libs)", errors);
    }

    [Fact]
    public void What_connects_to_nobody_works_without_it() => Assert.Equal(0, RunWithout("--version").Status);

    private static (int Status, string Output, string Errors) RunWithout(string command)
    {
        Assert.SkipUnless(Script.Run("unshare", ["--mount", "true"]).Status == 0, "no mount namespaces here");
        string folder = Repository.NewScratchFolder();
        try
        {
            return Script.Run("unshare", ["--mount", "sh", "-c", Without, Repository.Program, .. command.Split(' ')], folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
