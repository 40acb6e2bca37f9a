using System.Buffers.Binary;
using BybitSpot.App;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Packages;
using Xunit;

namespace BybitSpot.Tests.Deploy;

/// <summary>What ./publish made for other systems: macOS' and Windows' looked at as files (Windows' runs under wine: WindowsTests), arm64's under qemu.</summary>
public sealed class PublishedElsewhereTests
{
    /// <summary>Debian's glibc for arm64, on a machine of another kind.</summary>
    private const string Libraries = "/usr/aarch64-linux-gnu";

    private static readonly string[] s_emulators = ["qemu-aarch64", "qemu-aarch64-static"];

    [Theory]
    [InlineData("osx-arm64", "bybitspot", 0x0100000CU)]
    [InlineData("osx-x64", "bybitspot", 0x01000007U)]
    [InlineData("win-x64", "bybitspot.exe", 0x8664U)]
    public void It_is_one_program_for_its_system_and_its_checksums_are_right(string rid, string name, uint machine)
    {
        string folder = Published.Need(rid);
        Assert.Equal(0, Script.Run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], folder).Status);
        Assert.DoesNotContain(Directory.GetFiles(folder, "*", SearchOption.AllDirectories), f => Path.GetExtension(f) is ".dll" or ".dylib" or ".pdb" or ".xml");
        byte[] program = File.ReadAllBytes(Path.Combine(folder, name));
        Assert.InRange(program.Length, 5_000_000, 60_000_000);
        if (rid.StartsWith("win", StringComparison.Ordinal))
        {
            Assert.Equal("MZ"u8, program.AsSpan(0, 2));
            int header = BinaryPrimitives.ReadInt32LittleEndian(program.AsSpan(0x3C));
            Assert.Equal(machine, BinaryPrimitives.ReadUInt16LittleEndian(program.AsSpan(header + 4)));
            return;
        }
        Assert.Equal(0xFEEDFACFU, BinaryPrimitives.ReadUInt32LittleEndian(program));
        Assert.Equal(machine, BinaryPrimitives.ReadUInt32LittleEndian(program.AsSpan(4)));
        // Without a signature, if only one that names nobody, Apple's processors run nothing.
        Assert.True(HasSignature(program), "it is not signed");
    }

    [Fact]
    public void The_program_for_arm64_runs_under_qemu()
    {
        Published.Need("linux-arm64");
        string? emulator = s_emulators.FirstOrDefault(Script.IsThere);
        Assert.SkipWhen(emulator is null, "qemu-user is not installed (apt-get install qemu-user)");
        Assert.SkipUnless(Directory.Exists(Libraries), "no arm64 glibc is here (apt-get install libc6-arm64-cross)");
        string program = Published.ProgramOf("linux-arm64"), folder = Repository.NewScratchFolder();
        try
        {
            (int Status, string Output, string Errors) Run(params string[] arguments) => Script.Run(emulator, ["-L", Libraries, program, .. arguments], folder, TimeSpan.FromMinutes(2));
            Assert.Equal((0, ProgramVersion.Text), (Run("--version").Status, Run("--version").Output));
            File.WriteAllText(Path.Combine(folder, "coins.json"), "{\"coins\":[\"BTCUSDT\"]}");
            Assert.StartsWith("ok: 1 coin, ", Run("check", "--coins", "coins.json").Output, StringComparison.Ordinal);
            // Debian has no arm64 OpenSSL for another processor, so this is as far as it goes.
            (int status, _, string errors) = Run("run", "--coins", "coins.json");
            Assert.Equal(ExitStatus.Configuration, status);
            Assert.Contains("OpenSSL", errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool HasSignature(byte[] program)
    {
        const uint CodeSignature = 0x1D, SuperBlob = 0xFADE0CC0;
        int at = 32;
        for (uint left = BinaryPrimitives.ReadUInt32LittleEndian(program.AsSpan(16)); left > 0; left--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(program.AsSpan(at)) == CodeSignature)
                return BinaryPrimitives.ReadUInt32BigEndian(program.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(program.AsSpan(at + 8)))) == SuperBlob;
            at += BinaryPrimitives.ReadInt32LittleEndian(program.AsSpan(at + 4));
        }
        return false;
    }
}
