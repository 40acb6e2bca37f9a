using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Packages;

/// <summary>The Debian package in a Debian of its own, which is made once and kept in artifacts/.</summary>
public sealed class DebianPackageTests : IDisposable
{
    private const string Settings = "etc/bybitspot/bybitspot.env";

    private readonly string _folder = Repository.NewScratchFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_installed_upgraded_with_its_settings_removed_and_purged_without_a_trace()
    {
        string published = Published.Need("linux-x64"), root = NewDebian();
        string[] before = Traces(root);
        string first = Make(published, ProgramVersion.Text), second = Make(published, "99.0.0");

        Dpkg(root, "--install", first);
        Assert.Equal(ProgramVersion.Text, Chroot(root, "/usr/bin/bybitspot", "--version"));
        Assert.Contains("bybitspot:", File.ReadAllText(Path.Combine(root, "etc/passwd")), StringComparison.Ordinal);
        // Enabled; where it leads is not there from outside.
        Assert.NotNull(new FileInfo(Path.Combine(root, "etc/systemd/system/multi-user.target.wants/bybitspot.service")).LinkTarget);

        File.AppendAllText(Path.Combine(root, Settings), "REDIS_PASSWORD=canary\n");
        Dpkg(root, "--install", second);
        Assert.Contains("REDIS_PASSWORD=canary", File.ReadAllText(Path.Combine(root, Settings)), StringComparison.Ordinal);
        Assert.Equal("99.0.0-1", Chroot(root, "dpkg-query", "-W", "-f", "${Version}", "bybitspot"));

        Dpkg(root, "--remove", "bybitspot");
        Assert.False(File.Exists(Path.Combine(root, "usr/bin/bybitspot")));
        Assert.True(File.Exists(Path.Combine(root, Settings)));

        Dpkg(root, "--purge", "bybitspot");
        Assert.Equal(before, Traces(root));
    }

    [Fact]
    public void Lintian_has_nothing_to_say()
    {
        Assert.SkipUnless(Script.IsThere("lintian"), "lintian is not installed (apt-get install lintian)");
        Assert.SkipUnless(Script.IsThere("dpkg-deb"), "dpkg-deb is not here");
        string package = Make(Published.Need("linux-x64"), ProgramVersion.Text);
        (int status, string output, string errors) = Script.Run("lintian", ["--allow-root", "--pedantic", package], limit: TimeSpan.FromMinutes(5));
        Assert.Equal((0, ""), (status, output + errors));
    }

    private string Make(string published, string version)
    {
        string into = Path.Combine(_folder, version);
        using Script make = Script.Start(Path.Combine(Repository.Root, "deploy/packages/make"), [published, into, "deb"], environment: new Dictionary<string, string> { ["BYBITSPOT_VERSION"] = version });
        Assert.True(make.Exit(TimeSpan.FromMinutes(5)) == 0, make.Errors);
        return make.Output;
    }

    private static void Dpkg(string root, string action, string what)
    {
        string name = what;
        if (action == "--install")
        {
            name = "/package.deb";
            File.Copy(what, root + name, overwrite: true);
        }
        Chroot(root, "dpkg", "--force-confold", action, name);
        File.Delete(root + "/package.deb");
    }

    private static string Chroot(string root, params string[] command)
    {
        (int status, string output, string errors) = Script.Run("chroot", [root, "env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", .. command], limit: TimeSpan.FromMinutes(3));
        Assert.True(status == 0, output + errors);
        return output;
    }

    /// <summary>All that bears its name, and every user; but for what dpkg and systemd's helper note of packages that were there.</summary>
    private static string[] Traces(string root) =>
    [
        .. Directory.EnumerateFileSystemEntries(root, "*bybitspot*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Select(f => f[root.Length..]).Order(StringComparer.Ordinal),
        .. File.ReadAllLines(Path.Combine(root, "etc/passwd")).Order(StringComparer.Ordinal),
    ];

    /// <summary>A copy of a small Debian.</summary>
    private string NewDebian()
    {
        Assert.SkipUnless(Repository.Long, "making a Debian takes a minute or two (./test --long)");
        Assert.SkipUnless(Environment.UserName == "root", "only root can make a Debian");
        Assert.SkipUnless(Script.IsThere("dpkg-deb") && File.Exists("/usr/sbin/debootstrap"), "debootstrap is not installed (apt-get install debootstrap)");
        string kept = Path.Combine(Repository.Root, "artifacts/debian"), root = Path.Combine(_folder, "debian");
        if (!Directory.Exists(kept))
        {
            // From where this machine has its own packages.
            string[] source = Script.Run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages"]).Output.Split('\n').Select(l => l.Split(' ')).First(l => l is [_, _, "main"] && !l[1].Contains('-', StringComparison.Ordinal));
            string made = Path.Combine(_folder, "made");
            Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
            (int status, string output, string errors) = Script.Run("/usr/sbin/debootstrap", ["--variant=minbase", "--include=adduser,ca-certificates,init-system-helpers,libssl3", source[1], made, source[0]], limit: TimeSpan.FromMinutes(8));
            Assert.True(status == 0, output + errors);
            Assert.Equal(0, Script.Run("mv", [made, kept], limit: TimeSpan.FromMinutes(2)).Status);
        }
        Assert.Equal(0, Script.Run("cp", ["-a", kept, root], limit: TimeSpan.FromMinutes(3)).Status);
        return root;
    }
}
