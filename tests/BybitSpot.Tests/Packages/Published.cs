using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Packages;

/// <summary>What ./publish left in artifacts/, for tests that look at it and do not make it.</summary>
internal static class Published
{
    public static string FolderOf(string rid) => Path.Combine(Repository.Root, "artifacts/bybitspot-" + rid);

    public static string ProgramOf(string rid) => Path.Combine(FolderOf(rid), rid.StartsWith("win", StringComparison.Ordinal) ? "bybitspot.exe" : "bybitspot");

    /// <summary>Skips the test where none was published since the sources changed.</summary>
    /// <returns>Its folder.</returns>
    public static string Need(string rid)
    {
        string program = ProgramOf(rid);
        Assert.SkipUnless(File.Exists(program) && File.GetLastWriteTimeUtc(program) >= NewestSource(), $"no program for {rid} was published since the sources changed (./publish {rid})");
        return FolderOf(rid);
    }

    private static DateTime NewestSource() =>
        new[] { "*.cs*", "*.order" }.SelectMany(kind => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), kind, SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Max(File.GetLastWriteTimeUtc);
}
