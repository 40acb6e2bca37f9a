using System.Text;
using BybitSpot.App;
using BybitSpot.Redis;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.App;

/// <summary>Settings of Redis that depend on each other or stand in files.</summary>
public sealed class RedisSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_address_says_all_and_single_settings_count_over_it_with_a_warning()
    {
        SettingsResult result = Read(("REDIS_URL", "redis://app:canary-1@redis.example:6380/3"), ("REDIS_DB", "0"), ("REDIS_PASSWORD", "canary-2"));

        RedisOptions redis = result.Settings!.Bridge.Redis;
        Assert.Equal(("redis.example", 6380, "app", "canary-2", 0), (redis.Host, redis.Port, redis.Username, redis.Password, redis.Database));
        Assert.Equal([("REDIS_PASSWORD", "REDIS_URL"), ("REDIS_DB", "REDIS_URL")], result.Warnings.Select(w => (w.Name, w.Overridden)).OrderByDescending(w => w.Name));
        Assert.Equal(["canary-2", "canary-1"], result.Settings.Secrets);
        Assert.True(result.Settings.RedisNamed);
    }

    [Fact]
    [Trait("Fault", "78")]
    public void What_is_shown_is_what_is_in_effect_and_holds_no_secret()
    {
        Settings settings = Read(("REDIS_URL", "redis://app:canary-1@redis.example:6380/3")).Settings!;
        foreach ((string name, string value) in ((string, string)[])[("redis_url", "set"), ("redis_host", "redis.example"), ("redis_port", "6380"), ("redis_username", "app"), ("redis_password", "set"), ("redis_db", "3"), ("redis_tls", "false")])
            Assert.Contains(new(name, value), settings.Shown);
        Assert.DoesNotContain(settings.Shown, s => s.Value.Contains("canary", StringComparison.Ordinal));
        Assert.Equal([new("redis_url", "set")], settings.Changed);
        Assert.DoesNotContain("canary", $"{settings.Bridge.Redis} {settings.Bridge}");
    }

    [Fact]
    public void An_address_and_a_secret_have_no_flag()
    {
        Assert.Null(Array.Find(SettingsTable.All, s => s.Name == "REDIS_URL")!.Flag);
        Assert.Null(Array.Find(SettingsTable.All, s => s.Name == "REDIS_PASSWORD")!.Flag);
        Assert.Null(Array.Find(SettingsTable.All, s => s.Name == "REDIS_PASSWORD_FILE")!.Flag);
    }

    [Fact]
    public void Sentinels_name_the_server_and_their_password_is_their_own()
    {
        Settings settings = Read(("REDIS_SENTINELS", "s1.example, 10.0.0.2:26380,[::1]:26381,s1.example"), ("REDIS_PASSWORD", "a"), ("REDIS_SENTINEL_PASSWORD", "canary"), ("REDIS_DB", "2")).Settings!;
        RedisOptions redis = settings.Bridge.Redis;
        Assert.Equal((RedisTopology.Sentinel, "mymaster", "a", "canary", 2), (redis.Topology, redis.SentinelMaster, redis.Password, redis.SentinelPassword, redis.Database));
        Assert.Equal([new("s1.example", 26_379), new("10.0.0.2", 26_380), new("::1", 26_381)], redis.Asked);
        Assert.True(settings.RedisNamed);
        Assert.Contains(new("redis_host", "as the sentinels say"), settings.Shown);
        Assert.Contains("canary", settings.Secrets);
        Assert.DoesNotContain("canary", $"{redis} {redis.Endpoint} {string.Join(' ', settings.Shown)}");
    }

    [Theory]
    [InlineData("true", "redis.example:6380")]
    [InlineData("n1.example:7001,n2.example", "n1.example:7001, n2.example:6379")]
    public void A_cluster_is_asked_at_the_node_that_a_single_one_would_be_or_at_those_that_are_named(string value, string asked)
    {
        RedisOptions redis = Read(("REDIS_CLUSTER", value), ("REDIS_HOST", "redis.example"), ("REDIS_PORT", "6380")).Settings!.Bridge.Redis;
        Assert.Equal((RedisTopology.Cluster, asked), (redis.Topology, string.Join(", ", redis.Asked)));
    }

    [Theory]
    [InlineData("REDIS_DB: names database 1, and a cluster has none but 0", "REDIS_CLUSTER", "true", "REDIS_DB", "1")]
    [InlineData("REDIS_URL: names database 3, and a cluster has none but 0", "REDIS_CLUSTER", "true", "REDIS_URL", "redis://h:1/3")]
    [InlineData("REDIS_CLUSTER: needs servers on the network, and REDIS_URL names a unix socket", "REDIS_CLUSTER", "true", "REDIS_URL", "unix:///run/redis.sock")]
    [InlineData("REDIS_SENTINELS: needs servers on the network, and REDIS_URL names a unix socket", "REDIS_SENTINELS", "s1", "REDIS_URL", "unix:///run/redis.sock")]
    [InlineData("REDIS_CLUSTER: and REDIS_SENTINELS exclude each other", "REDIS_CLUSTER", "true", "REDIS_SENTINELS", "s1")]
    [InlineData("REDIS_SENTINELS: \"s1:x\" is not a list of servers (host:port with commas): \"s1:x\" is none", "REDIS_SENTINELS", "s1:x")]
    [InlineData("REDIS_SENTINELS: \"s1:70000\" is not a list", "REDIS_SENTINELS", "s1:70000")]
    [InlineData("REDIS_SENTINELS: \",\" names no server", "REDIS_SENTINELS", ",")]
    [InlineData("REDIS_CLUSTER: \"yes please\" is neither true nor false, and is not a list of servers", "REDIS_CLUSTER", "yes please")]
    [InlineData("REDIS_WRITE_MODE: \"both\" is neither guarded nor direct", "REDIS_WRITE_MODE", "both")]
    [InlineData("REDIS_HASH_FIELDS: \"all\" is neither extended nor plain", "REDIS_HASH_FIELDS", "all")]
    [InlineData("REDIS_NOTIFY: \"all\" is neither publish nor none", "REDIS_NOTIFY", "all")]
    [InlineData("REDIS_KEY_TTL_S: \"4\" is not a number of seconds (5 to 86400, or 0 for none)", "REDIS_KEY_TTL_S", "4")]
    public void What_cannot_be_meant_is_told(string error, params string[] settings) =>
        Assert.StartsWith(error, Assert.Single(Read([.. settings.Chunk(2).Select(s => (s[0], s[1]))]).Errors));

    [Fact]
    public void How_prices_are_written_is_as_it_always_was_unless_something_else_is_said()
    {
        Assert.Equal(RedisWriting.Direct, Read().Settings!.Bridge.Redis.Writing);
        Assert.True(RedisWriting.Direct.IsPlain);
        Assert.Equal(
            new RedisWriting { Guarded = true, Notify = true, Extended = true, KeyLifetime = TimeSpan.FromSeconds(90) },
            Read(("REDIS_WRITE_MODE", "GUARDED"), ("REDIS_HASH_FIELDS", "Extended"), ("REDIS_NOTIFY", "publish"), ("REDIS_KEY_TTL_S", "90")).Settings!.Bridge.Redis.Writing);
    }

    [Fact]
    public void The_sentinels_password_is_read_from_its_file_for_each_connection()
    {
        string file = _folder.Write("sentinel", "canary-1");
        RedisOptions redis = Read(("REDIS_SENTINELS", "s1"), ("REDIS_SENTINEL_PASSWORD_FILE", file)).Settings!.Bridge.Redis;
        Assert.Equal("canary-1", redis.SentinelPassword);
        _folder.Write("sentinel", "canary-2");
        Assert.Equal("canary-2", redis.Anew!(null).SentinelPassword);
        Assert.StartsWith("REDIS_SENTINEL_PASSWORD_FILE: REDIS_SENTINEL_PASSWORD is set, too", Assert.Single(Read(("REDIS_SENTINELS", "s1"), ("REDIS_SENTINEL_PASSWORD_FILE", file), ("REDIS_SENTINEL_PASSWORD", "x")).Errors));
    }

    [Theory]
    [Trait("Fault", "78")]
    [InlineData("REDIS_PASSWORD_FILE", "canary-s3cret")]
    [InlineData("REDIS_URL_FILE", "redis://:canary@host/3")]
    public void Who_says_the_secret_itself_where_its_file_belongs_does_not_see_it_again(string name, string value)
    {
        string error = Assert.Single(Read((name, value)).Errors);
        Assert.StartsWith($"{name}: the file (its name is not shown, it may be the secret itself) does not exist [from ", error);
        Assert.DoesNotContain("canary", error);
        Settings settings = Read(("REDIS_PASSWORD_FILE", _folder.Write("password", "canary"))).Settings!;
        Assert.Contains(new("redis_password_file", "set"), settings.Shown);
    }

    [Theory]
    [InlineData("canary", "canary")]
    [InlineData("canary\n", "canary")]
    [InlineData("canary\r\n\r\n", "canary")]
    [InlineData("\uFEFFcanary\n", "canary")]
    [InlineData(" can ary \n", " can ary ")]
    public void A_password_in_a_file_is_its_line(string content, string password)
    {
        Settings settings = Read(("REDIS_PASSWORD_FILE", _folder.Write("password", content))).Settings!;
        Assert.Equal(password, settings.Bridge.Redis.Password);
        Assert.Equal([password], settings.Secrets);
        Assert.Contains(new("redis_password", "set"), settings.Shown);
    }

    [Fact]
    public void A_file_is_read_again_each_time_and_whoever_hides_secrets_is_told()
    {
        string file = _folder.Write("password", "canary-1\n");
        Settings settings = Read(("REDIS_PASSWORD_FILE", file)).Settings!;
        var hidden = new List<string>();
        settings.RedisAccess.SecretRead = hidden.Add;
        _folder.Write("password", "canary-2\n");

        Assert.Equal("canary-2", settings.Bridge.Redis.Anew!(null).Password);
        Assert.Contains("canary-2", hidden);
        File.Delete(file);
        Assert.Equal($"REDIS_PASSWORD_FILE: {file} does not exist", Assert.Throws<RedisAccessException>(() => settings.Bridge.Redis.Anew!(null)).Message);
        _folder.Write("password", "");
        Assert.Equal($"REDIS_PASSWORD_FILE: {file} is empty", Assert.Throws<RedisAccessException>(() => settings.Bridge.Redis.Anew!(null)).Message);
        _folder.Write("password", "canary-3");
        Assert.Equal("canary-3", settings.Bridge.Redis.Anew!(null).Password);
    }

    [Fact]
    public void An_address_in_a_file_says_all_too_and_what_is_wrong_with_it_names_the_file()
    {
        string file = _folder.Write("url", "rediss://app:canary@redis.example:6380/3\n");
        Settings settings = Read(("REDIS_URL_FILE", file)).Settings!;
        RedisOptions redis = settings.Bridge.Redis;
        Assert.Equal(("redis.example", 6380, "app", "canary", 3), (redis.Host, redis.Port, redis.Username, redis.Password, redis.Database));
        Assert.Equal(("REDIS_URL_FILE", "REDIS_URL_FILE"), (redis.PlaceSetting, redis.PasswordSetting));
        Assert.NotNull(redis.Tls);
        Assert.True(settings.RedisNamed);
        Assert.Equal(["canary"], settings.Secrets);

        _folder.Write("url", "redis://:canary@host:99999");
        string error = Assert.Single(Read(("REDIS_URL_FILE", file)).Errors);
        Assert.Equal($"REDIS_URL_FILE: {file} does not hold a port (1 to 65535) after its host [from environment]", error);
        _folder.Write("url", "redis:///3");
        Assert.StartsWith($"REDIS_URL_FILE: {file} names no host", Assert.Single(Read(("REDIS_URL_FILE", file)).Errors));
    }

    [Theory]
    [InlineData("REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "canary")]
    [InlineData("REDIS_URL", "REDIS_URL_FILE", "redis://:canary@host")]
    public void A_secret_that_is_said_twice_is_an_error_with_what_to_do(string name, string fileName, string value)
    {
        string error = Assert.Single(Read((name, value), (fileName, _folder.Write("secret", value))).Errors);

        Assert.Equal($"{fileName}: {name} is set, too [from environment]; which of the two counts is not guessed: take one of them out [from environment]", error);
        // An empty one says nothing.
        Assert.Empty(Read((name, ""), (fileName, _folder.File("secret"))).Errors);
    }

    [Fact]
    public void Only_a_small_ordinary_file_of_one_line_is_a_secrets()
    {
        Assert.StartsWith($"REDIS_PASSWORD_FILE: {_folder.Path} is a directory", Assert.Single(Read(("REDIS_PASSWORD_FILE", _folder.Path)).Errors));
        Assert.StartsWith("REDIS_PASSWORD_FILE: /dev/zero ", Assert.Single(Read(("REDIS_PASSWORD_FILE", "/dev/zero")).Errors));
        foreach ((string content, string wrong) in ((string, string)[])[("canary\ncanary", "holds more than one line"), ("\n", "is empty"), (new string('x', SecretText.BytesMax + 1), "is larger than")])
            Assert.Contains(wrong, Assert.Single(Read(("REDIS_PASSWORD_FILE", _folder.Write("secret", content))).Errors));
        File.WriteAllBytes(_folder.File("secret"), [0xff, 0xfe, 0x41]);
        Assert.Contains("holds no text (UTF-8)", Assert.Single(Read(("REDIS_PASSWORD_FILE", _folder.File("secret"))).Errors));
    }

    [Fact]
    public void Without_TLS_its_files_are_an_error_and_with_it_they_are_looked_at()
    {
        using var certificates = new Certificates();
        (string certificate, string key) = certificates.Files(certificates.ForClient("box-1"));
        string nothing = _folder.Write("nothing", "canary");

        Assert.StartsWith("REDIS_CA_FILE: has no use, for TLS is off: REDIS_TLS=true, or rediss://", Assert.Single(Read(("REDIS_CA_FILE", certificates.AuthorityFile)).Errors));
        Assert.NotNull(Read(("REDIS_CA_FILE", certificates.AuthorityFile), ("REDIS_TLS", "true")).Settings!.Bridge.Redis.Tls);
        Assert.NotNull(Read(("REDIS_CERT_FILE", certificate), ("REDIS_KEY_FILE", key), ("REDIS_URL", "rediss://host")).Settings!.Bridge.Redis.Tls);
        Assert.Equal(3, Read(("REDIS_CA_FILE", nothing), ("REDIS_CERT_FILE", nothing), ("REDIS_KEY_FILE", nothing)).Errors.Count);
        foreach ((string ca, string cert, string privateKey, string wrong) in ((string, string, string, string)[])
        [
            (nothing, "", "", $"REDIS_CA_FILE: {nothing} holds no certificate in PEM"),
            (_folder.File("missing"), "", "", $"REDIS_CA_FILE: {_folder.File("missing")} does not exist"),
            ("", certificate, "", "REDIS_CERT_FILE: needs its key, which REDIS_KEY_FILE names"),
            ("", "", key, "REDIS_KEY_FILE: is the key of nothing"),
            ("", key, key, $"REDIS_CERT_FILE: {key} holds no certificate in PEM"),
            ("", certificate, certificate, $"REDIS_KEY_FILE: {certificate} holds no private key in PEM"),
            ("", certificate, certificates.Files(certificates.ForClient("box-2")).Key, "holds a key that cannot be read, or is not that of the certificate"),
            ("", certificate, _folder.Write("locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "holds a key that is encrypted"),
        ])
        {
            string error = Assert.Single(Read(("REDIS_TLS", "true"), ("REDIS_CA_FILE", ca), ("REDIS_CERT_FILE", cert), ("REDIS_KEY_FILE", privateKey)).Errors);
            Assert.Contains(wrong, error);
            Assert.DoesNotContain("canary", error);
        }
    }

    [Fact]
    public void Certificates_are_made_anew_only_when_their_files_have_changed()
    {
        using var certificates = new Certificates();
        using var others = new Certificates();
        string file = _folder.Write("ca.pem", File.ReadAllText(certificates.AuthorityFile));
        RedisOptions redis = Read(("REDIS_TLS", "true"), ("REDIS_CA_FILE", file)).Settings!.Bridge.Redis;
        Assert.Same(redis.Tls, redis.Anew!(null).Tls);
        _folder.Write("ca.pem", File.ReadAllText(others.AuthorityFile));
        Assert.NotSame(redis.Tls, redis.Anew!(null).Tls);
    }

    [Theory]
    [InlineData("REDIS_TLS", "yes")]
    [InlineData("REDIS_USERNAME", "a b")]
    [InlineData("REDIS_URL", "http://host")]
    [InlineData("REDIS_CA_FILE", "/a\0b")]
    public void A_wrong_value_is_refused(string name, string value) =>
        Assert.StartsWith(name + ":", Assert.Single(Read((name, value)).Errors), StringComparison.Ordinal);

    [Fact]
    public void A_secret_that_changed_while_running_is_hidden_in_the_log()
    {
        using var output = new MemoryStream();
        using (var logs = new Logs(output, Microsoft.Extensions.Logging.LogLevel.Information, asText: true, ["canary-1"], TimeProvider.System))
        {
            logs.Hide("canary-2");
            logs.CreateLogger("redis").SettingOverrides("canary-1", "canary-2", "REDIS_URL");
        }
        string text = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("***", text);
        Assert.DoesNotContain("canary", text);
    }

    private SettingsResult Read(params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        return SettingsReader.Read(new Dictionary<string, string>(), name => variables.GetValueOrDefault(name), _folder.Write(".env", ""), names: variables.Keys);
    }
}
