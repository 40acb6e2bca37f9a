using System.Text.Json;
using BybitSpot.Tests.App;
using Xunit;

namespace BybitSpot.Tests.Tools;

public sealed class CheckCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_right_is_one_line_and_0()
    {
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\", \"ETHUSDT\"]}");

        Assert.Equal(
            new Outcome(0, "ok: 2 coins, spot from stream.bybit.com, Redis redis.example:6380 database 2\n", ""),
            Check("--redis-host", "redis.example", "--redis-port", "6380", "--redis-db", "2"));
    }

    [Theory]
    [InlineData("auto", "Redis localhost:6379 database 0, or a store inside the program if nothing answers there")]
    [InlineData("never", "Redis localhost:6379 database 0")]
    [InlineData("always", "a store inside the program")]
    public void Where_prices_will_be_is_said_as_far_as_it_is_known_without_asking(string embedded, string place)
    {
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\"]}");

        Assert.Equal(new Outcome(0, $"ok: 1 coin, spot from stream.bybit.com, {place}\n", ""), Check("--redis-embedded", embedded));
    }

    [Fact]
    public void All_errors_of_settings_and_coins_file_are_told_together()
    {
        _folder.Write("coins.json", "{\"coins\": [\n\"BTCUSDT\" \"ETHUSDT\"]}");

        Outcome outcome = Check("--redis-port", "70000", "--log-level", "loud", "--http-allowed-hosts", "*");

        Assert.Equal((78, ""), (outcome.Status, outcome.Output));
        string[] errors = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, errors.Length);
        Assert.Equal("REDIS_PORT: \"70000\" is not a port (1 to 65535) [from --redis-port]", errors[0]);
        Assert.StartsWith("LOG_LEVEL: \"loud\"", errors[1]);
        Assert.StartsWith("HTTP_ALLOWED_HOSTS: \"*\" opens a page on loopback", errors[2]);
        Assert.StartsWith($"COINS_FILE: {_folder.File("coins.json")} line 2: ", errors[3]);
    }

    [Theory]
    [InlineData("{\"coins\": [\"BTC-USD\"]}", "none of its coins can be taken")]
    [InlineData("{\"coins\": [\"*\"]}", "needs the exchange's list")]
    public void What_run_would_refuse_is_refused(string content, string reason)
    {
        _folder.Write("coins.json", content);

        Outcome outcome = Check("--bybit-rest-url", "");

        Assert.Equal(78, outcome.Status);
        Assert.Contains(reason, outcome.Error);
    }

    [Fact]
    public void What_would_only_be_warned_of_is_a_warning_and_0()
    {
        _folder.Write("coins.json", "{\"coins\": [\"btcusdt\", \"BTC-USD\"], \"coin\": 1}");
        _folder.Write("env", "REDIS_PROT=1\n");

        Outcome outcome = Check("--env-file", _folder.File("env"));

        Assert.Equal(0, outcome.Status);
        Assert.StartsWith("ok: 1 coin, ", outcome.Output);
        string[] warnings = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, warnings.Length);
        Assert.All(warnings, w => Assert.StartsWith("warning: ", w));
        Assert.Contains("REDIS_PROT is no setting; is REDIS_PORT meant?", warnings[0]);
    }

    [Fact]
    public void With_json_it_is_an_object_and_no_secret_is_in_it()
    {
        _folder.Write("coins.json", "{\"coins\": [\"*\"]}");
        _folder.Write("env", "REDIS_PASSWORD=canary\n");

        Outcome right = Check("--json", "--env-file", _folder.File("env"));
        Outcome wrong = Check("--json", "--env-file", _folder.File("env"), "--redis-db", "x");

        JsonElement told = JsonDocument.Parse(right.Output).RootElement;
        Assert.True(told.GetProperty("ok").GetBoolean());
        Assert.Equal("*", told.GetProperty("coins").GetString());
        Assert.Equal("spot", told.GetProperty("market").GetString());
        Assert.Equal("set", told.GetProperty("settings").GetProperty("redis_password").GetString());
        Assert.DoesNotContain("canary", right.Output);
        Assert.Equal(78, wrong.Status);
        told = JsonDocument.Parse(wrong.Output).RootElement;
        Assert.False(told.GetProperty("ok").GetBoolean());
        Assert.Equal(1, told.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public void Each_market_of_the_file_is_checked_by_its_own_rules()
    {
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\"], \"linear\": \"*\", \"inverse\": [\"btc\", \"BTCUSDT\"]}");

        Outcome outcome = Check();
        JsonElement told = JsonDocument.Parse(Check("--json").Output).RootElement;

        Assert.Equal(0, outcome.Status);
        Assert.StartsWith("ok: 1 coin, spot, every linear instrument, 1 coin of inverse from stream.bybit.com, ", outcome.Output);
        Assert.Contains("warning: inverse: btc taken as BTCUSD", outcome.Error);
        Assert.Contains("warning: inverse: BTCUSDT is not an inverse instrument", outcome.Error);
        Assert.Equal("{\"spot\":1,\"linear\":\"*\",\"inverse\":1}", told.GetProperty("markets").GetRawText().Replace(" ", "").Replace("\n", ""));
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\"], \"inverse\": [\"!!\"]}");
        Outcome wrong = Check();
        Assert.Equal(78, wrong.Status);
        Assert.Contains("\"inverse\": none of its coins can be taken", wrong.Error);
    }

    [Fact]
    public void No_Redis_and_no_exchange_are_asked()
    {
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\"]}");

        Assert.Equal(0, Check("--redis-host", "nowhere.invalid", "--bybit-ws-url", "wss://nowhere.invalid/v5/public/spot").Status);
    }

    private Outcome Check(params string[] arguments) => Tool.Call(["check", "--coins", _folder.File("coins.json"), .. arguments]);
}
