using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Readme;

/// <summary>The first minutes on a machine where there is no Redis: where prices go, and how `get` finds them.</summary>
public sealed class FirstLookTests : IClassFixture<Stage>
{
    private const string Nothing = "bybitspot: nothing answers at localhost:6379";

    private readonly Stage _machine;

    public FirstLookTests(Stage machine)
    {
        _machine = machine;
        Assert.SkipWhen(machine.Refusal is not null, $"no namespaces here: {machine.Refusal}");
    }

    [Fact]
    public void Without_a_Redis_prices_are_at_6399_as_the_README_says_and_get_finds_them_and_says_where()
    {
        using Script run = Started("./run", "store_instead");
        Assert.Contains("look: redis-cli -p 6399 HGETALL bybit_spot:BTC", run.Errors, StringComparison.Ordinal);
        (int status, string output, string errors) = Until0("./run get BTC ETH");
        Assert.Equal((0, $"{Nothing}: prices from the store inside a running bybitspot, at 127.0.0.1:6399"), (status, errors));
        Assert.Matches(@"\nBTC +[0-9.]+ +\S+Z", output);
        Assert.Contains("`redis-cli -p 6399 HGETALL bybit_spot:BTC`", Page.Of("README.md").Text, StringComparison.Ordinal);
        Assert.Matches(@"""ltp""\n2\) ""[0-9.]+""", Ask("HGETALL bybit_spot:BTC"));
        Assert.Matches(@"^""[0-9.]+""$", Ask("HGET bybit_spot:BTC ltp"));
        Assert.Matches(@"""ltp""\n2\) ""[0-9.]+""", Ask("EVAL \"return redis.call('HGETALL', 'bybit_spot:BTC')\" 0"));
        // Old tools look for prices by this word.
        Assert.DoesNotContain(StoreMark.Key, Ask("KEYS '*bybit*'"), StringComparison.Ordinal);
        Ended(run);
    }

    [Fact]
    public void Real_prices_come_before_a_demos_and_those_are_called_made_up()
    {
        using Script demo = Started("./run --demo", "\"demo\"");
        (int status, _, string errors) = Until0("./run get BTC");
        Assert.Equal((0, $"{Nothing}: made-up prices of a running demo, at 127.0.0.1:6399"), (status, errors));
        using Script run = Started("./run", "store_instead");
        Until.True("the run's store", () => _machine.Run("./run get BTC", _machine.Checkout).Errors == $"{Nothing}: prices from the store inside a running bybitspot, at 127.0.0.1:6400; more at 127.0.0.1:6399");
        Ended(run);
        Ended(demo);
        (status, string output, errors) = _machine.Run("./run get BTC", _machine.Checkout);
        Assert.Equal((1, ""), (status, output));
        Assert.StartsWith($"{Nothing}, and no running bybitspot has a store of its own with spot prices (ports 6399 to 6430 of 127.0.0.1): is it running?", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Redis_that_comes_later_is_asked_as_configured_and_the_store_is_named_and_read_when_asked_for()
    {
        using Script run = Started("./run", "store_instead");
        Until0("./run get BTC");
        using Script redis = _machine.StartRedis();
        Until.True("Redis answers", () => _machine.Run("redis-cli ping", _machine.Checkout).Status == 0);
        (int status, string output, string errors) = _machine.Run("./run get BTC", _machine.Checkout);
        Assert.Equal((1, "bybitspot: a running bybitspot keeps its prices in a store of its own at 127.0.0.1:6399: --redis-embedded always reads there"), (status, errors));
        Assert.Contains("not in Redis", output, StringComparison.Ordinal);
        (status, _, errors) = _machine.Run("./run get BTC --redis-embedded always", _machine.Checkout);
        Assert.Equal((0, "bybitspot: REDIS_EMBEDDED is always: prices from the store inside a running bybitspot, at 127.0.0.1:6399"), (status, errors));
        foreach (string named in (string[])["--redis-host localhost", "--redis-embedded never"])
        {
            (status, _, errors) = _machine.Run($"./run get BTC {named}", _machine.Checkout);
            Assert.Equal((1, ""), (status, errors));
        }
        Ended(run);
        Stage.Stop(redis);
        redis.Exit();
    }

    private Script Started(string command, string logged)
    {
        Script script = _machine.Start(command, _machine.Checkout, ("HTTP_URL", ""));
        Until.True($"{command} logs {logged}", () => script.Errors.Contains(logged, StringComparison.Ordinal), Stage.Limit, state: () => script.Errors);
        return script;
    }

    private (int Status, string Output, string Errors) Until0(string command)
    {
        (int, string, string) last = default;
        Until.True(command, () => (last = _machine.Run(command, _machine.Checkout)).Item1 == 0, Stage.Limit, state: () => last.ToString());
        return last;
    }

    private string Ask(string question)
    {
        (int status, string output, string errors) = _machine.Run($"redis-cli -p 6399 {question}", _machine.Checkout);
        Assert.True(status == 0, errors);
        return output;
    }

    private static void Ended(Script script)
    {
        Stage.Stop(script);
        Assert.Equal(0, script.Exit(TimeSpan.FromSeconds(8)));
    }
}
