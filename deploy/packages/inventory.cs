// Says whose work a published program holds. Called by the script beside it:
//   dotnet run inventory.cs -- ASSETS RID SBOM DAY FOLDER
// ASSETS is what NuGet resolved (project.assets.json), SBOM what CycloneDX made of it, which knows packages alone: what .NET's own
// parts and Lua's are is added here, and what leaves nothing in the program is taken out. Texts of licences come from the packages.
#:property PublishAot=false
#:property Nullable=enable
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

if (args.Length != 5)
{
    Console.Error.WriteLine("usage: inventory ASSETS RID SBOM DAY FOLDER");
    return 2;
}
(string assetsFile, string rid, string sbomFile, string day, string folder) = (args[0], args[1], args[2], args[3], args[4]);
JsonNode assets = JsonNode.Parse(File.ReadAllText(assetsFile))!;
string[] caches = [.. assets["packageFolders"]!.AsObject().Select(f => f.Key)];
string ownLicence = File.ReadAllText(Path.Combine(folder, "LICENSE"));

List<Part> parts = [.. Packages(), .. RuntimePacks()];
parts.Add(Lua(parts.Single(p => p.Name == "KeraLua")));
parts.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
File.WriteAllText(Path.Combine(folder, "THIRD-PARTY-NOTICES"), Notices());
File.WriteAllText(Path.Combine(folder, "bybitspot.cdx.json"), Sbom());
return 0;

// Packages of which something is in the program: a library, not an analyser or a compiler.
IEnumerable<Part> Packages() =>
    from library in assets["targets"]![$"net10.0/{rid}"]!.AsObject()
    where library.Value!["type"]!.GetValue<string>() == "package" && library.Value["runtime"] is JsonObject
    let name = library.Key.Split('/')
    select Part.Of(name[0], name[1], Place(name[0], name[1]), ownLicence);

// .NET itself: its packs are not among the packages. Of a native program the library is in the pack for those alone.
IEnumerable<Part> RuntimePacks()
{
    (string Name, string Version)[] packs = [.. assets["project"]!["frameworks"]!["net10.0"]!["downloadDependencies"]!.AsArray()
        .Select(p => (p!["name"]!.GetValue<string>(), p["version"]!.GetValue<string>().Trim('[', ']').Split(',')[0]))
        .Where(p => !Regex.IsMatch(p.Item1, "ILCompiler|Crossgen", RegexOptions.IgnoreCase))];
    bool native = packs.Any(p => p.Name.Contains(".NativeAOT.", StringComparison.Ordinal));
    return packs.Where(p => !native || !p.Name.StartsWith($"Microsoft.NETCore.App.Runtime.{rid}", StringComparison.Ordinal)).Select(p => Part.Of(p.Name, p.Version, Place(p.Name, p.Version), ownLicence));
}

