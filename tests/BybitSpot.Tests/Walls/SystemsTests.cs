using System.Text.RegularExpressions;
using BybitSpot.Tests.Deploy;
using Xunit;

namespace BybitSpot.Tests.Walls;

/// <summary>What only one system has stands in one folder, and a call that another lacks does not build.</summary>
public sealed class SystemsTests
{
    private const string Place = "Systems/";

    private static readonly IReadOnlyList<(string Path, string Code)> s_program = SourceText.Of("BybitSpot.App");

    [Fact]
    public void Native_calls_stand_in_the_systems_place_alone_and_each_says_which_system_has_it()
    {
        var native = s_program.Where(f => Regex.IsMatch(f.Code, @"\b(DllImport|LibraryImport)\b")).ToList();
        Assert.NotEmpty(native);
        Assert.All(native, f => Assert.StartsWith(Place, f.Path, StringComparison.Ordinal));
        Assert.All(native, f => Assert.True(
            Regex.IsMatch(f.Code, @"\[SupportedOSPlatform\(.*\)\]\s*(internal|public) (static |sealed )+partial class")
            || Regex.Count(f.Code, @"\[LibraryImport\(") == Regex.Count(f.Code, @"\[SupportedOSPlatform\(.*\)\]\s*(\[DoesNotReturn\]\s*)?\[LibraryImport\("), f.Path));
    }

    [Fact]
    public void Proc_is_read_in_the_systems_place_alone() =>
        Assert.All(
            Directory.EnumerateFiles(Path.Combine(SourceText.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(f => File.ReadLines(f).Any(l => l.Contains("\"/proc", StringComparison.Ordinal))),
            f => Assert.Contains("/BybitSpot.App/" + Place, f.Replace('\\', '/'), StringComparison.Ordinal));

    [Fact]
    public void A_call_that_a_system_lacks_is_an_error_and_nothing_is_let_pass()
    {
        Assert.Contains("dotnet_diagnostic.CA1416.severity = error", File.ReadAllLines(Path.Combine(SourceText.Root, ".editorconfig")));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(SourceText.Root, "src"), "*.*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".cs" or ".csproj" or ".props" or ".targets" && !f.Contains("/obj/", StringComparison.Ordinal)))
            Assert.DoesNotContain("CA1416", File.ReadAllText(file), StringComparison.Ordinal);
        foreach (string project in (string[])["BybitSpot", "BybitSpot.App", "BybitSpot.Simulator"])
        {
            (int status, string output, string errors) = Script.Run("dotnet", ["msbuild", $"src/{project}/{project}.csproj", "-getItem:SupportedPlatform"], limit: TimeSpan.FromSeconds(60));
            Assert.True(status == 0, errors);
            foreach (string system in (string[])["Linux", "macOS", "Windows"])
                Assert.Contains($"\"Identity\": \"{system}\"", output, StringComparison.Ordinal);
        }
    }
}
