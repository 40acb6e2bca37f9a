using System.Text.RegularExpressions;

namespace BybitSpot.Tests.Walls;

/// <summary>Who may name whom in the engine. Finds what is named by a using, by a qualified name, or by its bare name.</summary>
internal static partial class Wall
{
    public static readonly string[] Rooms = ["Market", "Net", "Feed", "Latest", "Monitoring", "Redis", "Rest", "Signals"];

    private static readonly Dictionary<string, string[]> s_mayName = new(StringComparer.Ordinal)
    {
        ["Market"] = [],
        ["Signals"] = [],
        ["Net"] = ["Signals"],
        ["Latest"] = ["Market"],
        ["Feed"] = ["Market", "Latest", "Signals", "Net", "FeedOptions"],
        ["Redis"] = ["Market", "Latest", "Signals", "Net", "RedisOptions", "RedisNode", "RedisTopology", "RedisWriting"],
        ["Rest"] = ["Market", "Latest", "Signals", "Net", "RestOptions"],
        ["Monitoring"] = ["Market", "Latest", "Feed", "Redis", "Rest", "Signals", "BridgeOptions", "FeedOptions", "FeedReport", "FeedState", "StaleCoin", "CoinStanding"],
    };

    // What no engine file may name at all; and what only some rooms may.
    private static readonly (string Pattern, string Name, string[] Rooms)[] s_framework =
    [
        (@"\bWebSockets\b|\bClientWebSocket\b|\bWebSocket\s*\.", "System.Net.WebSockets", []),
        (@"\bNet\s*\.\s*Sockets\b", "System.Net.Sockets", ["Net", "Feed", "Redis"]),
        (@"\bConsole\b", "System.Console", []),
        (@"(?<![\w.])File\s*\.|\bIO\s*\.\s*File\b|\bFileStream\b|\bFileInfo\b|\bStreamWriter\b|\bStreamReader\b|(?<![\w.])Directory\s*\.", "System.IO.File", []),
        (@"\bAspNetCore\b|\bMicrosoft\s*\.\s*Extensions\s*\.\s*Hosting\b", "Microsoft.AspNetCore", []),
        (@"\bGarnet\b|\bTsavorite\b", "Garnet", []),
        (@"\bBybitSpot\s*\.\s*(App|Simulator)\b", "a project above the engine", []),
        (@"\bDllImport\b|\bLibraryImport\b", "native calls", []),
    ];

    // A pure file has none of these: no waiting, clock, log or I/O.
    private static readonly (string Pattern, string Name)[] s_impure =
    [
        (@"\bawait\b|\basync\b|\bTask\b", "await"),
        (@"\bThread\b|\bMonitor\b|\bInterlocked\b|\block\s*\(|\bSpinWait\b", "threads"),
        (@"\bTimeProvider\b|\bStopwatch\b|\bDateTime\b|\bDateTimeOffset\b|\bTickCount\w*\b|\bTimer\b", "a clock"),
        (@"\bRandom\b|\bGuid\s*\.\s*NewGuid\b|\bRandomNumberGenerator\b|\bEnvironment\b", "chance or surroundings"),
        (@"\bILogger\b|\bLogging\b|\bSignals\b|\bConsole\b|\bTrace\s*\.|\bDebug\s*\.", "a log"),
        (@"\bSockets?\b|\bStream\b|\bFile\b|\bDirectory\b|\bHttpClient\b|\bSystem\s*\.\s*(IO|Net)\b|\bDns\b", "I/O"),
    ];

    /// <summary>What is wrong in one file of the engine.</summary>
    /// <param name="path">From the engine's folder, as Feed/Line.cs; its first folder is its room.</param>
    /// <param name="code">Code without comments and literals.</param>
    /// <param name="rootTypes">The names of the types that stand in no room.</param>
    public static IEnumerable<string> Breaches(string path, string code, IReadOnlyCollection<string> rootTypes)
    {
        string room = path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";
        foreach ((string pattern, string name, string[] rooms) in s_framework)
            if (!rooms.Contains(room) && Regex.IsMatch(code, pattern))
                yield return $"{path} names {name}";
        if (room.Length == 0)
            yield break;
        if (!s_mayName.TryGetValue(room, out string[]? allowed))
        {
            yield return $"{path} is in a room that the walls do not know";
            yield break;
        }
        if (!Regex.IsMatch(code, $@"\bnamespace\s+BybitSpot\.{room}\s*;"))
            yield return $"{path} is not in the namespace of its room";
        foreach (string other in Rooms.Where(r => r != room && !allowed.Contains(r)))
            if (Regex.IsMatch(code, $@"\bBybitSpot\s*(\.|::)\s*{other}\b|(?<![\w.])(global\s*::\s*)?{other}\s*\.\s*[A-Z]"))
                yield return $"{path} names {other}";
        foreach (string type in rootTypes.Where(t => !allowed.Contains(t)))
            if (Regex.IsMatch(code, $@"\b{type}\b"))
                yield return $"{path} names {type}";
    }

    public static IEnumerable<string> Impurities(string path, string code) =>
        s_impure.Where(i => Regex.IsMatch(code, i.Pattern)).Select(i => $"{path} has {i.Name}");

    /// <summary>The names of the types that a file declares.</summary>
    public static IEnumerable<string> TypesIn(string code) => TypeDeclaration().Matches(code).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"\b(?:class|struct|enum|interface|record(?:\s+struct|\s+class)?)\s+([A-Z]\w*)")]
    private static partial Regex TypeDeclaration();
}
