using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Walls;

/// <summary>What tests use to look at the program from outside is not in it.</summary>
public sealed class TestPartsTests
{
    [Theory]
    [InlineData("StackExchange.Redis"), InlineData("RESPite"), InlineData("FsCheck"), InlineData("xunit")]
    public void What_only_tests_use_is_in_no_project_of_the_program_and_not_beside_it(string part)
    {
        string[] projects = Directory.GetFiles(Path.Combine(SourceText.Root, "src"), "packages.lock.json", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        Assert.All(projects, p => Assert.DoesNotContain($"\"{part}", File.ReadAllText(p), StringComparison.OrdinalIgnoreCase));
        string[] beside = Directory.GetFiles(Path.GetDirectoryName(Repository.Built)!);
        Assert.Contains("bybitspot.dll", beside.Select(Path.GetFileName));
        Assert.DoesNotContain(beside, f => Path.GetFileName(f).StartsWith(part, StringComparison.OrdinalIgnoreCase));
    }
}
