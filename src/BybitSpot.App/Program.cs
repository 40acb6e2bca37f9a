using System.Runtime.CompilerServices;
using BybitSpot.App;

// First of all, and before any other assembly is looked for: where too few files may be open, whatever comes next fails, and
// says so in words that help nobody.
if (Descriptors.TooFew() is { } wrong)
{
    StandardStreams.Tell(wrong);
    return ExitStatus.Configuration;
}
return Start(args);

[MethodImpl(MethodImplOptions.NoInlining)]
static int Start(string[] args)
{
    // Health checks come often and have little time: no parser.
    if (args is ["alive"] or ["alive", [>= '0' and <= '9', ..]])
        return AliveCommand.Execute(args[1..]);
    return CommandLine.Run(args, RunCommand.Execute, SimulateCommand.Execute);
}
