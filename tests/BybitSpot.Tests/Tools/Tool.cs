using System.Diagnostics;
using BybitSpot.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Tools;

internal sealed record Outcome(int Status, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The user's tools: parsed and run in the test's own process, or as the built program.</summary>
internal static class Tool
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Outcome Call(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int status = CommandLine.Parse(arguments, output, error, _ => throw new InvalidOperationException("run was meant"), _ => throw new InvalidOperationException("simulate was meant"));
        return new Outcome(status, output.ToString(), error.ToString());
    }

    /// <summary>Starts the built program; its outputs are redirected.</summary>
    public static Process Start(string workingFolder, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        StartOther(Repository.Program, workingFolder, environment, arguments);

    public static Process StartOther(string program, string workingFolder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingFolder };
        foreach (string name in start.Environment.Keys.ToArray())
            if (name.StartsWith("BYBIT") || name.StartsWith("REDIS") || name.StartsWith("HTTP_") || name is "COINS_FILE" or "NO_COLOR" || name.EndsWith("PROXY", StringComparison.OrdinalIgnoreCase))
                start.Environment.Remove(name);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static Outcome Run(string workingFolder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using Process process = Start(workingFolder, environment, arguments);
        return Finish(process);
    }

    public static Outcome Finish(Process process)
    {
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("the program did not end");
        }
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Whether a program is there to be started.</summary>
    public static bool Installed(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}
