namespace BybitSpot.App;

/// <summary>
/// The name under which a process says in Redis whether its prices can be believed: <c>price_feed:spot:{name}</c>. Tools of old
/// scan <c>*bybit*</c> for price hashes, so a name may not hold that word.
/// </summary>
internal static class InstanceName
{
    public const int LengthMax = 64;

    private const string Forbidden = "bybit";

    /// <summary>This machine's name and this process's number.</summary>
    public static string Default => Of(Environment.MachineName, Environment.ProcessId);

    public static string Of(string machine, int processId)
    {
        string name = string.Concat(machine.Where(IsAllowed));
        while (name.Contains(Forbidden, StringComparison.OrdinalIgnoreCase))
            name = name.Replace(Forbidden, "", StringComparison.OrdinalIgnoreCase);
        name = name.Trim('-', '.', '_');
        string number = $"-{processId}";
        return (name.Length == 0 ? "host" : name.Length + number.Length > LengthMax ? name[..(LengthMax - number.Length)] : name) + number;
    }

    /// <returns>What is wrong with the name, or null.</returns>
    public static string? Take(string text, out string name)
    {
        name = text;
        if (text.Length is 0 or > LengthMax || !text.All(IsAllowed))
            return $"is not a name: 1 to {LengthMax} letters, digits, points, hyphens and underscores";
        return text.Contains(Forbidden, StringComparison.OrdinalIgnoreCase)
            ? $"holds the word \"{Forbidden}\", by which older tools find price hashes: choose another name"
            : null;
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_';
}
