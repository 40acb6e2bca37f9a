using BybitSpot.Simulator;

namespace BybitSpot.App;

/// <summary>`bybitspot simulate`: an exchange of our own, until it is stopped.</summary>
internal static class SimulateCommand
{
    public static int Execute(SimulationOptions options)
    {
        if (OpenSsl.Missing() is { } missing)
        {
            StandardStreams.Tell(missing);
            return ExitStatus.Configuration;
        }
        using var output = new StreamWriter(StandardStreams.Output) { NewLine = "\n", AutoFlush = true };
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(_ => stop.Cancel(), static () => { }, static () => { });
        try
        {
            Simulation.Run(options, output, stop.Token);
            return ExitStatus.Stopped;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitStatus.Stopped;
        }
        catch (SimulationException wrong)
        {
            StandardStreams.Tell($"bybitspot simulate: {TerminalText.Clean(wrong.Message)}");
            return ExitStatus.Configuration;
        }
    }
}
