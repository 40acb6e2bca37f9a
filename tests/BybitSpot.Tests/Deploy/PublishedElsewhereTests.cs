using System.Buffers.Binary;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Deploy;

/// <summary>What ./publish made for macOS and Windows, looked at as a file: neither runs here (Windows' does under wine: WindowsTests).</summary>
public sealed class PublishedElsewhereTests
{
    [Theory]
    [InlineData("osx-arm64", "bybitspot", 0x0100000CU)]
    [InlineData("osx-x64", "bybitspot", 0x01000007U)]
    [InlineData("win-x64", "bybitspot.exe", 0x8664U)]
    public void It_is_one_program_for_its_system_and_its_checksums_are_right(string rid, string name, uint machine)
    {
        string folder = Path.Combine(Repository.Root, "artifacts/bybitspot-" + rid);
        Assert.SkipUnless(Directory.Exists(folder), $"not published (./publish {rid})");
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
