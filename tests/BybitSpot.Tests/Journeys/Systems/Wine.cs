using System.Diagnostics;
using BybitSpot.Tests.Packages;
using Xunit;

namespace BybitSpot.Tests.Journeys.Systems;

/// <summary>Debian's wine, with a Windows of its own that is made once for all tests of a class and goes with them.</summary>
public sealed class Wine : IDisposable
{
    /// <summary>The loader is not in the PATH.</summary>
    private static readonly string[] s_folders = ["/usr/lib/wine", "/usr/lib/x86_64-linux-gnu/wine", "/opt/wine-stable/bin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')];

    /// <summary>Making a Windows takes 20 s, or some minutes where the machine is busy.</summary>
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromMinutes(5);

    private readonly string _prefix = Repository.NewScratchFolder();
    private readonly string? _loader = FileIn("wine64") ?? FileIn("wine");
    private bool _booted;

    /// <summary>The Windows program as ./publish win-x64 leaves it.</summary>
    public static string Program { get; } = Published.ProgramOf("win-x64");

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["WINEPREFIX"] = _prefix,
        ["WINEDEBUG"] = "-all",
        // Neither is asked for, and neither is there.
        ["WINEDLLOVERRIDES"] = "mscoree,mshtml=",
        ["DISPLAY"] = "",
    };

    /// <summary>What a program is started by: the Windows one takes the place of the other that is named first behind it.</summary>
    public IReadOnlyList<string> Launcher => LauncherOf(Program);

    public IReadOnlyList<string> LauncherOf(string program) => ["sh", "-c", $"shift; exec '{_loader}' '{program}' \"$@\"", "sh"];

    /// <summary>Skips the test where there is no wine, or no Windows program as new as its sources.</summary>
    public void Need()
    {
        Assert.SkipWhen(_loader is null, "wine is not installed (apt-get install wine64)");
        Published.Need("win-x64");
        Boot();
    }

    /// <summary>Runs a program of Windows' own.</summary>
    public (int Status, string Output, string Errors) Run(string folder, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var all = new Dictionary<string, string>(environment);
        foreach ((string name, string value) in Settings)
            all[name] = value;
        using Deploy.Script script = Deploy.Script.Start(_loader!, command, folder, all);
        return (script.Exit(TimeSpan.FromMinutes(2)), script.Output, script.Errors);
    }

    public void Dispose()
    {
        if (_booted && FileIn("wineserver") is { } server)
        {
            using Process end = Process.Start(new ProcessStartInfo(server, ["-k"]) { Environment = { ["WINEPREFIX"] = _prefix } })!;
            end.WaitForExit(20_000);
        }
        for (int attempt = 0; attempt < 20 && Directory.Exists(_prefix); attempt++)
        {
            try
            {
                Directory.Delete(_prefix, recursive: true);
            }
            catch (IOException)
            {
                // Its server still writes its registry.
                Thread.Sleep(200);
            }
        }
    }

    private void Boot()
    {
        lock (_prefix)
        {
            if (_booted)
                return;
            using Deploy.Script boot = Deploy.Script.Start(_loader!, ["wineboot", "-i"], _prefix, Settings);
            int status = boot.Exit(s_bootLimit);
            Assert.SkipUnless(status == 0, $"wine cannot make a Windows here: {boot.Errors}");
            _booted = true;
        }
    }

    private static string? FileIn(string name) => s_folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
}