// The interpreter itself, which KeraLua brings; it tells its version and owner.
Part Lua(Part bridge)
{
    string native = Directory.GetFiles(Path.Combine(Place(bridge.Name, bridge.Version), "runtimes"), "*lua54.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
    Match told = Regex.Match(Encoding.Latin1.GetString(File.ReadAllBytes(native)), @"\$LuaVersion: Lua ([0-9.]+)\s+(Copyright[^$]+?) \$");
    if (!told.Success)
        throw new InvalidDataException($"{native} does not tell which Lua it is");
    return new Part("Lua", told.Groups[1].Value, "MIT", told.Groups[2].Value, "https://www.lua.org", "pkg:generic/lua@" + told.Groups[1].Value, [Part.Mit(ownLicence)]);
}

string Place(string name, string version) =>
    caches.Select(cache => Path.Combine(cache, name.ToLowerInvariant(), version.ToLowerInvariant())).FirstOrDefault(Directory.Exists)
    ?? throw new DirectoryNotFoundException($"{name} {version} is in none of {string.Join(", ", caches)}");

// Each part with its owner and the number of each of its texts; each text once.
string Notices()
{
    var texts = new List<string>();
    var notices = new StringBuilder("BybitSpot holds work of others. Each is named here with its owner, and with the numbers of its licence and notices, which follow.\n");
    foreach (Part part in parts)
    {
        var numbers = new List<int>();
        foreach (string text in part.Texts)
        {
            if (!texts.Contains(text))
                texts.Add(text);
            numbers.Add(texts.IndexOf(text) + 1);
        }
        notices.Append($"\n{part.Name} {part.Version}\n    {part.Copyright}\n    {part.Address}\n    {part.Licence}: {string.Join(", ", numbers.Select(n => $"[{n}]"))}\n");
    }
    for (int at = 0; at < texts.Count; at++)
        notices.Append($"\n{new string('=', 100)}\n[{at + 1}]\n\n{texts[at].Trim()}\n");
    return notices.ToString();
}

string Sbom()
{
    JsonNode sbom = JsonNode.Parse(File.ReadAllText(sbomFile))!;
    JsonArray components = sbom["components"]!.AsArray();
    HashSet<string> inside = [.. parts.Select(p => p.Purl)];
    string[] out_ = [.. components.Select(c => c!["purl"]!.GetValue<string>()).Where(p => !inside.Contains(p))];
    foreach (JsonNode? gone in components.Where(c => out_.Contains(c!["purl"]!.GetValue<string>())).ToArray())
        components.Remove(gone);
    // CycloneDX knows no licence that lies in a package as a file, and of an address it knows no more than that.
    foreach (JsonNode? component in components)
        component!["licenses"] = Licences(parts.Single(p => p.Purl == component["purl"]!.GetValue<string>()));
    HashSet<string> known = [.. components.Select(c => c!["purl"]!.GetValue<string>())];
    string root = sbom["metadata"]!["component"]!["bom-ref"]!.GetValue<string>();
    JsonArray dependencies = sbom["dependencies"]!.AsArray();
    foreach (JsonNode? gone in dependencies.Where(d => out_.Contains(d!["ref"]!.GetValue<string>())).ToArray())
        dependencies.Remove(gone);
    foreach (JsonArray on in dependencies.Select(d => d!["dependsOn"]).OfType<JsonArray>())
        foreach (JsonNode? gone in on.Where(o => out_.Contains(o!.GetValue<string>())).ToArray())
            on.Remove(gone);
    JsonArray own = dependencies.First(d => d!["ref"]!.GetValue<string>() == root)!["dependsOn"]!.AsArray();
    foreach (Part part in parts.Where(p => !known.Contains(p.Purl)))
    {
        components.Add(new JsonObject
        {
            ["type"] = part.Purl.Contains(".Runtime", StringComparison.Ordinal) ? "framework" : "library",
            ["bom-ref"] = part.Purl,
            ["name"] = part.Name,
            ["version"] = part.Version,
            ["scope"] = "required",
            ["licenses"] = Licences(part),
            ["copyright"] = part.Copyright,
            ["purl"] = part.Purl,
        });
        own.Add(part.Purl);
        dependencies.Add(new JsonObject { ["ref"] = part.Purl });
    }
    sbom["metadata"]!["timestamp"] = day + "T00:00:00Z";
    string program = File.Exists(Path.Combine(folder, "bybitspot.exe")) ? "bybitspot.exe" : "bybitspot";
    using (FileStream file = File.OpenRead(Path.Combine(folder, program)))
        sbom["metadata"]!["component"]!["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = Convert.ToHexStringLower(SHA256.HashData(file)) });
    return sbom.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
}

static JsonArray Licences(Part part) => new(new JsonObject { ["license"] = new JsonObject { ["id"] = part.Licence } });

internal sealed record Part(string Name, string Version, string Licence, string Copyright, string Address, string Purl, string[] Texts)
{
    // Packages that name an address in the place of a licence; each was read.
    private static readonly string[] s_mitAddresses =
    [
        "https://github.com/bolorundurowb/dotenv.net/blob/master/LICENSE",
        "https://github.com/nlua/KeraLua/blob/main/LICENSE",
        "https://github.com/dotnet/corefx/blob/master/LICENSE.TXT",
    ];

    public static Part Of(string name, string version, string place, string ownLicence)
    {
        XElement metadata = XDocument.Load(Directory.GetFiles(place, "*.nuspec").Single()).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        string Told(string element) => metadata.Elements().FirstOrDefault(e => e.Name.LocalName == element)?.Value.Trim() ?? "";
        string[] files = [.. Directory.GetFiles(place).Where(f => Regex.IsMatch(Path.GetFileName(f), "^(licen[sc]e|third.?party|notice)", RegexOptions.IgnoreCase)).Order(StringComparer.OrdinalIgnoreCase)];
        string[] texts = [.. files.Select(f => File.ReadAllText(f).ReplaceLineEndings("\n").Trim('\uFEFF'))];
        bool hasOwn = files.Any(f => Path.GetFileName(f).StartsWith("licen", StringComparison.OrdinalIgnoreCase));
        XElement? told = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        bool mit = told?.Attribute("type")?.Value == "expression" ? told.Value == "MIT" : hasOwn ? IsMit(texts[0]) : s_mitAddresses.Contains(Told("licenseUrl"));
        if (!mit)
            throw new InvalidDataException($"inventory: {name} {version} is not known to be under the MIT licence ({told?.Value ?? Told("licenseUrl")}): read its licence and teach inventory.cs");
        string address = Told("projectUrl");
        string copyright = Told("copyright");
        return new Part(name, version, "MIT", copyright.Length > 0 ? copyright : $"Copyright {Told("authors")}", address, $"pkg:nuget/{name}@{version}", hasOwn ? texts : [Mit(ownLicence), .. texts]);
    }

    /// <summary>The licence's text without an owner: that stands beside each part.</summary>
    public static string Mit(string ownLicence) => "The MIT License\n\n" + ownLicence[ownLicence.IndexOf("Permission is hereby granted", StringComparison.Ordinal)..];

    private static bool IsMit(string text) => text.Contains("Permission is hereby granted, free of charge", StringComparison.Ordinal);
}
