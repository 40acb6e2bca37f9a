using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Store;

/// <summary>All that look for free ports from 6399 upward, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class StoreJourney
{
    public const string Name = "embedded store";

    /// <summary>The port after <c>redis-cli -p</c> in an event's hint.</summary>
    internal static int PortIn(LogLine line)
    {
        string[] words = line.Text("look").Split(' ');
        Assert.Equal(["redis-cli", "-p", words[2], "HGETALL", "bybit_spot:BTC"], words);
        return int.Parse(words[2]);
    }

    /// <summary>Whether anything of Garnet is mapped into the process.</summary>
    internal static bool HoldsGarnet(Bot bot)
    {
        string maps = File.ReadAllText($"/proc/{bot.Process.Id}/maps");
        return new[] { "garnet", "tsavorite", "lua54" }.Any(part => maps.Contains(part, StringComparison.OrdinalIgnoreCase));
    }
}
