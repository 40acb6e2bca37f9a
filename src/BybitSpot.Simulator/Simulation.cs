namespace BybitSpot.Simulator;

public sealed record SimulationOptions
{
    public required int Port { get; init; }
    public string? RecordingPath { get; init; }
    public string? InstrumentsPath { get; init; }
    public double Speed { get; init; } = 1;
    public string? ScriptPath { get; init; }
    public ulong Seed { get; init; } = 1;
}

public sealed class SimulationException(string message) : Exception(message);

public static class Simulation
{
    public static void Run(SimulationOptions options, TextWriter output, CancellationToken stop)
    {
        output.WriteLine(options.ToString());
        stop.WaitHandle.WaitOne();
    }
}
