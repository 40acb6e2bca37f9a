using BybitSpot.App;

return CommandLine.Run(args, RunCommand.Execute, SimulateCommand.Execute);
