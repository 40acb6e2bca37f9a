using System.Collections.Concurrent;
using System.Diagnostics;
using BybitSpot.Tests.Journeys;
using Xunit;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Deploy;

/// <summary>Any program that a test starts, with its outputs kept; ended, with all it started itself, when the test ends.</summary>
internal sealed class Script : IDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Process _process;

    private Script(Process process) => _process = process;

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    public static Script Start(string file, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Repository.Root };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // Many run at the same time: they would fight for the default's port.
        start.Environment["HTTP_URL"] = "";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var script = new Script(Process.Start(start)!);
        script._process.OutputDataReceived += (_, line) => Keep(script._output, line.Data);
        script._process.ErrorDataReceived += (_, line) => Keep(script._errors, line.Data);
        script._process.BeginOutputReadLine();
        script._process.BeginErrorReadLine();
        return script;
    }

    /// <summary>Runs it to its end.</summary>
    public static (int Status, string Output, string Errors) Run(string file, IEnumerable<string> arguments, string? folder = null, TimeSpan? limit = null)
    {
        using Script script = Start(file, arguments, folder);
        return (script.Exit(limit), script.Output, script.Errors);
    }

    public static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    public void Signal(int signal) => Posix.Send(Id, signal);

    public int Exit(TimeSpan? limit = null)
    {
        if (!_process.WaitForExit(limit ?? Until.Limit))
            Assert.Fail($"did not end within {(limit ?? Until.Limit).TotalSeconds:0.0} s\n{Output}\n{Errors}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5_000);
        }
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}
