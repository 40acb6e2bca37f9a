using System.Security.Cryptography;
using System.Text.Json;
using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.Packages;

/// <summary>What a published program says of the work of others in it.</summary>
public sealed class InventoryTests
{
    [Theory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    [InlineData("osx-arm64")]
    [InlineData("win-x64")]
    public void Bill_of_materials_and_notices_name_the_same_parts_and_the_program_itself(string rid)
    {
        string folder = Published.Need(rid);
        JsonElement bill = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "bybitspot.cdx.json"))).RootElement;
        Assert.Equal("CycloneDX", bill.GetProperty("bomFormat").GetString());
        JsonElement program = bill.GetProperty("metadata").GetProperty("component");
        Assert.Equal(("bybitspot", ProgramVersion.Text), (program.GetProperty("name").GetString(), program.GetProperty("version").GetString()));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Published.ProgramOf(rid)))),
            Assert.Single(program.GetProperty("hashes").EnumerateArray()).GetProperty("content").GetString());
        JsonElement[] parts = [.. bill.GetProperty("components").EnumerateArray()];
        string[] names = [.. parts.Select(p => p.GetProperty("name").GetString()!)];
        Assert.All((string[])["Lua", "KeraLua", "Microsoft.Garnet", "System.CommandLine", "dotenv.net", "Microsoft.AspNetCore.App.Runtime." + rid], part => Assert.Contains(part, names));
        Assert.Contains(names, n => n.StartsWith("Microsoft.NETCore.App.Runtime.", StringComparison.Ordinal));
        Assert.DoesNotContain(names, n => n.Contains("Analyzer", StringComparison.Ordinal) || n.Contains("ILCompiler", StringComparison.Ordinal));
        Assert.All(parts, p => Assert.Equal("MIT", Assert.Single(p.GetProperty("licenses").EnumerateArray()).GetProperty("license").GetProperty("id").GetString()));
        string notices = File.ReadAllText(Path.Combine(folder, "THIRD-PARTY-NOTICES"));
        Assert.All(parts, p => Assert.Contains($"\n{p.GetProperty("name")} {p.GetProperty("version")}\n", notices, StringComparison.Ordinal));
        Assert.Equal(parts.Length, notices.Split('\n').Count(l => l.StartsWith("    MIT: [", StringComparison.Ordinal)));
        Assert.Contains("Permission is hereby granted", notices, StringComparison.Ordinal);
        // Every reference leads somewhere.
        HashSet<string?> references = [program.GetProperty("bom-ref").GetString(), .. parts.Select(p => p.GetProperty("bom-ref").GetString())];
        foreach (JsonElement dependency in bill.GetProperty("dependencies").EnumerateArray())
        {
            Assert.Contains(dependency.GetProperty("ref").GetString(), references);
            if (dependency.TryGetProperty("dependsOn", out JsonElement on))
                Assert.All(on.EnumerateArray(), o => Assert.Contains(o.GetString(), references));
        }
    }

    [Fact]
    public void All_that_was_resolved_for_the_program_and_is_a_library_is_named()
    {
        string folder = Published.Need("linux-x64");
        string assets = Path.Combine(Path.GetDirectoryName(folder)!, "build/bybitspot-linux-x64/obj/BybitSpot.App/project.assets.json");
        Assert.SkipUnless(File.Exists(assets), "it was published elsewhere");
        JsonElement target = JsonDocument.Parse(File.ReadAllText(assets)).RootElement.GetProperty("targets").GetProperty("net10.0/linux-x64");
        string notices = File.ReadAllText(Path.Combine(folder, "THIRD-PARTY-NOTICES"));
        int libraries = 0;
        foreach (JsonProperty library in target.EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package" || !library.Value.TryGetProperty("runtime", out _))
                continue;
            libraries++;
            Assert.Contains($"\n{library.Name.Replace('/', ' ')}\n", notices, StringComparison.Ordinal);
        }
        Assert.True(libraries > 5);
    }
}
