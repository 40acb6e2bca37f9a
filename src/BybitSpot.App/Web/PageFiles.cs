// The page for people: one file each of HTML, style and script, inside the program. Read when somebody first asks for one. What must
// stay true: a browser that shows it loads nothing from elsewhere, and runs no script but this one.
using System.Reflection;

namespace BybitSpot.App;

internal static class PageFiles
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, byte[]> s_read = [];

    /// <returns>Null: there is no file of this name.</returns>
    public static Answer? At(string path) => path switch
    {
        "/" => Of("page.html", "text/html; charset=utf-8"),
        "/page.css" => Of("page.css", "text/css; charset=utf-8"),
        "/page.js" => Of("page.js", "text/javascript; charset=utf-8"),
        _ => null,
    };

    private static Answer Of(string name, string type) => new(200, type, Read(name)) { Policy = Policy };

    private static byte[] Read(string name)
    {
        lock (s_gate)
        {
            if (s_read.TryGetValue(name, out byte[]? known))
                return known;
            using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"the program lacks {name}");
            var text = new byte[file.Length];
            file.ReadExactly(text);
            return s_read[name] = text;
        }
    }
}
