namespace BybitSpot.App;

/// <summary>`bybitspot man`: the manual page, for whoever makes packages; users read it by `man bybitspot`, so no help names it.</summary>
internal static class ManCommand
{
    public static ToolCommand Create()
    {
        var command = new ToolCommand("man", "Prints the manual page: bybitspot man >bybitspot.1", "  0   printed\n  2   wrong usage") { Hidden = true };
        command.SetTool((parsed, output, _) =>
        {
            output.Write(ManPage.Of(parsed.RootCommandResult.Command, ProgramVersion.Text, ProgramVersion.Date));
            return ExitStatus.Stopped;
        });
        return command;
    }
}
