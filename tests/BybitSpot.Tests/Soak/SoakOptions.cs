using System.Globalization;

namespace BybitSpot.Tests.Soak;

/// <summary>What a soak is made from; the same options make the same faults in the same order.</summary>
internal sealed record SoakOptions
{
    /// <summary>As <c>bench/soak</c> has them: <c>minutes=20 topology=cluster instances=2 seed=7 mode=guarded</c>.</summary>
    public const string VariableName = "BYBITSPOT_SOAK";

    public double Minutes { get; init; } = 1;

    public string Topology { get; init; } = Journeys.Servers.Topology.Single;

    public int Instances { get; init; } = 1;

    public int Seed { get; init; } = 1;

    public int Coins { get; init; } = 500;

    /// <summary>How prices are written; two that write the same have to be guarded.</summary>
    public string? WriteMode { get; init; }

    public string Mode => WriteMode ?? (Instances > 1 ? "guarded" : "direct");

    public static SoakOptions Parse(string text)
    {
        var options = new SoakOptions();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = word.Split('=', 2);
            string value = pair[^1];
            options = pair[0] switch
            {
                "minutes" => options with { Minutes = double.Parse(value, CultureInfo.InvariantCulture) },
                "topology" when value is Journeys.Servers.Topology.Single or Journeys.Servers.Topology.Sentinel or Journeys.Servers.Topology.Cluster => options with { Topology = value },
                "instances" when value is "1" or "2" => options with { Instances = value[0] - '0' },
                "seed" => options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                "coins" => options with { Coins = int.Parse(value, CultureInfo.InvariantCulture) },
                "mode" when value is "direct" or "guarded" => options with { WriteMode = value },
                _ => throw new ArgumentException($"{word} is no option of a soak"),
            };
        }
        return options;
    }
}
