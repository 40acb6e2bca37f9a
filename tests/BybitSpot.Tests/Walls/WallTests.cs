using System.Text.RegularExpressions;
using Xunit;

namespace BybitSpot.Tests.Walls;

public sealed class WallTests
{
    private static readonly IReadOnlyList<(string Path, string Code)> s_engine = SourceText.Of("BybitSpot");
    private static readonly string[] s_rootTypes = [.. s_engine.Where(f => !f.Path.Contains('/', StringComparison.Ordinal)).SelectMany(f => Wall.TypesIn(f.Code))];

    public static TheoryData<string> PureFiles =>
    [
        "Feed/Arbiter.cs", "Feed/Moment.cs", "Feed/Withheld.cs", "Feed/Stamp.cs", "Feed/TickDecoder.cs", "Feed/TickDecoder.Careful.cs", "Feed/TickDecoder.Fast.cs", "Feed/TickDecoder.FastLinear.cs", "Feed/DetailsDecoder.cs", "Feed/Message.cs", "Feed/Backoff.cs", "Feed/Topics.cs",
        "Feed/Liveness.cs", "Feed/TimeCeiling.cs", "Feed/ControlMessage.cs", "Feed/Subscriptions.cs", "Feed/Subscriptions.Silence.cs", "Feed/SymbolMap.cs", "Feed/FrameReader.cs", "Feed/Canary.cs", "Feed/LagMeter.cs", "Latest/Freshness.cs",
        "Rest/Audit.cs", "Rest/AuditSchedule.cs", "Rest/RestEnvelope.cs", "Rest/InstrumentsBody.cs",
        "Net/AddressOrder.cs", "Redis/PriceKeys.cs", "Redis/StatusKeys.cs", "Redis/Resp.cs", "Redis/ReplyReader.cs", "Redis/ServerVersion.cs", "Redis/ReplyPolicy.cs", "Redis/MoveLimit.cs", "Redis/ReplyWindow.cs", "Redis/TlsTrouble.cs", "Redis/PriceScripts.cs", "Redis/PriceScripts.Extended.cs", "Redis/ExtendedFields.cs", "Redis/Topology/KeySlot.cs", "Redis/Topology/ClusterMap.cs",
        "Market/Watchlist.cs", "Market/Price.cs", "Market/Instrument.cs", "Market/IsoTime.cs", "Market/Tick.cs", "Market/Figure.cs", "Market/Details.cs", "Market/Venue.cs", "Market/Shard.cs", "Market/SymbolText.cs", "Market/SymbolForm.cs", "Market/MarketRules.cs",
    ];

    [Fact]
    public void Every_room_of_the_engine_names_only_those_that_it_may()
    {
        Assert.True(s_engine.Count > 30, "the engine's files were not found");
        Assert.Contains("FeedOptions", s_rootTypes);
        Assert.Empty(s_engine.SelectMany(f => Wall.Breaches(f.Path, f.Code, s_rootTypes)));
    }

    [Theory, MemberData(nameof(PureFiles))]
    public void What_is_marked_pure_has_no_waiting_clock_log_or_IO(string path)
    {
        (_, string code) = Assert.Single(s_engine, f => f.Path == path);
        Assert.Empty(Wall.Impurities(path, code));
    }

    [Fact]
    public void Every_part_of_the_decoder_and_every_file_of_the_market_is_held_to_be_pure()
    {
        var held = PureFiles.Select(row => row.Data).ToHashSet();
        Assert.DoesNotContain(s_engine.Select(f => f.Path),
            p => (p.StartsWith("Market/", StringComparison.Ordinal) || p.StartsWith("Feed/TickDecoder", StringComparison.Ordinal)) && !held.Contains(p));
    }

    [Fact]
    public void The_simulator_names_nothing_of_the_engine()
    {
        IReadOnlyList<(string Path, string Code)> simulator = SourceText.Of("BybitSpot.Simulator");
        Assert.NotEmpty(simulator);
        string[] engineRooms = [.. Wall.Rooms, "App"];
        Assert.DoesNotContain(simulator, f => engineRooms.Any(r => Regex.IsMatch(f.Code, $@"\bBybitSpot\s*\.\s*{r}\b"))
            || s_rootTypes.Any(t => Regex.IsMatch(f.Code, $@"\b{t}\b")));
        string project = File.ReadAllText(Path.Combine(SourceText.Root, "src/BybitSpot.Simulator/BybitSpot.Simulator.csproj"));
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
    }

    [Fact]
    public void The_engines_project_refers_to_no_other_and_brings_no_usings_of_its_own()
    {
        string project = File.ReadAllText(Path.Combine(SourceText.Root, "src/BybitSpot/BybitSpot.csproj"));
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
        Assert.DoesNotContain("FrameworkReference", project, StringComparison.Ordinal);
        Assert.DoesNotContain("<Using ", project, StringComparison.Ordinal);
        Assert.Contains("Sdk=\"Microsoft.NET.Sdk\"", project, StringComparison.Ordinal);
        Assert.All(s_engine, f => Assert.DoesNotMatch(@"\bglobal\s+using\b", f.Code));
    }

    // ---- the wall itself

