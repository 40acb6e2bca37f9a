using System.IO.Compression;
using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Packages;

/// <summary>The .NET tool of a published program, installed from a folder in the place of a feed.</summary>
public sealed class ToolTests
{
    [Fact]
    public void It_is_installed_updated_and_run_without_being_installed()
    {
        string published = Published.Need("linux-x64"), folder = Repository.NewScratchFolder(), feed = Path.Combine(folder, "feed"), here = Path.Combine(folder, "here");
        try
        {
            (int status, string output, string errors) = Script.Run(Path.Combine(Repository.Root, "deploy/packages/tool"), [feed, published], limit: TimeSpan.FromMinutes(5));
            Assert.True(status == 0, errors);
            Assert.Equal([$"bybitspot.linux-x64.{ProgramVersion.Text}.nupkg", $"bybitspot.{ProgramVersion.Text}.nupkg"], output.Split('\n').Select(Path.GetFileName));
            Assert.Contains("tools/any/linux-x64/THIRD-PARTY-NOTICES", Entries(Path.Combine(feed, $"bybitspot.linux-x64.{ProgramVersion.Text}.nupkg")));

            Directory.CreateDirectory(here);
            var environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(folder, "packages"), ["DOTNET_CLI_HOME"] = folder, ["DOTNET_NOLOGO"] = "1" };
            using (Script install = Script.Start("dotnet", ["tool", "install", "bybitspot", "--tool-path", Path.Combine(folder, "tools"), "--source", feed], here, environment))
                Assert.True(install.Exit(TimeSpan.FromMinutes(2)) == 0, install.Output + install.Errors);
            Assert.Equal(ProgramVersion.Text, Script.Run(Path.Combine(folder, "tools/bybitspot"), ["--version"], here).Output);

            // As dnx bybitspot --demo does: that is a script beside dotnet, which is not in every PATH.
            using Script demo = Script.Start("dotnet", ["dnx", "bybitspot", "--source", feed, "--yes", "--demo"], here, environment);
            Until.True("prices of a demo", () => demo.Output.Contains("BTC|", StringComparison.Ordinal), TimeSpan.FromMinutes(1), () => demo.Output + demo.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_folder_without_a_program_is_refused_with_what_makes_one()
    {
        string folder = Repository.NewScratchFolder();
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "bybitspot-osx-x64"));
            (int status, _, string errors) = Script.Run(Path.Combine(Repository.Root, "deploy/packages/tool"), [folder, Path.Combine(folder, "bybitspot-osx-x64")]);
            Assert.Equal(1, status);
            Assert.Contains("./publish osx-x64", errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Entries(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(e => e.FullName)];
    }
}
