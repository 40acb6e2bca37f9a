// A wall clock of the program's own, by libfaketime: the steps stand in a file that it reads at every look. What must stay
// true: the monotonic clock is left alone (faked, it hangs the runtime), so a step here is a step there: of the wall clock.
using System.Globalization;
using Xunit;

namespace BybitSpot.Tests.Journeys.Clock;

internal sealed class FakeClock : IDisposable
{
    private const string Library = "libfaketimeMT.so.1";

    private readonly string _folder = Repository.NewScratchFolder();
    private readonly string _library;

    private FakeClock(string library)
    {
        _library = library;
        Step(TimeSpan.Zero);
    }

    /// <summary>Skips the test, visibly, where libfaketime is missing.</summary>
    public static FakeClock Open()
    {
        string? library = new[] { "/usr/lib", "/usr/lib64", "/usr/local/lib" }.Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories).Append("/usr/lib").Append("/usr/local/lib")
            .Select(folder => Path.Combine(folder, "faketime", Library)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(library is null, $"{Library} (faketime) is not here: the wall clock cannot be stepped");
        return new FakeClock(library!);
    }

    /// <summary>What the program's environment needs, beside settings.</summary>
    public Dictionary<string, string> With(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = _library,
            ["FAKETIME_TIMESTAMP_FILE"] = Path.Combine(_folder, "time"),
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        };
        foreach ((string name, string value) in settings)
            environment[name] = value;
        return environment;
    }

    /// <summary>From now on the wall clock is so far from the truth.</summary>
    public void Step(TimeSpan offset)
    {
        // Put in place whole: half a file would be another time.
        string next = Path.Combine(_folder, "next");
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));
        File.Move(next, Path.Combine(_folder, "time"), overwrite: true);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
