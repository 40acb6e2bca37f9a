using System.Net;
using System.Net.Sockets;

namespace BybitSpot.Tests.Journeys;

/// <summary>Where things stand in the checkout that the tests were built from, and scratch space beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The program as a release build leaves it.</summary>
    public static string Program { get; } = Path.Combine(Root, "src/BybitSpot.App/bin/Release/net10.0/bybitspot");

    /// <summary>A folder with real recordings of the stream, or null.</summary>
    public static string? Recordings => Environment.GetEnvironmentVariable("BYBITSPOT_RECORDINGS") is { Length: > 0 } folder ? folder : null;

    /// <summary>Whether tests that take their full time are asked for.</summary>
    public static bool Long => Environment.GetEnvironmentVariable("BYBITSPOT_LONG") == "1";

    public static string NewScratchFolder() => Directory.CreateTempSubdirectory("bybitspot-test-").FullName;

    /// <summary>A port of loopback that was free a moment ago.</summary>
    public static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "BybitSpot.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests do not run inside the checkout");
    }
}
