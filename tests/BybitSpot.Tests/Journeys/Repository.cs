using System.Net;
using System.Net.Sockets;

namespace BybitSpot.Tests.Journeys;

/// <summary>Where things stand in the checkout that the tests were built from, and scratch space beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The program as a release build leaves it.</summary>
    public static string Built { get; } = Path.Combine(Root, "src/BybitSpot.App/bin/Release/net10.0/bybitspot");

    /// <summary>The program that is tried: the built one, or what <c>BYBITSPOT_PROGRAM</c> names (from the checkout's root), a published one say.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("BYBITSPOT_PROGRAM") is { Length: > 0 } other ? Existing(other) : Built;

    /// <summary>Whether all parts are in the program's one file, so that nothing shows which of them it has loaded.</summary>
    public static bool IsOneFile => Program != Built;

    /// <summary>A folder with real recordings of the stream, or null.</summary>
    public static string? Recordings => Environment.GetEnvironmentVariable("BYBITSPOT_RECORDINGS") is { Length: > 0 } folder ? folder : null;

    /// <summary>Whether tests that take their full time are asked for.</summary>
    public static bool Long => Environment.GetEnvironmentVariable("BYBITSPOT_LONG") == "1";

    private const int FirstPort = 12_000, Ports = 20_000;

    // Other tests may run on this machine, too.
    private static int s_port = Random.Shared.Next(Ports);

    public static string NewScratchFolder() => Directory.CreateTempSubdirectory("bybitspot-test-").FullName;

    /// <summary>A port of loopback that is free, is given once, and lies below those that the system gives to connections: nothing gets in between.</summary>
    public static int FreePort()
    {
        for (int tried = 0; tried < Ports; tried++)
        {
            int port = FirstPort + (int)((uint)Interlocked.Increment(ref s_port) % Ports);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Somebody has it.
            }
        }
        throw new InvalidOperationException($"no port of {FirstPort} to {FirstPort + Ports - 1} is free");
    }

    private static string Existing(string program) =>
        Path.GetFullPath(program, Root) is var path && File.Exists(path) ? path : throw new InvalidOperationException($"BYBITSPOT_PROGRAM: there is no {path}");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "BybitSpot.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests do not run inside the checkout");
    }
}
