using BybitSpot.App;
using BybitSpot.Market;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class SettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_anything_said_the_defaults_are_the_old_bots()
    {
        Settings settings = Read().Settings!;

        Assert.Equal(new Uri("wss://stream.bybit.com/v5/public/spot"), settings.Bridge.Feed.StreamUrl);
        Assert.Equal(Venue.Spot, settings.Venue);
        Assert.Equal([Channel.Ticker, Channel.Trade], settings.Bridge.Feed.Channels);
        Assert.Equal(1, settings.Bridge.Feed.Lines);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Bridge.Feed.ReconnectInterval);
        Assert.Equal(10, settings.Bridge.Feed.ReconnectAttemptsMax);
        Assert.Null(settings.Bridge.Feed.Proxy);
        Assert.Equal(new RedisOptions("localhost", 6379, null, 0), settings.Bridge.Redis);
        Assert.False(settings.Bridge.KeepRemovedCoins);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Bridge.Feed.StaleAfter);
        Assert.Equal(InstanceName.Default, settings.Bridge.InstanceId);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
        Assert.Equal(LogFormat.Auto, settings.LogFormat);
        Assert.Equal("config/coins.json", settings.CoinsFile);
        Assert.Equal(new Uri("https://api.bybit.com/"), settings.RestUrl);
    }

    [Fact]
    public void A_flag_counts_before_the_environment_that_before_the_file_and_that_before_the_default()
    {
        const string File = "REDIS_HOST=file\nREDIS_PORT=1\nREDIS_DB=1\n";
        (string, string)[] environment = [("REDIS_HOST", "environment"), ("REDIS_PORT", "2")];
        (string, string)[] flags = [("REDIS_HOST", "flag")];

        Assert.Equal(new RedisOptions("flag", 2, null, 1), Read(File, environment, flags).Settings!.Bridge.Redis);
    }

    [Fact]
    public void An_empty_value_in_the_environment_counts_as_not_set_and_the_file_is_asked()
    {
        Assert.Equal("file", Read("REDIS_HOST=file\n", [("REDIS_HOST", "")]).Settings!.Bridge.Redis.Host);
        Assert.Equal(6379, Read("REDIS_PORT=\n").Settings!.Bridge.Redis.Port);
    }

    [Fact]
    public void An_empty_password_means_none_even_over_one_in_the_file()
    {
        Assert.Null(Read("REDIS_PASSWORD=\n").Settings!.Bridge.Redis.Password);
        Assert.Null(Read("REDIS_PASSWORD=from-file\n", [("REDIS_PASSWORD", "")]).Settings!.Bridge.Redis.Password);
    }

    [Fact]
    public void The_file_is_read_as_people_write_it()
    {
        Settings settings = Read("\uFEFF# a remark\r\nexport REDIS_HOST='redis.example'\r\nREDIS_PASSWORD=\"a # b\"\r\nREDIS_DB=3 # third\r\n").Settings!;

        Assert.Equal(new RedisOptions("redis.example", 6379, "a # b", 3), settings.Bridge.Redis);
        Assert.Null(Environment.GetEnvironmentVariable("REDIS_HOST"));
    }

    [Fact]
    [Trait("Fault", "59")]
    public void All_errors_are_told_together_each_in_one_line_with_its_source()
    {
        SettingsResult result = Read(
            "LOG_LEVEL=loud\n\nREDIS_PORT=70000\n",
            [("REDIS_DB", "-1"), ("BYBIT_WS_URL", "https://stream.bybit.com/v5/public/spot")],
            [("RECONNECT_INTERVAL_MS", "5"), ("BYBIT_LINES", "9")]);

        Assert.Null(result.Settings);
        Assert.Equal(
            [
                "BYBIT_WS_URL: \"https://stream.bybit.com/v5/public/spot\" is not a ws:// or wss:// address [from environment]",
                $"REDIS_PORT: \"70000\" is not a port (1 to 65535) [from {_folder.File(".env")} line 3]",
                "REDIS_DB: \"-1\" is not a database number (0 to 65535) [from environment]",
                $"LOG_LEVEL: \"loud\" is not a level (error, warn, info or debug) [from {_folder.File(".env")} line 1]",
                "RECONNECT_INTERVAL_MS: \"5\" is not a number of milliseconds (10 to 60000) [from --reconnect-interval-ms]",
                "BYBIT_LINES: \"9\" is not a number of connections (1 to 4) [from --bybit-lines]",
            ],
            result.Errors);
    }

    [Theory]
    [Trait("Fault", "59")]
    [InlineData("HTTPS_PROXY", "socks5://user:canary@proxy:1")]
    [InlineData("BYBIT_WS_URL", "wss://user:canary@stream.bybit.com/v5/public/spot")]
    [InlineData("BYBIT_REST_URL", "https://user:canary@api.bybit.com")]
    [InlineData("REDIS_HOST", "redis://:canary@host")]
    public void A_password_in_a_wrong_value_is_not_shown(string name, string value)
    {
        string error = Assert.Single(Read("", [(name, value)]).Errors);

        Assert.StartsWith(name + ": the value (not shown, it may hold a password) ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Fault", "59")]
    public void An_unclosed_quote_in_the_file_is_told_without_what_stands_behind_it()
    {
        string error = Assert.Single(Read("REDIS_PASSWORD=\"canary\nREDIS_DB=1\n").Errors);

        Assert.Contains("REDIS_PASSWORD", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_shown_in_the_log_holds_no_secret()
    {
        Settings settings = Read("", [("REDIS_PASSWORD", "canary-1"), ("https_proxy", "http://u:canary-2@proxy:3128")]).Settings!;

        Assert.Contains(new("redis_password", "set"), settings.Shown);
        Assert.DoesNotContain(settings.Shown, pair => pair.Value.Contains("canary", StringComparison.Ordinal));
        Assert.Equal(["canary-1", "canary-2"], settings.Secrets);
    }

    [Fact]
    [Trait("Fault", "77")]
    public void A_wrong_value_cannot_steer_the_terminal()
    {
        string error = Assert.Single(Read("", [("LOG_LEVEL", "\u001b[31mred\nnext\u202e")]).Errors);

        Assert.Equal("LOG_LEVEL: \"\\u001b[31mred\\u000anext\\u202e\" is not a level (error, warn, info or debug) [from environment]", error);
    }

    [Fact]
    public void A_file_asked_for_by_name_must_be_there_and_the_usual_one_need_not()
    {
        Assert.Null(EnvFile.Read(_folder.File("other"), askedFor: false, out EnvFile none));
        Assert.Empty(none.Names);
        Assert.Equal(
            [$"{_folder.File("other")}: does not exist"],
            SettingsReader.Read(new Dictionary<string, string>(), _ => null, _folder.File("other")).Errors);
    }

    [Fact]
    public void A_name_that_is_nearly_ours_is_warned_about_and_one_that_is_ours_or_anybodys_is_not()
    {
        SettingsResult result = Read("REDIS_PROT=1\nREDIS_HASH_FIELDS=extended\nSHARD=0/1\nHTTP_PROXY=x\nHTTP_URLS=x\nPATH=x\nLOG_ROTATION_ELSEWHERE=1\n");

        Assert.NotNull(result.Settings);
        Assert.Equal(
            [
                new SettingWarning("REDIS_PROT", _folder.File(".env") + " line 1", "REDIS_PORT"),
                new SettingWarning("HTTP_URLS", _folder.File(".env") + " line 5", "HTTP_URL"),
                new SettingWarning("LOG_ROTATION_ELSEWHERE", _folder.File(".env") + " line 7", null),
            ],
            result.Warnings);
    }

    [Theory]
    [InlineData("tickers", new[] { Channel.Ticker })]
    [InlineData("publicTrade", new[] { Channel.Trade })]
    [InlineData("publicTrade, tickers", new[] { Channel.Ticker, Channel.Trade })]
    [InlineData("orderbook.1,publicTrade,tickers", new[] { Channel.Ticker, Channel.Trade, Channel.Book })]
    [InlineData("orderbook.1,publicTrade", new[] { Channel.Trade, Channel.Book })]
    public void Channels_are_taken_in_any_order(string text, Channel[] expected) =>
        Assert.Equal(expected, Read("", [("BYBIT_CHANNELS", text)]).Settings!.Bridge.Feed.Channels);

    [Theory]
    [InlineData("BYBIT_CHANNELS", "trades")]
    [InlineData("BYBIT_CHANNELS", "tickers,tickers")]
    [InlineData("BYBIT_CHANNELS", "orderbook.1")]
    [InlineData("BYBIT_CHANNELS", "tickers,orderbook.50")]
    [InlineData("REDIS_HOST", "a b")]
    [InlineData("REDIS_HOST", "host:6379")]
    [InlineData("REDIS_PORT", "0")]
    [InlineData("REDIS_PORT", "６３７９")]
    [InlineData("REDIS_PORT", " 6379")]
    [InlineData("RECONNECT_MAX_ATTEMPTS", "1000001")]
    [InlineData("RECONNECT_INTERVAL_MS", "99999999999999999999")]
    [InlineData("KEEP_REMOVED_COINS", "perhaps")]
    [InlineData("HTTP_COIN_METRICS", "1")]
    [InlineData("STALE_AFTER_MS", "999")]
    [InlineData("STALE_AFTER_MS", "3600001")]
    [InlineData("STALE_AFTER_MS", "10s")]
    [InlineData("STALE_AFTER_MS", "-1")]
    [InlineData("INSTANCE_ID", "my-bybit-box")]
    [InlineData("INSTANCE_ID", "a:b")]
    [InlineData("INSTANCE_ID", "01234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData("LOG_FORMAT", "xml")]
    [InlineData("BYBIT_WS_URL", "wss://stream.bybit.com/v5/public/option")]
    [InlineData("BYBIT_WS_URL", "wss://stream.bybit.com/v5/public/spot?x=1")]
    [InlineData("BYBIT_REST_URL", "ftp://api.bybit.com")]
    public void A_wrong_value_is_refused(string name, string value) =>
        Assert.StartsWith(name + ":", Assert.Single(Read("", [(name, value)]).Errors), StringComparison.Ordinal);

    [Theory]
    [InlineData("1000", 1_000)]
    [InlineData("3600000", 3_600_000)]
    [InlineData("2500", 2_500)]
    public void A_coin_is_looked_into_after_the_time_that_was_set(string value, int expectedMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), Read("", [("STALE_AFTER_MS", value)]).Settings!.Bridge.Feed.StaleAfter);

    [Fact]
    public void The_name_that_was_set_is_the_instances_and_an_empty_one_leaves_the_default()
    {
        Assert.Equal("trader-1", Read("", [("INSTANCE_ID", "trader-1")]).Settings!.Bridge.InstanceId);
        Assert.Equal(InstanceName.Default, Read("INSTANCE_ID=\n", [("INSTANCE_ID", "")]).Settings!.Bridge.InstanceId);
    }

    [Theory]
    [InlineData("", "USDT", "USDT")]
    [InlineData("USDC", "USDC", "USDC")]
    [InlineData(" usdt , EUR,USDT", "USDT EUR", "USDT")]
    [InlineData("EUR,GBP", "EUR GBP", "EUR")]
    [InlineData("*", "*", "USDT")]
    public void Quotes_are_a_list_or_a_star(string text, string quotes, string main)
    {
        MarketRules market = Read("", [("QUOTES", text)]).Settings!.Market;
        Assert.Equal((BybitSpot.Market.Venue.Spot, quotes, main), (market.Venue, string.Join(' ', market.Quotes), market.MainQuote));
    }

    [Theory]
    [InlineData("USDT,")]
    [InlineData("*,USDT")]
    [InlineData("U")]
    [InlineData("US DT")]
    [InlineData("ABCDEFGHIJK")]
    public void What_is_no_list_of_quotes_is_an_error(string text) =>
        Assert.Contains("is not a list of quotes", Assert.Single(Read("", [("QUOTES", text)]).Errors));

    [Fact]
    public void Quotes_mean_nothing_on_derivatives()
    {
        SettingsResult read = Read("", [("QUOTES", "EUR"), ("BYBIT_WS_URL", "wss://stream.bybit.com/v5/public/linear")]);
        Assert.Equal((BybitSpot.Market.Venue.Linear, 0, "USDT"), (read.Settings!.Market.Venue, read.Settings.Market.Quotes.Count, read.Settings.Market.MainQuote));
    }

    [Fact]
    public void The_example_file_documents_every_setting_with_its_default()
    {
        string text = File.ReadAllText(Path.Combine(RepositoryRoot(), ".env.example"));
        var documented = text.Split('\n')
            .Select(line => line.TrimStart('#', ' '))
            .Where(line => line.Length > 0 && line.IndexOf('=') is > 0 and var at && line[..at].All(c => char.IsAsciiLetterUpper(c) || c == '_'))
            .Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);

        Assert.Equal(SettingsTable.All.Select(s => s.Name).Order(), documented.Keys.Order());
        foreach (Setting setting in SettingsTable.All.Where(s => s.Name != "BYBIT_REST_URL"))
            Assert.Equal(setting.Default ?? "", documented[setting.Name]);
        Assert.Equal(new Uri(documented["BYBIT_REST_URL"]), Read().Settings!.RestUrl);
    }

    [Fact]
    public void The_example_file_taken_as_it_is_changes_nothing()
    {
        Settings copied = Read(File.ReadAllText(Path.Combine(RepositoryRoot(), ".env.example"))).Settings!;

        Assert.Equal(Read().Settings!.Shown, copied.Shown);
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "BybitSpot.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the repository was not found above the tests");
    }

    [Theory]
    [InlineData("REDIS_PASSWORD = abc123\n", "abc123")]
    [InlineData("REDIS_PASSWORD=\tabc123 \t\r\n", "abc123")]
    [InlineData("export REDIS_PASSWORD =  abc 123  # the old one\n", "abc 123")]
    [InlineData("REDIS_PASSWORD = \" abc123 \"\n", " abc123 ")]
    [InlineData("REDIS_PASSWORD=' abc123'\n", " abc123")]
    [InlineData("REDIS_PASSWORD='x'\nREDIS_PASSWORD =  y \n", "y")]
    [InlineData("REDIS_PASSWORD =   \n", null)]
    public void A_value_without_quotes_is_trimmed_and_one_in_quotes_is_kept_as_it_is(string file, string? password) =>
        Assert.Equal(password, Read(file).Settings!.Bridge.Redis.Password);

    [Fact]
    public void A_misspelt_name_in_the_environment_is_warned_of_as_in_the_file()
    {
        SettingsResult result = Read("", [("REDIS_HSOT", "x"), ("BYBIT_WS_ULR", "x"), ("redis_host", "x"), ("COIN_FILE", "x"), ("REDIS_PASS", "x"), ("REDIS_HOSTNAME", "x"), ("RECONECT_INTERVAL_MS", "x")]);

        Assert.NotNull(result.Settings);
        Assert.All(result.Warnings, w => Assert.Equal("environment", w.Source));
        Assert.Equal(
            [("BYBIT_WS_ULR", "BYBIT_WS_URL"), ("COIN_FILE", "COINS_FILE"), ("RECONECT_INTERVAL_MS", "RECONNECT_INTERVAL_MS"), ("REDIS_HOSTNAME", "REDIS_HOST"), ("REDIS_HSOT", "REDIS_HOST"), ("REDIS_PASS", "REDIS_PASSWORD"), ("redis_host", "REDIS_HOST")],
            result.Warnings.Select(w => (w.Name, w.Nearest)).OrderBy(w => w.Name, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("REDIS_SERVICE_HOST", "10.0.0.1")]
    [InlineData("REDIS_SERVICE_PORT", "6379")]
    [InlineData("REDIS_SERVICE_PORT_REDIS", "6379")]
    [InlineData("REDIS_PORT_6379_TCP", "tcp://10.0.0.1:6379")]
    [InlineData("REDIS_PORT_6379_TCP_ADDR", "10.0.0.1")]
    [InlineData("REDIS_DB_PORT", "tcp://10.0.0.1:6379")]
    [InlineData("BYBIT_API_KEY", "x")]
    [InlineData("REDIS_VERSION", "7")]
    [InlineData("HTTP_PROXY", "x")]
    [InlineData("http_proxy", "x")]
    [InlineData("FTPS_PROXY", "x")]
    [InlineData("LOG_DIR", "x")]
    [InlineData("HTTP_PORT", "80")]
    [InlineData("PATH", "x")]
    [InlineData("REDIS_HSOT", "")]
    public void Of_the_environment_what_others_put_there_is_left_alone(string name, string value) =>
        Assert.Empty(Read("", [(name, value)]).Warnings);

    [Theory]
    [InlineData("tcp://10.0.0.1:6379")]
    [InlineData("TCP://[fd00::1]:6379")]
    public void What_Kubernetes_sets_for_a_service_called_redis_is_named_with_what_to_do(string value)
    {
        string error = Assert.Single(Read("", [("REDIS_PORT", value)]).Errors);

        Assert.StartsWith($"REDIS_PORT: \"{value}\" ", error, StringComparison.Ordinal);
        Assert.Contains("Kubernetes", error, StringComparison.Ordinal);
        Assert.Contains("enableServiceLinks: false", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_differ_from_the_defaults_are_known_without_secrets()
    {
        Settings settings = Read("REDIS_PORT=6379\nLOG_LEVEL=debug\n", [("REDIS_PASSWORD", "canary"), ("REDIS_DB", "3")]).Settings!;

        Assert.Equal([new("redis_password", "set"), new("redis_db", "3"), new("log_level", "debug")], settings.Changed);
        Assert.Empty(Read().Settings!.Changed);
    }

    private SettingsResult Read(string? file = null, (string Name, string Value)[]? environment = null, (string Name, string Value)[]? flags = null)
    {
        string path = _folder.Write(".env", file ?? "");
        var variables = (environment ?? []).ToDictionary(pair => pair.Name, pair => pair.Value);
        return SettingsReader.Read(
            (flags ?? []).ToDictionary(pair => pair.Name, pair => pair.Value),
            name => variables.GetValueOrDefault(name),
            path,
            names: variables.Keys);
    }
}
