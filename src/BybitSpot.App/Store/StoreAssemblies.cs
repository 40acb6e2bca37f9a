using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace BybitSpot.App;

/// <summary>
/// Loads the embedded store out of its own folder, it and what it brings, native libraries too; what the folder does not
/// hold comes from the framework. Made only when an embedded store is wanted: until then nothing of it is in memory.
/// </summary>
internal sealed class StoreAssemblies(string folder) : AssemblyLoadContext("store")
{
    private const string Entry = "BybitSpot.Store";

    /// <summary>Why the trimmer's warnings do not count.</summary>
    private const string NotTrimmed = "A trimmed build has no store folder; every other keeps the whole framework.";

    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "store");

    /// <summary>Whether this build has an embedded store; a trimmed one has none.</summary>
    public static bool Present => File.Exists(Path.Combine(DefaultFolder, Entry + ".dll"));

    /// <summary>Starts a server on a port; answers what ends it, null if the port is taken.</summary>
    /// <exception cref="StoreException">The store is not part of this build.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = NotTrimmed)]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = NotTrimmed)]
    public Func<int, IDisposable?> Starter()
    {
        if (!File.Exists(PathOf(Entry + ".dll")))
            throw new StoreException($"this build has no embedded store ({PathOf(Entry + ".dll")} is missing)");
        return LoadFromAssemblyPath(PathOf(Entry + ".dll"))
            .GetType(Entry + ".EmbeddedGarnet", throwOnError: true)!
            .GetMethod("Start", BindingFlags.Public | BindingFlags.Static)!
            .CreateDelegate<Func<int, IDisposable?>>();
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = NotTrimmed)]
    protected override Assembly? Load(AssemblyName name)
    {
        string path = PathOf(name.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string name)
    {
        string path = PathOf($"lib{name}.so");
        return File.Exists(path) ? LoadUnmanagedDllFromPath(path) : 0;
    }

    private string PathOf(string file) => Path.Combine(folder, file);
}
