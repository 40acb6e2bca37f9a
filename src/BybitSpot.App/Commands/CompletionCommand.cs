using System.CommandLine;

namespace BybitSpot.App;

/// <summary>`bybitspot completion`: a script for the user's shell, made from the commands as they are.</summary>
internal static class CompletionCommand
{
    public static ToolCommand Create()
    {
        var command = new ToolCommand(
            "completion",
            "Prints a completion script.\n"
            + "bash: eval \"$(bybitspot completion bash)\" in ~/.bashrc\n"
            + "zsh:  eval \"$(bybitspot completion zsh)\" in ~/.zshrc, after compinit\n"
            + "fish: bybitspot completion fish > ~/.config/fish/completions/bybitspot.fish",
            "  0   printed\n  2   wrong usage");
        Argument<string> shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." }.AcceptOnlyFromAmong("bash", "zsh", "fish");
        command.Add(shell);
        command.SetTool((parsed, output, _) =>
        {
            var tree = new CompletionTree(parsed.RootCommandResult.Command);
            output.Write(parsed.GetValue(shell) switch
            {
                "zsh" => CompletionScripts.Zsh(tree),
                "fish" => CompletionScripts.Fish(tree),
                _ => CompletionScripts.Bash(tree),
            });
            return ExitStatus.Stopped;
        });
        return command;
    }
}
