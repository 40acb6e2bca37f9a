// What the user types to start the program, for messages that tell him what to type next. Pure but for the environment: `./run`
// says there how it was called.
namespace BybitSpot.App;

internal static class AsTyped
{
    /// <summary>Set by <c>./run</c>.</summary>
    public const string Variable = "BYBITSPOT_TYPED";

    private const string Published = "bybitspot";

    /// <summary>A longer one is no help to read.</summary>
    private const int LengthMax = 60;

    /// <summary><c>./run</c>, as it was typed, or the program's own name.</summary>
    public static string Program => Of(Environment.GetEnvironmentVariable(Variable));

    public static string Of(string? variable) => variable is { Length: > 0 and <= LengthMax } ? Quoted(variable) : Published;

    /// <summary>As a shell reads it as one word; on Windows as its two read it, which have no escape for quotes in common.</summary>
    public static string Quoted(string word) => OperatingSystem.IsWindows() ? Quoted(word, "\\/._-:=,@+~", '"', "") : Quoted(word, "/._-:=,@%+~", '\'', "'\\''");

    private static string Quoted(string word, string plain, char quote, string inside) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || plain.Contains(c)) ? word : quote + word.Replace($"{quote}", inside, StringComparison.Ordinal) + quote;
}
