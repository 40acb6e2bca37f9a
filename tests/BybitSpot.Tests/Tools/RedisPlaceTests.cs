using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Tools;

/// <summary>What the tools say of where prices are: in `check`'s line, in what a user is told to type, in an error; never a secret.</summary>
public sealed class RedisPlaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Certificates _certificates = new();

    public RedisPlaceTests() => _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\"]}");

    public void Dispose()
    {
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("REDIS_URL=redis://redis.example", "Redis redis.example:6379 database 0")]
    [InlineData("REDIS_URL=redis://app:canary@redis.example:6380/2", "Redis redis.example:6380 database 2, user app")]
    [InlineData("REDIS_URL=rediss://:canary@[::1]:6380/2", "Redis [::1]:6380 database 2, TLS")]
    [InlineData("REDIS_HOST=::1", "Redis [::1]:6379 database 0")]
    [InlineData("REDIS_URL=unix://:canary@/run/redis/redis.sock?db=1", "Redis unix:///run/redis/redis.sock database 1")]
    [InlineData("REDIS_HOST=redis.example\nREDIS_TLS=true\nREDIS_USERNAME=app\nREDIS_PASSWORD=canary", "Redis redis.example:6379 database 0, TLS, user app")]
    [InlineData("REDIS_URL_FILE=url", "Redis redis.example:6381 database 0, TLS")]
    [Trait("Fault", "78")]
    public void Check_says_where_it_goes_and_no_secret(string env, string place)
    {
        _folder.Write("url", "rediss://:canary@redis.example:6381\n");
        Outcome outcome = Check(env.Replace("=url", "=" + _folder.File("url"), StringComparison.Ordinal));

        Assert.Equal(new Outcome(0, $"ok: 1 coin, spot from stream.bybit.com, {place}\n", ""), outcome);
        Assert.DoesNotContain("canary", Check(env.Replace("=url", "=" + _folder.File("url"), StringComparison.Ordinal), "--json").Output);
    }

    [Fact]
    public void Check_warns_of_a_setting_that_counts_over_the_address()
    {
        Outcome outcome = Check("REDIS_URL=redis://redis.example/3\nREDIS_DB=0");
        Assert.Equal(0, outcome.Status);
        Assert.Equal($"warning: REDIS_DB counts, and not what REDIS_URL says of the same [from {_folder.File("env")} line 2]\n", outcome.Error);
    }

    [Theory]
    [InlineData("REDIS_HOST=127.0.0.1", "bybitspot get BTC, or redis-cli HGETALL bybit_spot:BTC")]
    [InlineData("REDIS_URL=redis://redis.example:6380/2", "bybitspot get BTC, or redis-cli -h redis.example -p 6380 -n 2 HGETALL bybit_spot:BTC")]
    [InlineData("REDIS_URL=unix:///run/my%20redis.sock", "bybitspot get BTC, or redis-cli -s '/run/my redis.sock' HGETALL bybit_spot:BTC")]
    [InlineData("REDIS_URL=rediss://redis.example", "bybitspot get BTC, or redis-cli -h redis.example --tls HGETALL bybit_spot:BTC")]
    [InlineData("REDIS_URL=rediss://:canary@redis.example", "bybitspot get BTC")]
    [InlineData("REDIS_HOST=redis.example\nREDIS_USERNAME=app", "bybitspot get BTC")]
    [InlineData("REDIS_PASSWORD_FILE=secret\nREDIS_HOST=redis.example", "bybitspot get BTC")]
    [Trait("Fault", "78")]
    public void What_to_type_works_as_it_stands_and_where_a_secret_is_needed_only_we_are_named(string env, string commands)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "its shells quote otherwise");
        Settings settings = Read(env);
        Assert.Equal($"what is in Redis: {commands}", new WhereToLook(settings, null, "bybitspot", new Dictionary<string, string>(), null).AtTheEnd("BTC"));
    }

    [Fact]
    public void Whoever_started_it_with_flags_and_files_is_told_them_again()
    {
        (string certificate, string key) = _certificates.Files(_certificates.ForClient("box-1"));
        var flags = new Dictionary<string, string>
        {
            ["REDIS_HOST"] = "redis.example", ["REDIS_TLS"] = "true", ["REDIS_CA_FILE"] = _certificates.AuthorityFile, ["REDIS_CERT_FILE"] = certificate, ["REDIS_KEY_FILE"] = key, ["LOG_LEVEL"] = "debug",
        };
        Settings settings = SettingsReader.Read(flags, _ => null, _folder.Write(".env", "")).Settings!;
        Assert.Equal(
            $"what is in Redis: bybitspot get BTC --redis-host redis.example --redis-tls true --redis-ca-file {_certificates.AuthorityFile} --redis-cert-file {certificate} --redis-key-file {key}"
            + $", or redis-cli -h redis.example --tls --cacert {_certificates.AuthorityFile} --cert {certificate} --key {key} HGETALL bybit_spot:BTC",
            new WhereToLook(settings, null, "bybitspot", flags, null).AtTheEnd("BTC"));
    }

    [Fact]
    public void A_Redis_that_is_named_by_an_address_is_never_replaced_by_a_store_inside_the_program()
    {
        Assert.True(Read("REDIS_URL=redis://localhost").RedisNamed);
        _folder.Write("url", "redis://localhost");
        Assert.True(Read($"REDIS_URL_FILE={_folder.File("url")}").RedisNamed);
        Assert.False(Read("REDIS_PASSWORD=x").RedisNamed);
    }

    private Settings Read(string env)
    {
        _folder.Write("secret", "canary\n");
        SettingsResult result = SettingsReader.Read(new Dictionary<string, string>(), _ => null, _folder.Write(".env", env.Replace("=secret", "=" + _folder.File("secret"), StringComparison.Ordinal) + "\n"));
        Assert.Empty(result.Errors);
        return result.Settings!;
    }

    private Outcome Check(string env, params string[] more)
    {
        _folder.Write("env", env + "\n");
        return Tool.Call(["check", "--coins", _folder.File("coins.json"), "--env-file", _folder.File("env"), .. more]);
    }
}
