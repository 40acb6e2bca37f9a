using System.Text.Json;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Deploy;

/// <summary>YAML by Python's reader; a test skips where that is missing.</summary>
internal static class YamlFile
{
    /// <summary>The documents of a YAML file.</summary>
    public static JsonElement[] Read(string path)
    {
        (int status, string output, string errors) = Script.IsThere("python3")
            ? Script.Run("python3", ["-c", "import json,sys,yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))", Path.Combine(Repository.Root, path)])
            : (1, "", "");
        Assert.SkipUnless(status == 0 || !(errors.Length == 0 || errors.Contains("No module named", StringComparison.Ordinal)), "python3 with its yaml module is not here");
        Assert.True(status == 0, errors);
        return [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
    }
}
