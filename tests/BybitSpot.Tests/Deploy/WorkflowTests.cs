using System.Text.Json;
using System.Text.RegularExpressions;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Deploy;

/// <summary>The workflows for GitHub, which do not run here: that they call what there is, as it wants to be called.</summary>
public sealed class WorkflowTests
{
    private static readonly string s_publish = File.ReadAllText(Path.Combine(Repository.Root, "publish"));

    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(Repository.Root, ".github/workflows")).Select(f => Path.GetRelativePath(Repository.Root, f))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_step_calls_a_script_that_is_there_with_words_that_it_takes(string file)
    {
        (JsonElement workflow, JsonProperty[] jobs) = Workflow(file);
        Assert.Equal("read", workflow.GetProperty("permissions").GetProperty("contents").GetString());
        int scripts = 0;
        foreach (JsonProperty job in jobs)
        {
            Assert.InRange(job.Value.GetProperty("timeout-minutes").GetInt32(), 1, 60);
            foreach (JsonElement step in job.Value.GetProperty("steps").EnumerateArray())
            {
                if (step.TryGetProperty("uses", out JsonElement uses))
                    Assert.Matches(@"^actions/[a-z-]+@v\d+$", uses.GetString());
                else
                    foreach (Match called in Regex.Matches(step.GetProperty("run").GetString()!, @"(?m)(?:^|\()\.[/\\]?((?:ci/)?\w+(?:\.cmd)?)((?: [^\s)""]+)*)"))
                        scripts += Called(called.Groups[1].Value, called.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }
        Assert.True(scripts > 0 || jobs.Length == 1);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void They_say_that_they_were_never_run(string file) =>
        Assert.Contains("never run", File.ReadAllText(Path.Combine(Repository.Root, file)), StringComparison.Ordinal);

    [Fact]
    public void All_three_systems_are_built_and_every_kind_of_program_is_released()
    {
        string[] machines = [.. Workflow(".github/workflows/ci.yml").Jobs.Select(j => j.Value.GetProperty("runs-on").GetString()!)];
        foreach (string system in (string[])["ubuntu", "macos", "windows"])
            Assert.Contains(machines, m => m.StartsWith(system, StringComparison.Ordinal));
        string release = File.ReadAllText(Path.Combine(Repository.Root, ".github/workflows/release.yml"));
        Assert.All(Rids(), rid => Assert.Contains(rid, release, StringComparison.Ordinal));
    }

    private static int Called(string script, string[] words)
    {
        string path = script.StartsWith("ci/", StringComparison.Ordinal) ? "." + script : script;
        Assert.True(File.Exists(Path.Combine(Repository.Root, path)), path);
        if (script == "publish")
            Assert.All(words, w => Assert.Contains(w, (string[])["--packages", "--v3", .. Rids()]));
        return 1;
    }

    /// <summary>What ./publish can make, by its own usage.</summary>
    private static string[] Rids() => Regex.Match(s_publish, @"RID: one of ([^;]+);").Groups[1].Value.Split(", ");

    private static (JsonElement Workflow, JsonProperty[] Jobs) Workflow(string file)
    {
        JsonElement workflow = Assert.Single(YamlFile.Read(file));
        return (workflow, [.. workflow.GetProperty("jobs").EnumerateObject()]);
    }
}
