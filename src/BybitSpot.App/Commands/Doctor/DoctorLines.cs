namespace BybitSpot.App;

/// <summary>How findings look: a line each, for people or as JSON; at the end, for people, what it comes to.</summary>
/// <param name="width">The terminal's, at which lines are broken between words; null: they are not.</param>
internal sealed class DoctorLines(TextWriter output, bool json, bool colour, int? width)
{
    private const int HealthWidth = 5, StepWidth = 16;

    /// <summary>Before a finding's text, and least room for it.</summary>
    private const int Indent = HealthWidth + 1 + StepWidth + 1, TextWidthMin = 20;

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
        string head = $"{Coloured($"{word,-HealthWidth}", code)} {found.Step,-StepWidth} ";
        foreach (string part in Parts(TerminalText.Clean(found.Text), Indent))
        {
            output.WriteLine(head + part);
            head = new string(' ', Indent);
        }
        if (found.Advice is null)
            return;
        head = $"{new string(' ', Indent)}{Coloured("→", code)} ";
        foreach (string part in Parts(TerminalText.Clean(found.Advice), Indent + 2))
        {
            output.WriteLine(head + part);
            head = new string(' ', Indent + 2);
        }
    }

    // Between words; one that is too long stays whole, to be copied.
    private IEnumerable<string> Parts(string text, int indent)
    {
        int room = width is { } columns ? Math.Max(TextWidthMin, columns - indent) : int.MaxValue;
        while (text.Length > room)
        {
            int space = text.LastIndexOf(' ', room);
            if (space <= 0)
                space = text.IndexOf(' ', room);
            if (space <= 0)
                break;
            yield return text[..space];
            text = text[(space + 1)..];
        }
        yield return text;
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
