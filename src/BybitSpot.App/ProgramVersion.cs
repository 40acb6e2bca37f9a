using System.Reflection;

namespace BybitSpot.App;

/// <summary>Both stand in Directory.Build.props, and there alone.</summary>
internal static class ProgramVersion
{
    public static string Text =>
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The day of the version, as 2026-11-25.</summary>
    public static string Date =>
        typeof(ProgramVersion).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "ReleaseDate")?.Value ?? "unknown";
}
