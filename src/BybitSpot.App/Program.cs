using BybitSpot.App;

// Health checks come often and have little time: no parser.
if (args is ["alive"] or ["alive", [>= '0' and <= '9', ..]])
    return AliveCommand.Execute(args[1..]);
return CommandLine.Run(args, RunCommand.Execute, SimulateCommand.Execute);
