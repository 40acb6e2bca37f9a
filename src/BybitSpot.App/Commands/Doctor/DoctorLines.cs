namespace BybitSpot.App;

/// <summary>How findings look: a line each, for people or as JSON; at the end, for people, what it comes to.</summary>
internal sealed class DoctorLines(TextWriter output, bool json, bool colour)
{
    private const int StepWidth = 16;

    private int _warnings;

    /// <summary>How many steps are wrong.</summary>
    public int Wrong { get; private set; }

    public void Tell(Finding found)
    {
        Wrong += found.Health == Health.Wrong ? 1 : 0;
        _warnings += found.Health == Health.Warning ? 1 : 0;
        if (json)
        {
            output.WriteLine(ToolCommands.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("step", found.Step);
                writer.WriteString("health", found.Health.ToString().ToLowerInvariant());
                writer.WriteString("text", found.Text);
                writer.WriteString("advice", found.Advice);
                writer.WriteEndObject();
            }));
            return;
        }
        (string word, string code) = found.Health switch
        {
            Health.Ok => ("ok", "32"),
            Health.Warning => ("!", "33"),
            Health.Wrong => ("wrong", "31"),
            _ => ("-", "2"),
        };
        output.WriteLine($"{Coloured($"{word,-5}", code)} {found.Step.PadRight(StepWidth)} {TerminalText.Clean(found.Text)}");
        if (found.Advice is not null)
            output.WriteLine($"{"",-5} {"",-StepWidth} {Coloured("→", code)} {TerminalText.Clean(found.Advice)}");
    }

    public void End()
    {
        if (json)
            return;
        output.WriteLine();
        output.WriteLine(Wrong > 0 ? $"{Count(Wrong, "step is", "steps are")} wrong{(_warnings > 0 ? $", {Count(_warnings, "warning", "warnings")}" : "")}."
            : _warnings > 0 ? $"Nothing is wrong; {Count(_warnings, "warning", "warnings")}." : "All is well.");
    }

    private static string Count(int count, string one, string several) => $"{count} {(count == 1 ? one : several)}";

    private string Coloured(string text, string code) => colour ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
