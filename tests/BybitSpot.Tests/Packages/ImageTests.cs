using System.Text.Json;
using System.Text.RegularExpressions;
using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using Xunit;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Packages;

/// <summary>The image, made and run without an engine: buildah puts what it holds into a folder and changes into that.</summary>
public sealed class ImageTests : IDisposable
{
    private const int SizeMax = 25_000_000;

    private readonly string _folder = Repository.NewScratchFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_holds_the_program_and_what_that_loads_and_runs_its_demo_and_its_health_check_without_rights()
    {
        string published = Published.Need("linux-x64");
        Assert.SkipUnless(Script.IsThere("buildah"), "buildah is not installed (apt-get install buildah)");
        Assert.SkipUnless(Environment.UserName == "root", "buildah changes into an image as root alone");
        (int status, string file, string errors) = Script.Run(Path.Combine(Repository.Root, "deploy/docker/image"), [published, _folder], limit: TimeSpan.FromMinutes(5));
        Assert.True(status == 0, errors);
        Assert.Equal($"bybitspot-{ProgramVersion.Text}-linux-x64.image.tar.gz", Path.GetFileName(file));
        Assert.InRange(new FileInfo(file).Length, 1, SizeMax);

        // From the archive, as whoever loads it gets it.
        Assert.Equal(0, Script.Run("gunzip", [file]).Status);
        Assert.Equal("image", Buildah("from", "--name", "image", "docker-archive:" + file[..^3]).Split('\n')[^1]);
        JsonElement config = JsonDocument.Parse(Buildah("inspect", "image")).RootElement.GetProperty("Docker").GetProperty("config");
        string program = Assert.Single(Words(config, "Entrypoint"));
        Assert.Equal(["run", "--quiet"], Words(config, "Cmd"));
        string[] health = [.. config.GetProperty("Healthcheck").GetProperty("Test").EnumerateArray().Select(w => w.GetString()!)];
        Assert.Equal(["CMD", program, "alive"], health);
        string user = config.GetProperty("User").GetString()!;
        Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", user);
        AssertNothingElse(Buildah("mount", "image"), program);

        using Script demo = Script.Start("buildah", Own("run", "--isolation", "chroot", "image", "--", program, "--demo"), _folder);
        Until.True("prices of a demo", () => demo.Output.Contains("BTC|", StringComparison.Ordinal), TimeSpan.FromMinutes(1), () => demo.Output + demo.Errors);
        int pid = int.Parse(Regex.Match(demo.Errors, "\"event\":\"started\".*\"pid\":(\\d+)").Groups[1].Value);
        Assert.Matches($@"(?m)^Uid:\s+{user.Split(':')[0]}\s", File.ReadAllText($"/proc/{pid}/status"));
        // There process 1 is the program; here it is this machine's.
        Until.True("health", () => Script.Run("buildah", Own("run", "--isolation", "chroot", "image", "--", program, "alive", $"{pid}")).Status == 0, state: () => demo.Errors);
        Posix.Send(pid, Posix.Terminate);
        Assert.Equal(0, demo.Exit());
    }

    // The program, its coins, what it loads, certificates, a user, and whose work it all is: no shell, nothing to install with.
    private static void AssertNothingElse(string root, string program)
    {
        string[] files = [.. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(f => f[root.Length..])];
        Assert.Contains(program, files);
        Assert.Contains("/etc/ssl/certs/ca-certificates.crt", files);
        Assert.Contains(files, f => f.Contains("/libssl.so.", StringComparison.Ordinal));
        Assert.All(files.Where(f => f != program), f => Assert.Matches(@"^(/lib(64)?/.*(lib(c|m|dl|ssl|crypto|z|zstd)|ld-linux.*)\.so\.[0-9.]+|/etc/(passwd|group|nsswitch\.conf|bybitspot/coins\.json|ssl/certs/ca-certificates\.crt)|/usr/share/doc/.+)$", f));
    }

    private static string[] Words(JsonElement config, string name) => [.. config.GetProperty(name).EnumerateArray().Select(w => w.GetString()!)];

    private string Buildah(params string[] arguments)
    {
        (int status, string output, string errors) = Script.Run("buildah", Own(arguments), limit: TimeSpan.FromMinutes(2));
        Assert.True(status == 0, errors);
        return output;
    }

    private string[] Own(params string[] arguments) => ["--root", Path.Combine(_folder, "root"), "--runroot", Path.Combine(_folder, "run"), "--storage-driver", "vfs", .. arguments];
}