    [Theory]
    [InlineData("Feed/X.cs", "using BybitSpot.Redis;", "names Redis")]
    [InlineData("Feed/X.cs", "using static BybitSpot.Redis.PriceKeys;", "names Redis")]
    [InlineData("Feed/X.cs", "using R = BybitSpot.Redis;", "names Redis")]
    [InlineData("Feed/X.cs", "var k = BybitSpot.Redis.PriceKeys.PriceField;", "names Redis")]
    [InlineData("Feed/X.cs", "var k = global::BybitSpot.Redis.PriceKeys.PriceField;", "names Redis")]
    [InlineData("Feed/X.cs", "var k = Redis.PriceKeys.PriceField;", "names Redis")]
    [InlineData("Feed/X.cs", "var k = $\"a{Redis.PriceKeys.PriceField}b\";", "names Redis")]
    [InlineData("Feed/X.cs", "RedisOptions o;", "names RedisOptions")]
    [InlineData("Feed/X.cs", "Bridge b;", "names Bridge")]
    [InlineData("Redis/X.cs", "using BybitSpot.Feed;", "names Feed")]
    [InlineData("Redis/X.cs", "Feed.Backoff.Delay(1);", "names Feed")]
    [InlineData("Redis/X.cs", "FeedOptions o;", "names FeedOptions")]
    [InlineData("Market/X.cs", "using BybitSpot.Signals;", "names Signals")]
    [InlineData("Market/X.cs", "FeedOptions o;", "names FeedOptions")]
    [InlineData("Signals/X.cs", "using BybitSpot.Market;", "names Market")]
    [InlineData("Latest/X.cs", "using BybitSpot.Signals;", "names Signals")]
    [InlineData("Net/X.cs", "using BybitSpot.Feed;", "names Feed")]
    [InlineData("Net/X.cs", "RedisOptions o;", "names RedisOptions")]
    [InlineData("Latest/X.cs", "using BybitSpot.Net;", "names Net")]
    [InlineData("Rest/X.cs", "using System.Net.Sockets;", "names System.Net.Sockets")]
    [InlineData("Latest/X.cs", "using System.Net.Sockets;", "names System.Net.Sockets")]
    [InlineData("Latest/X.cs", "System.Net . Sockets.Socket s;", "names System.Net.Sockets")]
    [InlineData("Feed/X.cs", "using System.Net.WebSockets;", "names System.Net.WebSockets")]
    [InlineData("Feed/X.cs", "Console.WriteLine();", "names System.Console")]
    [InlineData("Redis/X.cs", "[LibraryImport(x)] static partial nint Send();", "names native calls")]
    [InlineData("Redis/X.cs", "File.ReadAllText(x);", "names System.IO.File")]
    [InlineData("Redis/X.cs", "System.IO.File.Delete(x);", "names System.IO.File")]
    [InlineData("Feed/X.cs", "using Microsoft.AspNetCore.Http;", "names Microsoft.AspNetCore")]
    [InlineData("Feed/X.cs", "using BybitSpot.Simulator;", "names a project above the engine")]
    [InlineData("Secret/X.cs", "int x;", "room that the walls do not know")]
    public void The_wall_stops_what_climbs_over_it(string path, string text, string breach)
    {
        string code = SourceText.CodeOf($"namespace BybitSpot.{path.Split('/')[0]};\n{text}\n");
        Assert.Contains(Wall.Breaches(path, code, ["FeedOptions", "RedisOptions", "Bridge"]), b => b.Contains(breach, StringComparison.Ordinal));
    }

    [Fact]
    public void The_wall_stops_a_file_that_claims_another_rooms_namespace() =>
        Assert.Equal(["Feed/X.cs is not in the namespace of its room"], Wall.Breaches("Feed/X.cs", "namespace BybitSpot.Other; class X;", []));

    [Theory]
    [InlineData("// using BybitSpot.Redis;")]
    [InlineData("/* Redis.PriceKeys */")]
    [InlineData("/// <see cref=\"Redis.PriceKeys\"/>")]
    [InlineData("var s = \"Redis.PriceKeys { Console\";")]
    [InlineData("var s = \"\\\"Redis.PriceKeys\";")]
    [InlineData("var s = @\"\"\"Redis.PriceKeys\"\"\";")]
    [InlineData("var s = $\"{{Redis.PriceKeys}}\";")]
    [InlineData("var s = \"\"\"Redis.\"Price\" Console\"\"\";")]
    [InlineData("var c = '\"'; var d = '\\''; // Redis.X")]
    [InlineData("options.Redis.Host(); this.Latest.Read();")]
    [InlineData("FeedOptions o; using BybitSpot.Market;")]
    public void The_wall_lets_through_what_names_nobody(string text) =>
        Assert.Empty(Wall.Breaches("Feed/X.cs", SourceText.CodeOf($"namespace BybitSpot.Feed;\n{text}\n"), ["FeedOptions", "RedisOptions"]));

    [Theory]
    [InlineData("await x;")]
    [InlineData("Task t;")]
    [InlineData("lock (x) { }")]
    [InlineData("TimeProvider.System.GetUtcNow();")]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("Environment.TickCount64;")]
    [InlineData("Random.Shared.Next();")]
    [InlineData("ILogger log;")]
    [InlineData("using BybitSpot.Signals;")]
    [InlineData("Socket s;")]
    [InlineData("System.IO.Path.Combine(a);")]
    [InlineData("var s = $\"{File.Exists(x)}\";")]
    public void What_is_not_pure_is_found(string text) => Assert.NotEmpty(Wall.Impurities("X.cs", SourceText.CodeOf(text)));

    [Fact]
    public void Code_after_a_string_or_a_comment_is_still_seen() =>
        Assert.Equal("a = \"\"; b = ' '; c = \"{d}\"; \n  e();", SourceText.CodeOf("a = \"//x\"; b = '\"'; c = $\"x{d}\\\"{{y\"; // z\n /* \" */ e();").Replace("   ", "  ", StringComparison.Ordinal));
}
