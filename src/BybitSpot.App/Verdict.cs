// What the judge found, in 15 characters: the name of its own thread, which the kernel shows in /proc to whoever may see the
// process: `judge:07`, or `hung:07 redis`. The number is the look's, so that whoever reads twice sees whether the judge itself
// lives. It takes no file, no socket, no descriptor and no right, and works in a container whose files are read-only. Pure.
using System.Globalization;

namespace BybitSpot.App;

internal readonly record struct Verdict(int Look, string? Stalled)
{
    private const string Well = "judge:", Hung = "hung:";

    /// <summary>Looks are counted up to here and then anew: what a name has room for.</summary>
    private const int LooksMax = 100;

    public static string NameOf(long look, string? stalled) =>
        (stalled is null ? Well : Hung) + (look % LooksMax).ToString("00", CultureInfo.InvariantCulture) + (stalled is null ? "" : " " + stalled);

    /// <summary>False: it is no judge's name.</summary>
    public static bool TryParse(string name, out Verdict verdict)
    {
        verdict = default;
        bool well = name.StartsWith(Well, StringComparison.Ordinal);
        if (!well && !name.StartsWith(Hung, StringComparison.Ordinal))
            return false;
        string rest = name[(well ? Well : Hung).Length..];
        if (rest.Length < 2 || !int.TryParse(rest.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int look))
            return false;
        verdict = new Verdict(look, well ? null : rest[2..].Trim());
        return well ? rest.Length == 2 : rest.Length > 3;
    }
}
