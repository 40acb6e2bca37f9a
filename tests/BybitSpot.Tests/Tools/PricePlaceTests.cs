using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Tools;

/// <summary>Which address `get` reads from, decided without a store; the journeys are in Readme/FirstLookTests.</summary>
public sealed class PricePlaceTests : IDisposable
{
    private static readonly StoreMark s_run = new(6402, "spot", MadeUp: false), s_demo = new(6399, "spot", MadeUp: true);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("REDIS_EMBEDDED=never")]
    [InlineData("REDIS_HOST=localhost")]
    [InlineData("REDIS_PORT=6380")]
    public void A_Redis_that_was_named_is_asked_and_no_store_is_looked_for(string setting)
    {
        PricePlace place = PricePlace.Of(Read(setting), () => throw new InvalidOperationException("looked"));
        Assert.Equal(("localhost", null), (place.Redis!.Host, place.Note));
    }

    [Fact]
    public void Where_nothing_answers_the_store_is_read_without_the_password_of_the_Redis_and_that_is_said()
    {
        const int port = 6379;
        Assert.SkipWhen(StorePorts.Answers(port), $"somebody listens at {port}; FirstLookTests look in a network of their own");
        PricePlace place = PricePlace.Of(Read("REDIS_PASSWORD=canary\nREDIS_DB=3"), () => [s_run, s_demo]);
        Assert.Equal(new RedisOptions("127.0.0.1", 6402, null, 0), place.Redis);
        Assert.Equal($"nothing answers at localhost:{port}: prices from the store inside a running bybitspot, at 127.0.0.1:6402; more at 127.0.0.1:6399", place.Note);
    }

    [Fact]
    public void Made_up_prices_are_called_so()
    {
        PricePlace place = PricePlace.Of(Read("REDIS_EMBEDDED=always\nREDIS_HOST=elsewhere"), () => [s_demo]);
        Assert.Equal("REDIS_EMBEDDED is always: made-up prices of a running demo, at 127.0.0.1:6399", place.Note);
    }

    [Fact]
    public void Without_any_store_nobody_is_asked_and_the_ports_are_named()
    {
        PricePlace place = PricePlace.Of(Read("REDIS_EMBEDDED=always"), () => []);
        Assert.Null(place.Redis);
        Assert.Contains("no running bybitspot has a store of its own with spot prices (ports 6399 to 6430 of 127.0.0.1)", place.Note);
    }

    [Fact]
    public void A_Redis_without_prices_beside_a_store_with_some_is_told_of_unless_it_was_named()
    {
        Assert.Contains("127.0.0.1:6402: --redis-embedded always reads there", PricePlace.Elsewhere(Read(""), () => [s_run]));
        Assert.Null(PricePlace.Elsewhere(Read(""), () => []));
        Assert.Null(PricePlace.Elsewhere(Read("REDIS_HOST=localhost"), () => throw new InvalidOperationException("looked")));
    }

    [Fact]
    public void Real_prices_of_the_right_market_come_first()
    {
        StoreMark futures = new(6400, "linear", MadeUp: false), later = new(6410, "spot", MadeUp: false);
        Assert.Equal([s_run, later, s_demo], StoreMark.Ranked([later, s_demo, futures, s_run], "spot"));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    public void Only_a_server_with_our_sign_for_that_very_port_is_a_store_of_ours(bool signed, bool ownPort, bool ours)
    {
        using RedisServer server = RedisServer.Start();
        server.Ask("HSET", StoreMark.Key, "program", signed ? "bybitspot" : "other", "port", ownPort ? $"{server.Port}" : "6399", "market", "linear", "prices", "real");
        Assert.Equal(ours ? new StoreMark(server.Port, "linear", MadeUp: false) : null, StoreMark.Read(server.Port, TimeProvider.System));
        Assert.DoesNotContain("bybit", StoreMark.Key);
    }

    [Fact]
    public void Whoever_holds_something_else_there_or_says_nothing_is_none_of_ours_soon()
    {
        using RedisServer server = RedisServer.Start();
        Assert.Null(StoreMark.Read(server.Port, TimeProvider.System));
        server.Ask("SET", StoreMark.Key, "bybitspot");
        Assert.Null(StoreMark.Read(server.Port, TimeProvider.System));
        server.Freeze();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Null(StoreMark.Read(server.Port, TimeProvider.System));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        server.Thaw();
        Assert.Null(StoreMark.Read(Repository.FreePort(), TimeProvider.System));
    }

    private Settings Read(string env) =>
        SettingsReader.Read(new Dictionary<string, string>(), _ => null, _folder.Write(".env", env + "\n")).Settings!;
}
