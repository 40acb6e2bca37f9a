// OpenSSL, which .NET's cryptography is on Linux: also a plain ws:// connection begins with a random key and its hash. Without it .NET
// aborts the process at the first such call, with a core dump. What must stay true: it is looked for before that call.
using System.Runtime.InteropServices;

namespace BybitSpot.App;

internal static class OpenSsl
{
    /// <summary>What .NET 10 looks for, in its order.</summary>
    private static readonly string[] s_names = ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10"];

    /// <summary>What to say if there is none on this machine; else null.</summary>
    public static string? Missing() => OperatingSystem.IsLinux() && !IsThere()
        ? "bybitspot: OpenSSL is missing, and connections need it: install it (Debian, Ubuntu: libssl3; Fedora: openssl-libs)"
        : null;

    private static bool IsThere()
    {
        // By this variable .NET is told to take another version first.
        string? chosen = Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE");
        foreach (string name in chosen is { Length: > 0 } ? [$"libssl.so.{chosen}", .. s_names] : s_names)
            // Not freed: .NET takes the same one in a moment.
            if (NativeLibrary.TryLoad(name, out _))
                return true;
        return false;
    }
}
