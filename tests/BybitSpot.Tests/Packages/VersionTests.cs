using System.Text.RegularExpressions;
using BybitSpot.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Packages;

/// <summary>The version stands in Directory.Build.props alone; program, changelog and packages say the same.</summary>
public sealed class VersionTests
{
    private static readonly string s_props = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));

    [Fact]
    public void The_program_says_the_version_and_the_day_of_the_one_place()
    {
        Assert.Equal(ProgramVersion.Text, Regex.Match(s_props, "<Version>(.+)</Version>").Groups[1].Value);
        Assert.Equal(ProgramVersion.Date, Regex.Match(s_props, "<ReleaseDate>(.+)</ReleaseDate>").Groups[1].Value);
        Assert.Matches(@"^\d+\.\d+\.\d+$", ProgramVersion.Text);
        // No project has one of its own.
        foreach (string project in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories))
            Assert.DoesNotMatch("<(Version|VersionPrefix|PackageVersion|AssemblyVersion)>", File.ReadAllText(project));
    }

    [Fact]
    public void The_changelog_has_a_dated_heading_for_each_version_the_newest_first_and_that_is_the_programs()
    {
        string[] headings = [.. File.ReadAllLines(Path.Combine(Repository.Root, "CHANGELOG.md")).Where(l => l.StartsWith("## ", StringComparison.Ordinal) && l != "## Unreleased")];
        (Version Number, DateOnly Day)[] versions = [.. headings.Select(heading =>
        {
            Match parts = Regex.Match(heading, @"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$");
            Assert.True(parts.Success, heading);
            return (Version.Parse(parts.Groups[1].Value), DateOnly.ParseExact(parts.Groups[2].Value, "yyyy-MM-dd"));
        })];
        Assert.Equal((Version.Parse(ProgramVersion.Text), DateOnly.ParseExact(ProgramVersion.Date, "yyyy-MM-dd")), versions[0]);
        Assert.Equal(versions.Length, versions.Select(v => v.Number).Distinct().Count());
        foreach (((Version Number, DateOnly Day) newer, (Version Number, DateOnly Day) older) in versions.Zip(versions.Skip(1)))
            Assert.True(newer.Number > older.Number && newer.Day >= older.Day, $"{newer.Number} stands above {older.Number}");
    }
}
