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

    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "store");

    /// <summary>Starts a server on a port; answers what ends it, null if the port is taken.</summary>
    /// <exception cref="StoreException">The store is not part of this build.</exception>
    public Func<int, IDisposable?> Starter()
    {
        if (!File.Exists(PathOf(Entry + ".dll")))
            throw new StoreException($"this build has no embedded store ({PathOf(Entry + ".dll")} is missing)");
        return LoadFromAssemblyPath(PathOf(Entry + ".dll"))
            .GetType(Entry + ".EmbeddedGarnet", throwOnError: true)!
            .GetMethod("Start", BindingFlags.Public | BindingFlags.Static)!
            .CreateDelegate<Func<int, IDisposable?>>();
    }

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
