using BybitSpot.App;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Packages;
using Xunit;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Deploy;

public sealed class PublishTests
{
    private static readonly string s_script = Path.Combine(Repository.Root, "publish");
    private static readonly string s_made = Published.FolderOf("linux-x64");

    [Theory]
    [InlineData("--self-contained")]
    [InlineData("windows-98")]
    [InlineData("")]
    public void What_cannot_be_made_is_refused_before_anything_is_built(string argument)
    {
        (int status, _, string errors) = Script.Run(s_script, [argument]);
        Assert.Equal(2, status);
        Assert.Contains("linux-x64", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_published_runs_in_an_empty_folder()
    {
        Published.Need("linux-x64");
        Try();
    }

    /// <summary>Names change with the sources: where many do, the program grows in memory, and nobody would see it.</summary>
    [Fact]
    public void Methods_that_were_seen_to_run_are_known_to_the_compiler_by_the_names_written_down()
    {
        Published.Need("linux-x64");
        string linkedFrom = Path.Combine(Repository.Root, "artifacts/build/bybitspot-linux-x64/obj/BybitSpot.App/release_linux-x64/native/bybitspot.o");
        Assert.SkipUnless(Script.IsThere("nm") && File.Exists(linkedFrom), "no nm, or what the program was linked from is gone");
        string names = Path.Combine(Repository.Root, "src/BybitSpot.App/native.order");
        const string Count = "grep -vc '^#' \"$1\"; nm --format=just-symbols --defined-only \"$0\" | sort -u | grep -cFxf \"$1\"";
        (int status, string output, string errors) = Script.Run("sh", ["-c", Count, linkedFrom, names], limit: TimeSpan.FromMinutes(1));
        Assert.True(status == 0, errors);
        int[] counts = [.. output.Split('\n').Select(int.Parse)];
        Assert.True(counts[0] > 5_000 && counts[1] > counts[0] * 9 / 10, $"of {counts[0]} names in native.order {counts[1]} are methods of the program: bench/order.py writes it anew");
    }

    [Fact]
    public void Packages_of_what_was_published_hold_what_a_system_expects_of_one()
    {
        Published.Need("linux-x64");
        Assert.SkipUnless(Script.IsThere("dpkg-deb"), "dpkg-deb is not here");
        string folder = Repository.NewScratchFolder(), root = Path.Combine(folder, "root"), unpacked = Path.Combine(folder, $"bybitspot-{ProgramVersion.Text}-linux-x64");
        try
        {
            (int status, string output, string errors) = Script.Run(Path.Combine(Repository.Root, "deploy/packages/make"), [s_made, folder, "tar", "deb"], limit: TimeSpan.FromMinutes(5));
            Assert.True(status == 0, errors);
            string[] made = output.Split('\n');
            Assert.Equal([$"bybitspot-{ProgramVersion.Text}-linux-x64.tar.gz", $"bybitspot_{ProgramVersion.Text}-1_amd64.deb"], made.Select(m => Path.GetFileName(m)));

            Assert.Equal(0, Script.Run("dpkg-deb", ["-x", made[1], root]).Status);
            Assert.Equal(ProgramVersion.Text, Script.Run(Path.Combine(root, "usr/bin/bybitspot"), ["--version"], folder).Output);
            Assert.Contains("ExecStart=/usr/bin/bybitspot run", File.ReadAllText(Path.Combine(root, "usr/lib/systemd/system/bybitspot.service")), StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Path.Combine(root, "etc/bybitspot/bybitspot.env")).UnixFileMode);
            foreach (string file in (string[])["etc/bybitspot/coins.json", "usr/share/man/man1/bybitspot.1.gz", "usr/share/bash-completion/completions/bybitspot", "usr/share/doc/bybitspot/copyright", "usr/share/doc/bybitspot/THIRD-PARTY-NOTICES", "usr/share/doc/bybitspot/bybitspot.cdx.json"])
                Assert.True(new FileInfo(Path.Combine(root, file)).Length > 0, file);
            Assert.Equal("/etc/bybitspot/bybitspot.env\n/etc/bybitspot/coins.json", Script.Run("dpkg-deb", ["-I", made[1], "conffiles"]).Output);

            Assert.Equal(0, Script.Run("tar", ["-xzf", made[0]], folder).Status);
            Assert.Equal(0, Script.Run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], unpacked).Status);
            Assert.Equal(ProgramVersion.Text, Script.Run(Path.Combine(unpacked, "bybitspot"), ["--version"], folder).Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Publishing_makes_one_program_that_runs_in_an_empty_folder()
    {
        Assert.SkipUnless(Repository.Long, "building it takes a minute or two (./test --long)");
        (int status, string output, string errors) = Script.Run(s_script, ["linux-x64"], limit: TimeSpan.FromMinutes(6));
        Assert.True(status == 0, output + errors);
        Assert.Equal([".env.example", "LICENSE", "SHA256SUMS", "THIRD-PARTY-NOTICES", "auto_restart.sh", "bybitspot", "bybitspot.cdx.json", "bybitspot.service", "bybitspot@.service"], Directory.GetFiles(s_made).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal("", Script.Run("git", ["status", "--porcelain", "*packages.lock.json"]).Output);
        Try();
    }

    private static void Try()
    {
        Assert.Equal(0, Script.Run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], s_made).Status);
        string folder = Repository.NewScratchFolder(), program = Path.Combine(folder, "bybitspot");
        try
        {
            File.Copy(Path.Combine(s_made, "bybitspot"), program);
            (int status, string version, _) = Script.Run(program, ["--version"], folder);
            Assert.Equal((0, ProgramVersion.Text), (status, version));
            using Exchange exchange = Exchange.Start();
            exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "100.00");
            using RedisServer redis = RedisServer.Start();
            File.WriteAllText(Path.Combine(folder, "coins.json"), "{\"coins\":[\"BTCUSDT\"]}");
            using Script bot = Script.Start(
                program,
                ["run", "--bybit-ws-url", exchange.StreamUrl, "--bybit-rest-url", exchange.RestUrl, "--redis-host", "127.0.0.1", "--redis-port", $"{redis.Port}", "--coins", "coins.json"],
                folder);
            Until.True("a first price", () => redis.Price("BTC") is not null, state: () => bot.Errors);
            exchange.Trade("BTCUSDT", "67250.50");
            Until.Equal("the price", "67250.50", () => redis.Price("BTC"), state: () => bot.Errors);
            bot.Signal(Posix.Terminate);
            Assert.Equal(0, bot.Exit());
            Assert.Contains("BTC|67250.50|", bot.Output, StringComparison.Ordinal);
            using Script demo = Script.Start(program, ["--demo"], folder);
            Until.True("prices of a demo", () => demo.Output.Contains("BTC|", StringComparison.Ordinal), state: () => demo.Errors);
            demo.Signal(Posix.Terminate);
            Assert.Equal(0, demo.Exit());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
