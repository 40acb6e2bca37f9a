using BybitSpot.App;

// Health checks come often and have little time: no parser.
if (args is ["alive", ..])
    return AliveCommand.Execute(args[1..]);
return CommandLine.Run(args, RunCommand.Execute, SimulateCommand.Execute);
