using BybitSpot.App;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class EndpointsTests
{
    [Theory]
    [InlineData("wss://stream.bybit.com/v5/public/spot", Venue.Spot)]
    [InlineData("wss://stream.bybit.com/v5/public/linear", Venue.Linear)]
    [InlineData("ws://127.0.0.1:9001/v5/public/inverse", Venue.Inverse)]
    public void The_last_part_of_the_path_is_the_market(string url, Venue expected)
    {
        Assert.Null(Endpoints.TakeStream(url, out _, out Venue venue));
        Assert.Equal(expected, venue);
    }

    [Theory]
    [InlineData("wss://stream.bybit.com/v5/public/spot", "https://api.bybit.com/")]
    [InlineData("wss://STREAM.Bybit.com/v5/public/spot", "https://api.bybit.com/")]
    [InlineData("wss://stream-testnet.bybit.com/v5/public/spot", "https://api-testnet.bybit.com/")]
    [InlineData("wss://stream.bybit.tr/v5/public/spot", "https://api.bybit.tr/")]
    [InlineData("wss://stream.bybitgeorgia.ge/v5/public/spot", "https://api.bybitgeorgia.ge/")]
    [InlineData("wss://stream.manepa.jp/v5/public/spot", "https://api.manepa.jp/")]
    [InlineData("wss://stream.spark-fintech.com/v5/public/linear", "https://api.spark-fintech.com/")]
    [InlineData("wss://stream-testnet.spark-fintech.com/v5/public/spot", "https://api-testnet.spark-fintech.com/")]
    [InlineData("wss://stream.bybit.eu/v5/public/spot", "https://api.bybit.eu/")]
    [InlineData("wss://stream.bybit.kz/v5/public/spot", "https://api.bybit.kz/")]
    [InlineData("wss://stream.bybit.id/v5/public/spot", "https://api.bybit.id/")]
    [InlineData("wss://api.manepa.jp/v5/public/spot", null)]
    [InlineData("wss://stream.example.com/v5/public/spot", null)]
    [InlineData("wss://stream.bybit.com.example.com/v5/public/spot", null)]
    [InlineData("wss://stream.notbybit.com/v5/public/spot", null)]
    [InlineData("ws://127.0.0.1:9001/v5/public/spot", null)]
    public void The_rest_host_is_derived_for_the_exchanges_own_hosts_alone(string stream, string? expected) =>
        Assert.Equal(expected, Endpoints.RestOf(new Uri(stream))?.ToString());

    [Fact]
    public void An_empty_rest_address_turns_rest_off_and_an_unknown_host_does_so_with_a_warning()
    {
        Settings off = Read(("BYBIT_REST_URL", ""));
        Settings unknown = Read(("BYBIT_WS_URL", "ws://127.0.0.1:9001/v5/public/spot"));
        Settings said = Read(("BYBIT_WS_URL", "ws://127.0.0.1:9001/v5/public/spot"), ("BYBIT_REST_URL", "http://127.0.0.1:9001"));

        Assert.Equal((null, false), (off.RestUrl, off.RestUnknown));
        Assert.Equal((null, true), (unknown.RestUrl, unknown.RestUnknown));
        Assert.Equal((new Uri("http://127.0.0.1:9001"), false), (said.RestUrl, said.RestUnknown));
    }

    [Theory]
    [InlineData("wss://stream.bybit.com/v5/public/spot", "", true)]
    [InlineData("ws://stream.bybit.com/v5/public/spot", "", false)]
    [InlineData("wss://localhost:9001/v5/public/spot", "", false)]
    [InlineData("https://api.bybit.com", "api.bybit.com", false)]
    [InlineData("https://api.bybit.com", ".bybit.com", false)]
    [InlineData("https://api.bybit.com", "bybit.com,example.com", false)]
    [InlineData("https://api.bybit.com", "*.bybit.com", false)]
    [InlineData("https://api.bybit.com", "bit.com", true)]
    [InlineData("https://api.bybit.com", "api.bybit.com:8443", true)]
    [InlineData("https://api.bybit.com", "api.bybit.com:443", false)]
    [InlineData("https://api.bybit.com", "*", false)]
    public void The_proxy_is_for_secure_addresses_that_NO_PROXY_does_not_name(string target, string noProxy, bool proxied)
    {
        var proxy = new Uri("http://proxy:3128");

        Assert.Equal(
            proxied ? proxy : null,
            Endpoints.ProxyFor(new Uri(target), proxy, noProxy.Split(',', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("socks5://proxy:1080", "wss://stream.bybit.com/v5/public/spot", "", true)]
    [InlineData("https://proxy:3128", "wss://stream.bybit.com/v5/public/spot", "", true)]
    [InlineData("socks5://proxy:1080", "ws://127.0.0.1:9001/v5/public/spot", "", false)]
    [InlineData("nonsense://", "ws://127.0.0.1:9001/v5/public/spot", "", false)]
    [InlineData("socks5://proxy:1080", "wss://stream.bybit.com/v5/public/spot", "*", false)]
    [InlineData("socks5://proxy:1080", "wss://stream.bybit.com/v5/public/spot", ".bybit.com", false)]
    [InlineData("socks5://proxy:1080", "wss://stream.bybit.com/v5/public/spot", "stream.bybit.com", true)]
    [InlineData("socks5://proxy:1080", "nonsense", "", true)]
    public void Another_kind_of_proxy_is_an_error_only_where_a_connection_would_use_it(string proxy, string stream, string noProxy, bool wrong)
    {
        IReadOnlyList<string> errors = Result(("https_proxy", proxy), ("BYBIT_WS_URL", stream), ("NO_PROXY", noProxy)).Errors;

        Assert.Equal(wrong, errors.Contains("HTTPS_PROXY: the value (not shown, it may hold a password) is not an HTTP proxy (http://host:port) [from environment]"));
        Assert.Equal(stream == "nonsense" ? 2 : wrong ? 1 : 0, errors.Count);
    }

    [Fact]
    public void A_tool_that_connects_to_no_exchange_does_not_mind_the_proxy()
    {
        Assert.Null(Result([("HTTPS_PROXY", "socks5://proxy:1080")], dials: true).Settings);
        Assert.NotNull(Result([("HTTPS_PROXY", "socks5://proxy:1080")], dials: false).Settings);
    }

    [Fact]
    public void Both_ways_to_write_the_proxys_name_are_known()
    {
        Assert.Equal(new Uri("http://proxy:3128"), Read(("https_proxy", "proxy:3128")).Bridge.Feed.Proxy);
        Assert.Equal(new Uri("http://proxy:3128"), Read(("HTTPS_PROXY", "http://proxy:3128")).RestProxy);
        Assert.Null(Read(("HTTPS_PROXY", "http://proxy:3128"), ("no_proxy", ".bybit.com")).Bridge.Feed.Proxy);
    }

    private static Settings Read(params (string Name, string Value)[] environment) => Result(environment).Settings!;

    private static SettingsResult Result(params (string Name, string Value)[] environment) => Result(environment, dials: true);

    private static SettingsResult Result((string Name, string Value)[] environment, bool dials)
    {
        var variables = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        using var folder = new TemporaryFolder();
        return SettingsReader.Read(new Dictionary<string, string>(), name => variables.GetValueOrDefault(name), folder.Write(".env", ""), dials: dials);
    }
}
